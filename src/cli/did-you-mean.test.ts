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

  test.each(['app', 'colour', 'ports', ''])('to `%s` is none', (typed) => {
    expect(nearest(typed, words)).toBeUndefined();
  });
});
