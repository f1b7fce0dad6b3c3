import { expect, test } from '@jest/globals';
import { mirrorOrigin, originInWords } from './mirror-origins.ts';

test.each([
  [
    'a route of another namespace',
    mirrorOrigin({ namespace: 'warehouse', name: 'stock' }, 'shop-in'),
    'route shop-in of profile warehouse/stock',
  ],
  ['a route of its own profile', 'shop-in', 'shop-in'],
  ['an object', 'Ingress shop/web', 'Ingress shop/web'],
])('%s has its origin in words', (_, origin, words) => {
  expect(originInWords(origin)).toBe(words);
});
