// The clock of the server, and how old an object is by it: its answers contain the time, and our monotonic
// clock measures what has passed since. Our wall clock is not used, because it may be wrong, or jump.
// Must not know what an age is needed for.
import { parseWallTime } from './wall-time.ts';

// The maximum difference between two API servers of one cluster, and the maximum duration of a usable answer.
const toleranceMs = 5_000;

/** The API server's clock, as far as its answers show it. */
export class ServerClock {
  #offsetMs: number | undefined;

  /**
   * Reads the `Date` header of an answer (RFC 9110 section 6.6.1). A slow answer would report the time too late:
   * old objects would look young.
   *
   * @param sent when the request was sent, by `performance.now()`
   * @param now when the answer came, by `performance.now()`
   */
  heard(date: string | undefined, sent: number, now: number): void {
    const time = parseWallTime(date);
    if (time !== undefined && now - sent < toleranceMs) this.#offsetMs = time - now;
  }

  /** The time on it, in milliseconds since the epoch; `undefined` if the server never sent it. @param now by `performance.now()` */
  timeMs(now: number): number | undefined {
    return this.#offsetMs === undefined ? undefined : this.#offsetMs + now;
  }

  /**
   * The age of an object, in milliseconds. `undefined` if it can't be known: the server never sent the time, or the
   * object is from its future, because its clock was changed.
   *
   * @param creationTimestamp of its metadata
   * @param now by `performance.now()`
   */
  ageMs(creationTimestamp: string | undefined, now: number): number | undefined {
    const created = parseWallTime(creationTimestamp);
    if (created === undefined || this.#offsetMs === undefined) return undefined;
    const age = this.#offsetMs + now - created;
    return age < -toleranceMs ? undefined : Math.max(0, age);
  }
}
