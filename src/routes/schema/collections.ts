// Bounded lists, with the list types that define how server-side apply merges the lists of two writers.
// Must not know what is listed.
import * as z from 'zod';

/** How many items a list may hold. */
export interface Bounds {
  readonly min?: number;
  readonly max: number;
  /** The message about a list with fewer than `min` items, for people. */
  readonly tooFew?: string;
}

/** A list that one writer owns as a whole (`atomic`); items may be repeated. */
export function listOf<T extends z.ZodType>(item: T, bounds: Bounds): z.ZodArray<T> {
  return bounded(item, bounds).register(z.globalRegistry, { 'x-kubernetes-list-type': 'atomic' });
}

/** A list without repetition that several writers may add to (`set`). */
export function setOf<T extends z.ZodType<string>>(item: T, bounds: Bounds): z.ZodArray<T> {
  return bounded(item, bounds)
    .check((context) => refuseRepetition(context, (value) => value, 'is listed twice'))
    .register(z.globalRegistry, { 'x-kubernetes-list-type': 'set' });
}

/** An ordered list in which `key` names each item, so that several writers may own one item each (`map`). */
export function mapBy<Key extends string, T extends z.ZodType<Readonly<Record<Key, string>>>>(
  key: Key,
  item: T,
  bounds: Bounds,
): z.ZodArray<T> {
  return bounded(item, bounds)
    .check((context) => refuseRepetition(context, (value) => value[key], `is the \`${key}\` of two items`))
    .register(z.globalRegistry, { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [key] });
}

function bounded<T extends z.ZodType>(item: T, bounds: Bounds): z.ZodArray<T> {
  const list = z.array(item).max(bounds.max, {
    error: (issue) => `must have at most ${bounds.max} items, has ${(issue.input as unknown[]).length}`,
  });
  if (bounds.min === undefined) return list;
  return list.min(bounds.min, { error: bounds.tooFew ?? `must have at least ${bounds.min} item` });
}

function refuseRepetition<V>(
  context: z.core.ParsePayload<V[]>,
  nameOf: (value: V) => string,
  complaint: string,
): void {
  const seen = new Set<string>();
  for (const [index, value] of context.value.entries()) {
    const name = nameOf(value);
    if (seen.has(name)) {
      context.issues.push({
        code: 'custom',
        input: value,
        path: [index],
        message: `must differ from the items before it; \`${name}\` ${complaint}`,
      });
    }
    seen.add(name);
  }
}
