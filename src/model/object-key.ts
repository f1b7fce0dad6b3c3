// What names an object: its namespace and name, and their order.
// Must not know any kind of object.

/** Names an object of a known kind. Cluster-scoped objects have the namespace `''`. */
export interface ObjectKey {
  readonly namespace: string;
  readonly name: string;
}

/** `namespace/name`, or just `name` if there is no namespace: unique, since neither may contain a `/`. */
export function formatKey(key: ObjectKey): string {
  return key.namespace === '' ? key.name : `${key.namespace}/${key.name}`;
}

/** Orders by namespace, then name, by code unit: the same on every machine, unlike `localeCompare`. */
export function compareKeys(a: ObjectKey, b: ObjectKey): number {
  return compareText(a.namespace, b.namespace) || compareText(a.name, b.name);
}

/**
 * The objects, of which no two have the same namespace and name.
 *
 * @throws Error if two have the same: a bug in this program, which would overwrite one with the other again and again
 */
export function requireDistinct<T extends ObjectKey>(objects: readonly T[]): readonly T[] {
  const seen = new Set<string>();
  for (const key of objects.map(formatKey)) {
    if (seen.has(key)) throw new Error(`two objects of one kind are called \`${key}\``);
    seen.add(key);
  }
  return objects;
}

/** Orders two texts by code unit. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
