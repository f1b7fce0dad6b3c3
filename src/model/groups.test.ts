import { describe, expect, jest, test } from '@jest/globals';
import { getOrInsert, groupsBy } from './groups.ts';

describe('groupsBy', () => {
  test('keeps the order of first occurrence, and has no empty group', () => {
    expect(groupsBy([3, 1, 4, 6, 5], (number) => number % 2)).toEqual([
      [3, 1, 5],
      [4, 6],
    ]);
    expect(groupsBy([], String)).toEqual([]);
  });
});

describe('getOrInsert', () => {
  test('makes a value once, also one that counts as false', () => {
    const make = jest.fn(() => 0);
    const map = new Map<string, number>();
    expect([getOrInsert(map, 'a', make), getOrInsert(map, 'a', make)]).toEqual([0, 0]);
    expect(make).toHaveBeenCalledTimes(1);
    expect(map.get('a')).toBe(0);
  });
});
