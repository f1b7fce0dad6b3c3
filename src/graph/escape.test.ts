import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hostileNames } from '../../test/drawn-clusters.ts';
import { scriptJson, shown, visible, xml } from './escape.ts';

describe('a name', () => {
  test('is shown as it is where it is one', () => {
    expect(shown('web-console.v2')).toBe('web-console.v2');
    expect(shown('büro/東京')).toBe('büro/東京');
  });

  test('is cut in the middle if it is long', () => {
    expect(shown('abcdefghij', 5)).toBe('ab…ij');
    expect([...shown('x'.repeat(300))]).toHaveLength(44);
  });

  test('can neither hide characters nor turn the direction of writing', () => {
    expect(visible('a\u202eb\u0000c\u200bd\ud800e\nf')).toBe('a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf');
  });
});

describe('escaped text', () => {
  test('for XML holds nothing that ends a text or an attribute', () => {
    for (const name of hostileNames) expect(xml(name)).not.toMatch(/[<>"']|&(?!#\d+;)/);
  });

  test('for a script is the same JSON, without anything that ends the script', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = scriptJson(value);
        expect(text).not.toContain('<');
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(scriptJson(hostileNames)).not.toMatch(/<|\u2028|\u2029/);
  });
});
