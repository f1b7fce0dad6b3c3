// Waits for the CNI as long as it needs: what a namespace wrote is in force when every client of the canary has seen a marker take effect
// that was written after it, and some seconds have passed. Must not know how markers are written, nor how clients see them.
import type { Logger } from 'pino';
import type { MarkerWitness } from '../canary/canary-verdict.ts';
import type { Settling } from './settling.ts';
import type { WorkQueue } from './work-queue.ts';

/** How long to wait at least after the last write, and after the last client has seen the marker, in milliseconds. */
const atLeastMs = 5_000;
/** How long to wait at most, whatever clients see: meanwhile the namespace is open. */
const atMostMs = 300_000;

/** A marker that this operator wrote. Times are in milliseconds, by `performance.now()`. */
export interface SentMarker {
  readonly number: number;
  /** When it was sent, not when it was answered: what was written later may not be covered. */
  readonly sentAt: number;
}

/** The dependencies. */
export interface BarrierParts {
  readonly queue: Pick<WorkQueue, 'addAfter'>;
  readonly log: Pick<Logger, 'warn'>;
  /** A namespace waits for a marker: somebody should look at the canary now. */
  readonly onWanted: () => void;
}

/** The namespaces that wait until the canary has seen that their policies are in force. */
export class MarkerBarrier implements Settling {
  readonly #parts: BarrierParts;
  /** When each of them wrote last. */
  readonly #waiting = new Map<string, number>();
  #witnesses: readonly MarkerWitness[] = [];
  #sent: SentMarker | undefined;
  /** The newest marker that all have seen. */
  #seen: { readonly sentAt: number; readonly seenAt: number } | undefined;

  constructor(parts: BarrierParts) {
    this.#parts = parts;
  }

  /** Whether somebody waits. */
  get isWaited(): boolean {
    return this.#waiting.size > 0;
  }

  restMs(namespace: string, writtenAt: number): number {
    const now = performance.now();
    const atLeast = writtenAt + atLeastMs - now;
    if (this.#witnesses.length === 0) return this.#release(namespace, atLeast);
    if (this.#seen !== undefined && this.#seen.sentAt > writtenAt)
      return this.#release(namespace, Math.max(atLeast, this.#seen.seenAt + atLeastMs - now));
    const atMost = writtenAt + atMostMs - now;
    if (atMost <= 0) {
      const nodes = this.#unseen().map(({ node }) => node);
      this.#parts.log.warn(
        { namespace, nodes: nodes.slice(0, 5) },
        'the canary has not seen for 5 minutes that policies take effect: not waiting any longer',
      );
      return this.#release(namespace, atMost);
    }
    this.#waiting.set(namespace, writtenAt);
    if (this.wantsMarker) this.#parts.onWanted();
    return atMost;
  }

  /** Whether somebody waits for a marker that is not written yet. One at a time: it is for all who wait by then. */
  get wantsMarker(): boolean {
    const sentAt = this.#sent?.sentAt ?? Number.NEGATIVE_INFINITY;
    const isPending = this.#sent !== undefined && this.#unseen().length > 0;
    const isStuck = performance.now() > sentAt + atMostMs;
    return (!isPending || isStuck) && this.#waiting.values().some((writtenAt) => writtenAt >= sentAt);
  }

  /** The canary was looked at. @param sent the newest marker that this operator wrote, if there is one */
  looked(witnesses: readonly MarkerWitness[], sent: SentMarker | undefined): void {
    this.#witnesses = witnesses;
    this.#sent = sent;
    if (witnesses.length === 0) this.#wake(() => true);
    else if (sent !== undefined && this.#unseen().length === 0 && this.#seen?.sentAt !== sent.sentAt) {
      this.#seen = { sentAt: sent.sentAt, seenAt: performance.now() };
      this.#wake((writtenAt) => writtenAt < sent.sentAt);
    }
  }

  #unseen(): readonly MarkerWitness[] {
    return this.#witnesses.filter(({ marker }) => marker !== this.#sent?.number);
  }

  #wake(isOver: (writtenAt: number) => boolean): void {
    for (const [namespace, writtenAt] of this.#waiting) {
      if (!isOver(writtenAt)) continue;
      this.#waiting.delete(namespace);
      const rest = this.restMs(namespace, writtenAt);
      this.#parts.queue.addAfter(namespace, Math.max(0, rest), 'begun');
    }
  }

  #release(namespace: string, rest: number): number {
    this.#waiting.delete(namespace);
    return rest;
  }
}
