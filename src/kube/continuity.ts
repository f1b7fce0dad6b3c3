// Whether a watch may continue from the version that it has reached, or everything has to be listed again; and whether facts of
// several kinds may belong to different histories.
//
// A restore of etcd reverts changes and gives their versions to other changes. No answer shows that: once the server has given
// out more versions than we know, a watch continues from ours as if nothing had happened, and never reports what differs. But nobody
// restores etcd under a running API server: it is unavailable for at least some seconds. So a version is valid while a watch is open, and
// for a moment after that. Must not know what is listed, nor how.
import { ApiError, classify } from './errors.ts';

/** No API server is stopped, given another etcd and started within this time, in milliseconds. */
export const resumeWithinMs = 2_000;

/** Longer than the backoff of a list. A kind of which nothing arrives for so long has a problem of its own. */
const patienceMs = 30_000;

/** What is known of the history of one kind. Times are by `performance.now()`. */
export interface KnownHistory {
  /** Since when its watches have shown one history; absent if none is open, nor was until a moment ago. */
  readonly intactSince: number | undefined;
  /** When its cache certainly had the server's state for the last time; absent unless the server may have another history now. */
  readonly brokenSince: number | undefined;
  /** When something of it was last received. */
  readonly lastHeard: number;
}

/** Since when some watch has shown one history; infinite if none does. */
export function intactSince(kinds: Iterable<Pick<KnownHistory, 'intactSince'>>): number {
  return Math.min(...Array.from(kinds, (kind) => kind.intactSince ?? Number.POSITIVE_INFINITY));
}

/**
 * Whether the server may have another history now, and some kind has to be waited for that was not listed since.
 *
 * If the watch of any kind is intact since before, the server was never unavailable. And a kind is not waited for if nothing is
 * received of it for half a minute, although another one is watched.
 */
export function isCutOff(kinds: readonly KnownHistory[], now: number): boolean {
  // It is asked before each write, and hardly ever is any broken.
  if (kinds.every(({ brokenSince }) => brokenSince === undefined)) return false;
  const since = intactSince(kinds);
  return kinds.some(
    ({ brokenSince, lastHeard }) =>
      brokenSince !== undefined && brokenSince < since && now - Math.max(since, lastHeard) <= patienceMs,
  );
}

/** Whether the cache of a kind certainly belongs to the server's current history. Times are by `performance.now()`. */
export class Continuity {
  /** When the last watch ended; absent while one is open, and after a list. */
  #endedAt: number | undefined;
  #wasAway = false;
  #epoch = 0;
  #intactSince: number | undefined;
  #lastCertain = performance.now();

  /** How often the server may have had another history when the cache was complete again. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Whether the server may have another history now. */
  get isBroken(): boolean {
    const isLate = this.#endedAt !== undefined && performance.now() - this.#endedAt > resumeWithinMs;
    return this.#wasAway || isLate;
  }

  /** See `KnownHistory`. */
  get intactSince(): number | undefined {
    return this.isBroken ? undefined : this.#intactSince;
  }

  /** See `KnownHistory`. */
  get brokenSince(): number | undefined {
    return this.isBroken ? this.#lastCertain : undefined;
  }

  /** The cache has the server's state, and a watch of it is open. */
  watched(): void {
    const { intactSince = performance.now() } = this;
    this.listed();
    this.#intactSince = intactSince;
  }

  /** The cache has the server's state now, and no watch of it is open yet. */
  listed(): void {
    if (this.isBroken) this.#epoch += 1;
    this.#endedAt = undefined;
    this.#wasAway = false;
    this.#intactSince = undefined;
    this.#lastCertain = performance.now();
  }

  /** An open watch has ended, in any way. */
  ended(): void {
    this.#endedAt = performance.now();
    this.#lastCertain = this.#endedAt;
  }

  /** The server may have another history now. */
  doubt(): void {
    this.#wasAway = true;
  }

  /** A watch that was to continue from a version could not be opened. An answer of the API server itself shows that it was available. */
  failed(error: unknown): void {
    if (!(error instanceof ApiError)) return;
    this.#wasAway ||= classify(error) === 'unreachable' || error.status >= 500;
  }
}
