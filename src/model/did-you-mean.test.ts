import { describe, expect, test } from '@jest/globals';
import { nearest } from './did-you-mean.ts';

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
