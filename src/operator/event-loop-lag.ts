// How late the event loop is: everything in this process waits for it, also probes and new namespaces.
// Must not know who reads it.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Reading } from './metric-families.ts';

/** How often it is looked at, in milliseconds. */
const resolutionMs = 10;
const quantiles = [0.5, 0.99, 1] as const;
const nsPerMs = 1e6;

/** Watches the event loop from its creation on. */
export class EventLoopLag {
  readonly #delays = monitorEventLoopDelay({ resolution: resolutionMs });

  constructor() {
    this.#delays.enable();
  }

  /** Quantiles in seconds since they were taken last; empty if the loop has not been looked at since. */
  take(): readonly Reading[] {
    const delays = this.#delays;
    const read = quantiles.map((quantile) => ({
      labels: { quantile: String(quantile) },
      // Each look is the time since the one before: what is more than the interval is late.
      value: Math.max(0, delays.percentile(quantile * 100) / nsPerMs - resolutionMs) / 1000,
    }));
    const isEmpty = delays.count === 0;
    delays.reset();
    return isEmpty ? [] : read;
  }
}
