// Whether a watch may go on from the version that it has come to, or everything has to be listed anew.
//
// A restore of etcd takes changes back and gives their versions to other changes. No answer says so: as soon as the server has given
// out more versions than we know, a watch goes on from ours as if nothing had happened, and what differs is never told. But nobody
// restores etcd under a running API server: it is away for seconds at least. So a version is good for as long as a watch stands, and
// for a moment after that. Must not know what is listed, nor how.
import { ApiError, classify } from './errors.ts';

/** No API server is stopped, given another etcd and started within so many milliseconds. */
export const resumeWithinMs = 2_000;

/** Whether what is known of a kind is known to be of the history that the server has now. */
export class Continuity {
  /** When the last watch ended, by `performance.now()`; absent while one stands, and after a list. */
  #endedAt: number | undefined;
  #wasAway = false;

  /** Whether the server may have another history now. */
  get isBroken(): boolean {
    const isLate = this.#endedAt !== undefined && performance.now() - this.#endedAt > resumeWithinMs;
    return this.#wasAway || isLate;
  }

  /** A watch stands, or a list is complete: what is known is what the server has. */
  established(): void {
    this.#endedAt = undefined;
    this.#wasAway = false;
  }

  /** A watch that stood has ended, however it did. */
  ended(): void {
    this.#endedAt = performance.now();
  }

  /** A watch that was to go on from a version could not be opened. An answer of the API server itself shows that it was not away. */
  failed(error: unknown): void {
    if (!(error instanceof ApiError)) return;
    this.#wasAway ||= classify(error) === 'unreachable' || error.status >= 500;
  }
}
