// How often the platform's status is computed: it adds up all namespaces, so that it takes the longer the more there are.
// Must not know what it contains.

/** Many changes of many namespaces within this time become one write, in milliseconds. */
const leastMs = 300;
/** Computing may take this share of the time: while everything changes, the namespaces themselves need the rest. */
const share = 0.05;

/** Knows how long to collect changes before the status is computed again. */
export class StatusPace {
  #tookMs = 0;

  /** In milliseconds. */
  get delayMs(): number {
    return Math.max(leastMs, this.#tookMs / share);
  }

  /** Computes it, and notices how long that takes. @param now in milliseconds */
  measure<Result>(compute: () => Result, now: () => number = () => performance.now()): Result {
    const began = now();
    try {
      return compute();
    } finally {
      this.#tookMs = now() - began;
    }
  }
}
