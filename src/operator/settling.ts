// How long the CNI needs until it enforces what was written: a time that a person sets, or what the canary sees. Must not know what is
// written, nor wait.

/** Knows how long to wait. */
export interface Settling {
  /**
   * How long to wait until policies are in force, in milliseconds; 0 or less: they are.
   *
   * @param namespace who waits: it is reconciled again when there is news
   * @param writtenAt when the last of them was written, by `performance.now()`
   */
  readonly restMs: (namespace: string, writtenAt: number) => number;
}

/** Always the same time after the last write, in milliseconds. */
export function settlingFor(ms: number): Settling {
  return { restMs: (_, writtenAt) => writtenAt + ms - performance.now() };
}
