// Tells of each drift that is corrected: a line in the log for every one, and Events where the team looks, few of them where
// somebody changes policies again and again. Must not know how a drift is noticed.
import type { Logger } from 'pino';
import type { ObjectKey } from '../model/object-key.ts';
import type { Drift } from '../plan/drift.ts';
import { type News, newsOfDrift } from '../plan/events.ts';

/** So many Events of a namespace may come at once. */
const burst = 5;
/** After these, there is one in so much time, in milliseconds. */
const refillMs = 30_000;

/** The policy as it is now, after the correction. */
export interface Corrected {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** How many Events of a namespace may still be sent, and how many were not since the last one. */
interface Allowance {
  readonly left: number;
  readonly since: number;
  readonly untold: number;
}

/** What drift-telling needs. */
export interface DriftTellerParts {
  readonly log: Logger;
  /** What is at this key now; `undefined` where there is nothing. */
  readonly find: (key: ObjectKey) => Corrected | undefined;
  readonly send: (news: readonly News[]) => Promise<void>;
}

/** Tells of drifts. */
export class DriftReporter {
  readonly #parts: DriftTellerParts;
  readonly #allowances = new Map<string, Allowance>();
  readonly #pending = new Map<string, News[]>();

  constructor(parts: DriftTellerParts) {
    this.#parts = parts;
  }

  /** Takes in that a drift was corrected, at `now` in milliseconds of a monotonic clock. */
  corrected({ namespace, name }: ObjectKey, drift: Drift, now: number): void {
    const { log, find } = this.#parts;
    const { what, by } = drift;
    log.info(
      { namespace, policy: name, drift: what, ...by },
      'a policy is put right that somebody else touched',
    );
    const { left, since, untold } = this.#allowance(namespace, now);
    if (left === 0) {
      this.#allowances.set(namespace, { left, since, untold: untold + 1 });
      return;
    }
    this.#allowances.set(namespace, { left: left - 1, since, untold: 0 });
    const news = newsOfDrift({ namespace, policy: name, drift, now: find({ namespace, name }), untold });
    this.#pending.set(namespace, [...(this.#pending.get(namespace) ?? []), news]);
  }

  /** Sends the Events of a namespace. */
  async send(namespace: string): Promise<void> {
    const news = this.#pending.get(namespace);
    if (news === undefined) return;
    this.#pending.delete(namespace);
    await this.#parts.send(news);
  }

  /** Forgets a namespace that is gone. */
  forget(namespace: string): void {
    this.#allowances.delete(namespace);
    this.#pending.delete(namespace);
  }

  #allowance(namespace: string, now: number): Allowance {
    const before = this.#allowances.get(namespace) ?? { left: burst, since: now, untold: 0 };
    const gained = Math.floor((now - before.since) / refillMs);
    const left = Math.min(burst, before.left + gained);
    return { ...before, left, since: before.since + gained * refillMs };
  }
}
