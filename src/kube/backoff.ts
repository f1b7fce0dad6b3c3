// How long to wait before the next attempt: exponential with jitter, never less than the server asks for.
// Must not know what is attempted.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** The bounds of a backoff, in milliseconds. */
export interface BackoffBounds {
  readonly baseMs: number;
  readonly capMs: number;
}

/**
 * The wait before attempt number `attempt` (1 is the first retry), in milliseconds: doubled each time up to the cap,
 * and reduced at random by up to a half, so that many clients don't come back at once.
 */
export function backoffMs(attempt: number, bounds: BackoffBounds, atLeastMs = 0): number {
  const whole = doubledMs(attempt, bounds);
  return Math.max(atLeastMs, whole / 2 + (Math.random() * whole) / 2);
}

/** The wait before attempt number `attempt` without chance, in milliseconds: doubled each time up to the cap. */
export function doubledMs(attempt: number, { baseMs, capMs }: BackoffBounds): number {
  return Math.min(capMs, baseMs * 2 ** Math.min(attempt - 1, 30));
}

/** Resolves when `signal` aborts, or at once if it has. */
export async function untilAborted(signal: AbortSignal): Promise<undefined> {
  if (!signal.aborted) await once(signal, 'abort');
}

/** Waits, or returns early when `signal` aborts. */
export async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    // aborted: the caller looks at the signal
  }
}
