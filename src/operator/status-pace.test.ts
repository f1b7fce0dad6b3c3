import { expect, test } from '@jest/globals';
import { StatusPace } from './status-pace.ts';

test('the longer a status takes, the longer changes are collected, and never less than for a moment', () => {
  const pace = new StatusPace();
  const delayAfter = (ms: number) => {
    const times = [1_000, 1_000 + ms];
    expect(
      pace.measure(
        () => 'status',
        () => times.shift() ?? 0,
      ),
    ).toBe('status');
    return pace.delayMs;
  };
  expect(pace.delayMs).toBe(300);
  expect([2, 100, 1].map(delayAfter)).toEqual([300, 2_000, 300]);
});

test('a status that could not be computed counts, too', () => {
  const pace = new StatusPace();
  const times = [0, 50];
  const fail = () => {
    throw new TypeError('x is not a function');
  };
  expect(() => pace.measure(fail, () => times.shift() ?? 0)).toThrow(TypeError);
  expect(pace.delayMs).toBe(1_000);
});
