import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { platformNetworkProfileStatus } from '../api/platform-status.ts';
import { mergePatch, readStatus } from './object-status.ts';

describe('a stored status', () => {
  test('is read where it is one of this version', () => {
    const failing = [{ namespace: 'shop', reason: 'Refused', message: 'no' }];
    expect(readStatus(platformNetworkProfileStatus, { failing })).toEqual({ failing });
  });

  test('is read without what another version wrote in a form of its own', () => {
    const failing = [{ namespace: 'shop', reason: 'Refused', message: 'no' }];
    const capabilities = [{ name: 'EndPort', value: 'Partly', meaning: 'a value of tomorrow' }];
    const enforcement = { nodes: {}, capabilities };
    expect(readStatus(platformNetworkProfileStatus, { failing, enforcement })).toEqual({ failing });
  });

  test.each([undefined, null, 7, 'nonsense', [], { conditions: 'nonsense' }, { conditions: [null] }])(
    'is read as none where it is not: %j',
    (stored) => {
      expect(readStatus(platformNetworkProfileStatus, stored)).toEqual({});
    },
  );
});

/** RFC 7396, section 2. */
function apply(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const isObject = typeof target === 'object' && target !== null && !Array.isArray(target);
  const result = new Map<string, unknown>(isObject ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) result.delete(name);
    else result.set(name, apply(result.get(name), value));
  }
  return Object.fromEntries(result);
}

describe('a merge patch', () => {
  test('takes away what is stored and not wanted, at any depth', () => {
    const patch = mergePatch({ a: 1, b: { c: 2, d: 3 }, e: [{ f: 1 }] }, { b: { c: 2 }, e: [] });
    expect(patch).toEqual({ a: null, b: { c: 2, d: null }, e: [] });
  });

  test('makes whatever is stored into what is wanted', () => {
    const key = fc.constantFrom('a', 'b', 'c');
    const leaf = fc.oneof(fc.integer(), fc.string(), fc.array(fc.integer()));
    const { object } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 3 }, leaf, tie('object')),
      object: fc.dictionary(key, tie('value'), { noNullPrototype: true }),
    }));
    fc.assert(
      fc.property(fc.oneof(leaf, object), object, (stored, wanted) => {
        expect(apply(stored, mergePatch(stored, wanted as object))).toEqual(wanted);
      }),
    );
  });
});
