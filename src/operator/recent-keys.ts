// The keys that somebody changed a short while ago, while no worker of ours runs: another operator works on them, unless it ends just now.
// Older ones are forgotten, so that an operator that waits for months does not remember every name. Must not know what a key means.

/** The keys that were added last, each once. Times are in milliseconds, by one clock of the caller's choice. */
export class RecentKeys {
  readonly #forMs: number;
  /** When each was added last, in this order. */
  readonly #addedAt = new Map<string, number>();

  /** @param forMs how long a key is remembered */
  constructor(forMs: number) {
    this.#forMs = forMs;
  }

  /** A key is added at `now`. */
  add(key: string, now: number): void {
    this.#addedAt.delete(key);
    this.#addedAt.set(key, now);
    this.#forget(now - this.#forMs);
  }

  /** Those that are remembered at `now`, and forgets them all: the last one first, since nobody has worked on it for sure. */
  take(now: number): readonly string[] {
    this.#forget(now - this.#forMs);
    const keys = [...this.#addedAt.keys()].reverse();
    this.#addedAt.clear();
    return keys;
  }

  #forget(before: number): void {
    for (const [key, addedAt] of this.#addedAt) {
      if (addedAt >= before) return;
      this.#addedAt.delete(key);
    }
  }
}
