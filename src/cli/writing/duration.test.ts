import { expect, test } from '@jest/globals';
import { parseDuration } from './duration.ts';

test.each([
  ['2h', 7_200_000],
  ['90m', 5_400_000],
  ['1h30m', 5_400_000],
  ['2d', 172_800_000],
  ['45s', 45_000],
  ['1d2h3m4s', 93_784_000],
])('%s is a duration', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', '2', 'h', '0s', '-2h', '2 h', '30m1h', '1.5h', '2hours', `${'9'.repeat(20)}h`])(
  '`%s` is none',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);
