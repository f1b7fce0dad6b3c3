import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { lineDifference } from './line-difference.ts';

const lines = fc
  .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 8 })
  .map((words) => words.join('\n'));

describe('the difference of two texts', () => {
  test('shows what stays, goes and comes', () => {
    expect(lineDifference('a\nb\nc\n', 'a\nc\nd\n')).toBe('  a\n- b\n  c\n+ d\n');
  });

  test('is the texts again, whatever they are', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const shown = lineDifference(before, after).trimEnd().split('\n');
        const without = (sign: string) =>
          shown.filter((line) => !line.startsWith(sign)).map((line) => line.slice(2));
        expect(without('+').join('\n')).toBe(before);
        expect(without('-').join('\n')).toBe(after);
      }),
    );
  });
});
