// Lets the event loop turn while workers compute. A reconcile that has nothing to write awaits nothing but promises: thousands of them in
// a row would keep out watches, probes and the renewal of the lease. Must not know what is computed.
import { setImmediate } from 'node:timers/promises';

/** How long may be computed before the loop has to turn, in milliseconds. */
const busyMs = 10;

/** The turns of the event loop, which all workers share. */
export class EventLoopTurns {
  #turnedAt = performance.now();
  #next: Promise<void> | undefined;

  /** Whether the loop has to turn before anything else is computed. */
  get isDue(): boolean {
    return performance.now() - this.#turnedAt >= busyMs;
  }

  /** Resolves when it has turned. Whoever waits asks `isDue` again: another one may have computed since. */
  next(): Promise<void> {
    this.#next ??= setImmediate().then(() => {
      this.#next = undefined;
      this.#turnedAt = performance.now();
    });
    return this.#next;
  }
}
