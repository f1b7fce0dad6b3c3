// How old an object is, by the clock of the server that created it: its answers carry the time, and a monotonic clock of our
// own measures what has passed since. Our wall clock is not asked, which may be wrong, or jump.
// Must not know what an age is needed for.
import { parseWallTime } from './wall-time.ts';

// Two API servers of one cluster differ by so much at most, and an answer may take so long.
const toleranceMs = 5_000;

/** The API server's clock, as far as its answers tell it. */
export class ServerClock {
  #offsetMs: number | undefined;

  /**
   * Takes in the `Date` header of an answer (RFC 9110 section 6.6.1). One that was long on its way tells the time too late:
   * old objects would look young.
   *
   * @param sent when the request was sent, by `performance.now()`
   * @param now when the answer came, by `performance.now()`
   */
  heard(date: string | undefined, sent: number, now: number): void {
    const time = parseWallTime(date);
    if (time !== undefined && now - sent < toleranceMs) this.#offsetMs = time - now;
  }

  /**
   * The age of an object, in milliseconds. `undefined` where it can't be known: the server never told the time, or the
   * object is from its future, so that its clock was set meanwhile.
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
