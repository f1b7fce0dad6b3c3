// Items that occur repeatedly, each stored once and referenced by its index.
// Must not know what they are.

/** A list without duplicates: items are equal if their JSON is. */
export class DistinctList<T> {
  readonly #indexes = new Map<string, number>();
  readonly #items: T[] = [];

  /** The index of an item, which is added if it is new. */
  add(item: T): number {
    const key = JSON.stringify(item);
    const index = this.#indexes.get(key) ?? this.#items.push(item) - 1;
    this.#indexes.set(key, index);
    return index;
  }

  get items(): readonly T[] {
    return this.#items;
  }
}
