import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { matchesGlob } from './globs.ts';

describe('a glob', () => {
  test.each([
    ['shop', 'shop', true],
    ['shop', 'shops', false],
    ['shop', 'a-shop', false],
    ['*', '', true],
    ['*', 'shop', true],
    ['prod-*', 'prod-', true],
    ['prod-*', 'prod-shop', true],
    ['prod-*', 'my-prod-shop', false],
    ['*-prod', 'shop-prod', true],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*bc*bc', 'abc', false],
    ['**', 'shop', true],
    ['', '', true],
    ['', 'shop', false],
  ])('`%s` and `%s`: %s', (glob, name, expected) => {
    expect(matchesGlob(glob, name)).toBe(expected);
  });

  test('takes everything but `*` for itself', () => {
    expect(matchesGlob('a.c', 'abc')).toBe(false);
    expect(matchesGlob('a?', 'ab')).toBe(false);
    expect(matchesGlob('[ab]', 'a')).toBe(false);
  });

  test('matches what the equivalent regular expression matches', () => {
    const glob = fc
      .array(fc.constantFrom('a', 'b', '-', '.', '*'), { maxLength: 6 })
      .map((all) => all.join(''));
    const name = fc.array(fc.constantFrom('a', 'b', '-', '.'), { maxLength: 8 }).map((all) => all.join(''));
    fc.assert(
      fc.property(glob, name, (pattern, text) => {
        const source = pattern.replaceAll('.', '[.]').replaceAll('*', '.*');
        expect(matchesGlob(pattern, text)).toBe(new RegExp(`^${source}$`).test(text));
      }),
      { numRuns: 3000 },
    );
  });

  test('with many stars against a long name takes no long time', () => {
    expect(matchesGlob(`${'a*'.repeat(30)}c*b`, `${'a'.repeat(10_000)}b`)).toBe(false);
  }, 1000);
});
