import { describe, expect, test } from '@jest/globals';
import { count, countInGroups, nameSome, nameSomeInLines } from './counted.ts';

describe('a list of names', () => {
  test('is complete up to its limit, and then says how many are left out', () => {
    expect(nameSome(['a', 'b'], 2)).toBe('a, b');
    expect(nameSome(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more');
  });

  test('in lines never has more lines than its limit', () => {
    expect(nameSomeInLines(['a', 'b'], 2)).toEqual(['a', 'b']);
    expect(nameSomeInLines(['a', 'b', 'c', 'd'], 3)).toEqual(['a', 'b', 'and 2 more']);
  });
});

test.each([
  [0, '0 routes'],
  [1, '1 route'],
  [2, '2 routes'],
])('%i is counted as %s', (number, text) => {
  expect(count(number, 'route')).toBe(text);
});

test('on a page, long numbers are in groups', () => {
  expect([999, 1000, 1, 2_439_000].map((number) => countInGroups(number, 'pair'))).toEqual([
    '999 pairs',
    '1,000 pairs',
    '1 pair',
    '2,439,000 pairs',
  ]);
});
