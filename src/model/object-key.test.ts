import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareKeys, compareText, formatKey } from './object-key.ts';

const name = fc.stringMatching(/^[a-z0-9]([-a-z0-9.]{0,6}[a-z0-9])?$/);
const key = fc.record({ namespace: fc.oneof(fc.constant(''), name), name });

describe('the key of an object', () => {
  test('is written as namespace/name, or name alone where the cluster is its scope', () => {
    expect(formatKey({ namespace: 'shop', name: 'web' })).toBe('shop/web');
    expect(formatKey({ namespace: '', name: 'default' })).toBe('default');
  });

  test('is written the same only if it is the same', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        expect(formatKey(a) === formatKey(b)).toBe(a.namespace === b.namespace && a.name === b.name);
      }),
    );
  });
});

describe('the order of keys', () => {
  test('is by namespace first, then by name', () => {
    const keys = ['b/a', 'a/b', 'a/a'].map((text) => {
      const [namespace = '', name = ''] = text.split('/');
      return { namespace, name };
    });
    expect(keys.sort(compareKeys).map(formatKey)).toEqual(['a/a', 'a/b', 'b/a']);
  });

  test('is by code unit, on every machine', () => {
    expect(['b', 'Z', 'ä', 'a', '-', '1'].sort(compareText)).toEqual(['-', '1', 'Z', 'a', 'b', 'ä']);
  });

  test('is total: sorting any order of the same keys gives the same list', () => {
    const shuffled = fc
      .array(key)
      .chain((keys) =>
        fc.tuple(
          fc.constant(keys),
          fc.shuffledSubarray(keys, { minLength: keys.length, maxLength: keys.length }),
        ),
      );
    fc.assert(
      fc.property(shuffled, ([keys, others]) => {
        expect([...others].sort(compareKeys)).toEqual([...keys].sort(compareKeys));
      }),
    );
  });
});
