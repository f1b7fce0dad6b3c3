// Whether two versions of an object have the same relevant content. Must not know any kind.
import { isDeepStrictEqual } from 'node:util';
import type { Identified } from '../kube/store.ts';

/** Whether everything that is kept of two versions of an object is the same. */
export function sameFacts<T extends Identified>(a: T, b: T): boolean {
  const { resourceVersion: _a, ...left } = a;
  const { resourceVersion: _b, ...right } = b;
  return isDeepStrictEqual(left, right);
}
