// Items in groups, and maps whose values are made when they are first needed.
// Must not know what the items are.
import type { NonEmpty } from './network-policy.ts';

/** The items with equal keys together, in the order in which they first occur. Keys are compared as those of a Map. */
export function groupsBy<T>(items: Iterable<T>, keyOf: (item: T) => unknown): readonly NonEmpty<T>[] {
  // `Map.groupBy` makes no empty group.
  return [...Map.groupBy(items, keyOf).values()] as unknown as readonly NonEmpty<T>[];
}

/** The same function, which makes each value once: a key that is met again, as the same object, has the value that it had. */
export function remembering<K extends object, V extends object | string | number>(
  make: (key: K) => V,
): (key: K) => V {
  const made = new Map<K, V>();
  return (key) => getOrInsert(made, key, () => make(key));
}

/** The first of the values with the same JSON: what is equal becomes one object. @param known by their JSON */
export function unify<T extends object>(known: Map<string, T>, value: T): T {
  return getOrInsert(known, JSON.stringify(value), () => value);
}

/**
 * The value of a key; if there is none, `make` makes it, and the map keeps it. As `Map.prototype.getOrInsertComputed`
 * (ECMAScript 2026), which Node 24 does not have.
 */
export function getOrInsert<K, V extends object | string | number>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
