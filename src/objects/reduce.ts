// What the reducers of several kinds share. Must not know any kind.
import type { RawObject } from '../kube/resource.ts';

/** The spec of an object that the API server, or a schema, validated. */
export function specOf<T>(object: RawObject): Partial<T> & T {
  return (object.spec ?? {}) as Partial<T> & T;
}

/** The entries without repetitions of earlier ones. */
export function distinct<T extends object | string>(entries: readonly T[]): readonly T[] {
  return [...new Map(entries.map((entry) => [JSON.stringify(entry), entry])).values()];
}
