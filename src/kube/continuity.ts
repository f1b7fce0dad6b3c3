// Whether a watch may continue from the version that it has reached, or everything has to be listed again.
//
// A restore of etcd reverts changes and gives their versions to other changes. No answer shows that: once the server has given
// out more versions than we know, a watch continues from ours as if nothing had happened, and never reports what differs. But nobody
// restores etcd under a running API server: it is unavailable for at least some seconds. So a version is valid while a watch is open, and
// for a moment after that. Must not know what is listed, nor how.
import { ApiError, classify } from './errors.ts';

/** No API server is stopped, given another etcd and started within this time, in milliseconds. */
export const resumeWithinMs = 2_000;

/** Whether the cache of a kind certainly belongs to the server's current history. */
export class Continuity {
  /** When the last watch ended, by `performance.now()`; absent while one is open, and after a list. */
  #endedAt: number | undefined;
  #wasAway = false;
  #epoch = 0;

  /** How often the server may have had another history when the cache was complete again. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Whether the server may have another history now. */
  get isBroken(): boolean {
    const isLate = this.#endedAt !== undefined && performance.now() - this.#endedAt > resumeWithinMs;
    return this.#wasAway || isLate;
  }

  /** A watch is open, or a list is complete: the cache has the server's state. */
  established(): void {
    if (this.isBroken) this.#epoch += 1;
    this.#endedAt = undefined;
    this.#wasAway = false;
  }

  /** An open watch has ended, in any way. */
  ended(): void {
    this.#endedAt = performance.now();
  }

  /** A watch that was to continue from a version could not be opened. An answer of the API server itself shows that it was available. */
  failed(error: unknown): void {
    if (!(error instanceof ApiError)) return;
    this.#wasAway ||= classify(error) === 'unreachable' || error.status >= 500;
  }
}
