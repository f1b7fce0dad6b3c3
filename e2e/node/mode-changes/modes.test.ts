// The walks make the changes that they are meant to make.
import { describe, expect, test } from '@jest/globals';
import { allSwitches, shortWalk, walkOver } from './modes.ts';

const told = (switches: readonly { from: string; to: string }[]) =>
  switches.map(({ from, to }) => `${from} -> ${to}`);

describe('the long walk', () => {
  const walk = walkOver(allSwitches(), 'Off');

  test('makes every change once', () => {
    expect(told(walk).toSorted()).toEqual(told(allSwitches()).toSorted());
    expect(new Set(told(walk)).size).toBe(32);
  });

  test('goes on from where the last change led, and ends where it starts', () => {
    expect(walk.slice(1).map(({ from }) => from)).toEqual(walk.slice(0, -1).map(({ to }) => to));
    expect([walk[0]?.from, walk.at(-1)?.to]).toEqual(['Off', 'Off']);
  });
});

test('the short walk makes changes of the long one', () => {
  expect(told(allSwitches())).toEqual(expect.arrayContaining(told(shortWalk)));
});
