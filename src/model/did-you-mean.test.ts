import { describe, expect, test } from '@jest/globals';
import { nearest, nearestPath } from './did-you-mean.ts';

describe('the nearest word', () => {
  const words = ['name', 'from', 'to', 'ports', 'namespaceSelector', 'podSelector'];

  test.each([
    ['prots', 'ports'],
    ['form', 'from'],
    ['podselecter', 'podSelector'],
    ['namespaceSelectors', 'namespaceSelector'],
    ['t', 'to'],
  ])('to %s is %s', (typed, meant) => {
    expect(nearest(typed, words)).toBe(meant);
  });

  test('of short ones differs in one letter, or in the order of two', () => {
    expect(nearest('wbe', ['api', 'web'])).toBe('web');
    expect(nearest('wex', ['api', 'web'])).toBe('web');
    expect(nearest('xyb', ['api', 'web'])).toBeUndefined();
  });

  test.each(['app', 'colour', 'ports', ''])('to `%s` is none', (typed) => {
    expect(nearest(typed, words)).toBeUndefined();
  });
});

describe('the nearest path', () => {
  const paths = ['shop/cli', 'shop/web', 'pay/web', 'shop/web/x'];

  test.each([
    ['shop/wbe', 'shop/web'],
    ['shpo/web', 'shop/web'],
    ['pya/web', 'pay/web'],
  ])('to %s is %s', (typed, meant) => {
    expect(nearestPath(typed, paths)).toBe(meant);
  });

  test.each(['shop/api', 'shop/db', 'web', 'shop/cli'])(
    'to %s is none: what is right in one part excuses nothing in another',
    (typed) => {
      expect(nearestPath(typed, paths)).toBeUndefined();
    },
  );
});
