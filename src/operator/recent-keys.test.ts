import { expect, test } from '@jest/globals';
import { RecentKeys } from './recent-keys.ts';

test('keys are taken once, the last one first', () => {
  const keys = new RecentKeys(1_000);
  for (const [index, key] of ['shop', 'pay', 'shop', 'cart'].entries()) keys.add(key, index);
  expect(keys.take(10)).toEqual(['cart', 'shop', 'pay']);
  expect(keys.take(10)).toEqual([]);
});

test('a key is forgotten when its last change is too long ago', () => {
  const keys = new RecentKeys(1_000);
  keys.add('shop', 0);
  keys.add('pay', 0);
  keys.add('shop', 900);
  expect(keys.take(1_500)).toEqual(['shop']);
});
