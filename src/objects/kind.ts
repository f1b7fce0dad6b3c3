// What an entry of the table of kinds says of a kind of object, and what the decoders of several kinds share.
// Must not know any kind.
import { isDeepStrictEqual } from 'node:util';
import type * as z from 'zod';
import type { RawObject, Resource } from '../kube/resource.ts';
import type { Identified } from '../kube/store.ts';
import { getOrInsert } from '../model/groups.ts';

/** A kind of object that Ringfence reads. The operator watches it, unless `onlyTool` is set; the tool lists it, and reads it from files. */
export interface Kind<T extends Identified> extends Resource<T> {
  /** Its objects are in no namespace. */
  readonly clusterWide?: true;
  /** Only the tool reads it: from a cluster and from files, or only from files. */
  readonly onlyTool?: 'ClusterAndFiles' | 'Files';
  /** Checks the parts that `reduce` reads, and fills in their defaults: no API server validated what is in a file. */
  readonly schema?: z.ZodType<object>;
  /** What the operator does with its objects besides listing and watching them, as RBAC verbs. */
  readonly writes?: readonly ('create' | 'update' | 'delete')[];
  /** The operator writes the status of its objects. */
  readonly reportsStatus?: true;
}

/** Facts about an object, as a store keeps them. */
export type StoredFacts<T> = T & Identified;

/** The spec of an object that the API server, or a schema, validated. */
export function specOf<T>(object: RawObject): Partial<T> & T {
  return (object.spec ?? {}) as Partial<T> & T;
}

/** The entries without repetitions of earlier ones. */
export function distinct<T extends object | string>(entries: readonly T[]): readonly T[] {
  return [...new Map(entries.map((entry) => [JSON.stringify(entry), entry])).values()];
}

/** The same, where entries also say at which field they are: that does not make them different. */
export function distinctByContent<T extends { readonly at: string }>(entries: readonly T[]): readonly T[] {
  const first = new Map<string, T>();
  for (const entry of entries) getOrInsert(first, JSON.stringify({ ...entry, at: '' }), () => entry);
  return [...first.values()];
}

/** Whether everything that is kept of two versions of an object is the same. */
export function sameFacts<T extends Identified>(a: T, b: T): boolean {
  const { resourceVersion: _a, ...left } = a;
  const { resourceVersion: _b, ...right } = b;
  return isDeepStrictEqual(left, right);
}
