// Whether two versions of an object say the same, as far as anybody acts on it. Must not know any kind.
import { isDeepStrictEqual } from 'node:util';
import type { Identified } from '../kube/store.ts';

/** Whether all that is kept of two versions of an object is the same. */
export function sameFacts<T extends Identified>(a: T, b: T): boolean {
  const { resourceVersion: _a, ...left } = a;
  const { resourceVersion: _b, ...right } = b;
  return isDeepStrictEqual(left, right);
}
