// Random choices from a seed, so that a failure can be repeated.

/** A source of choices. Mulberry32: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** A whole number from 0 to `limit`, without it. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  /** @throws Error where there is nothing to pick */
  pick<T>(all: readonly T[]): T {
    const picked = all[this.below(all.length)];
    if (picked === undefined && all.length === 0) throw new Error('there is nothing to pick');
    return picked as T;
  }

  /** Some of them, in their order; possibly none. */
  some<T>(all: readonly T[]): readonly T[] {
    return all.filter(() => this.below(2) === 1);
  }
}
