import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { WriteConflicts } from './write-conflicts.ts';

const shop = { namespace: 'shop', within: 'uid-of-shop' };
const pay = { namespace: 'pay', within: 'uid-of-pay' };
const deny = { ...shop, name: 'ringfence-default-deny-ingress' };
const other = { ...pay, name: 'ringfence-default-deny-ingress' };
const recreated = { ...deny, within: 'uid-of-the-next-shop' };
const second = 1_000;
let conflicts: WriteConflicts;

beforeEach(() => {
  // The whole of every pause, so that it can be told.
  jest.spyOn(Math, 'random').mockReturnValue(1);
  conflicts = new WriteConflicts();
});

afterEach(() => {
  jest.restoreAllMocks();
});

/** Writes the same thing at these times, in seconds. */
function write(times: readonly number[], effective = true, key = deny, intent = 'a'): void {
  for (const time of times) conflicts.wrote(key, intent, effective, time * second);
}

function isContested(key: typeof deny, now: number): boolean {
  return conflicts.contestedIn(key, now).some(({ name }) => name === key.name);
}

describe('a policy that a mutating webhook changes', () => {
  test('is contested after three writes without effect, and left alone for a while', () => {
    write([0, 1], false);
    expect(isContested(deny, 1 * second)).toBe(false);
    expect(conflicts.pauseOf(deny, 'a', 1 * second)).toBe(0);
    write([2], false);
    expect(isContested(deny, 2 * second)).toBe(true);
    expect(conflicts.pauseOf(deny, 'a', 2 * second)).toBe(10 * second);
    expect(conflicts.pauseOf(deny, 'a', 5 * second)).toBe(7 * second);
    expect(conflicts.pauseOf(deny, 'a', 12 * second)).toBe(0);
  });

  test('is left alone for longer each time, 5 minutes at most', () => {
    let now = 0;
    const pauses = Array.from({ length: 10 }, () => {
      conflicts.wrote(deny, 'a', false, now);
      const pause = conflicts.pauseOf(deny, 'a', now);
      now += pause + second;
      return pause / second;
    });
    expect(pauses).toEqual([0, 0, 10, 20, 40, 80, 160, 300, 300, 300]);
  });
});

describe('a policy that another tool undoes', () => {
  test('is contested when three writes were undone soon, at the fourth write', () => {
    write([0, 1, 2]);
    expect(isContested(deny, 2 * second)).toBe(false);
    write([3]);
    expect(isContested(deny, 3 * second)).toBe(true);
    expect(conflicts.pauseOf(deny, 'a', 3 * second)).toBe(10 * second);
  });

  test('stays contested over its pause, and when the write after it is undone too', () => {
    write([0, 1, 2, 3]);
    expect(isContested(deny, 14 * second)).toBe(true);
    write([14]);
    expect(conflicts.pauseOf(deny, 'a', 14 * second)).toBe(20 * second);
    expect(isContested(deny, 35 * second)).toBe(true);
  });

  test('is no longer contested once a write has stood for a while', () => {
    write([0, 1, 2, 3]);
    expect(isContested(deny, 23 * second)).toBe(false);
    write([30]);
    expect(isContested(deny, 30 * second)).toBe(false);
    expect(conflicts.pauseOf(deny, 'a', 30 * second)).toBe(0);
  });
});

describe('a contested policy that is found as it was written', () => {
  test('is contested until that has lasted for a while, however long its pause would be', () => {
    write([0, 1, 2, 3, 14]);
    expect(conflicts.confirm(shop, 15 * second)).toBe(9 * second);
    expect(isContested(deny, 15 * second)).toBe(true);
    expect(conflicts.confirm(shop, 24 * second)).toBe(0);
    expect(isContested(deny, 24 * second)).toBe(false);
    expect(conflicts.pauseOf(deny, 'a', 24 * second)).toBe(0);
  });

  test('says nothing of other namespaces', () => {
    write([0, 1, 2, 3]);
    expect(conflicts.confirm(pay, 60 * second)).toBe(0);
    expect(isContested(deny, 4 * second)).toBe(true);
  });
});

describe('a policy that was written a short while ago', () => {
  test('is known to be, as the same thing in the same namespace', () => {
    write([0]);
    expect(conflicts.wasWritten(deny, 'a', 9 * second)).toBe(true);
    expect(conflicts.wasWritten(deny, 'a', 10 * second)).toBe(false);
    expect(conflicts.wasWritten(deny, 'b', 9 * second)).toBe(false);
    expect(conflicts.wasWritten(recreated, 'a', 9 * second)).toBe(false);
  });
});

describe('a policy in dispute', () => {
  test('may be written at once if something else is wanted', () => {
    write([0, 1, 2, 3]);
    expect(conflicts.pauseOf(deny, 'absent', 3 * second)).toBe(0);
  });
});

describe('a policy is not contested', () => {
  test('if a person undoes it now and then', () => {
    write([0, 20, 40, 60, 80, 100]);
    expect(isContested(deny, 100 * second)).toBe(false);
  });

  test('if what is wanted changes quickly: each write is another one', () => {
    for (let time = 0; time < 10; time += 1) {
      conflicts.wrote(deny, time % 2 === 0 ? 'written' : 'deleted', true, time * second);
    }
    expect(isContested(deny, 9 * second)).toBe(false);
    expect(conflicts.pauseOf(deny, 'deleted', 9 * second)).toBe(0);
  });

  test('if its namespace was created anew under the same name, however often', () => {
    write([0, 1, 2, 3]);
    write([4], true, recreated);
    expect(conflicts.pauseOf(recreated, 'a', 4 * second)).toBe(0);
    expect(isContested(recreated, 4 * second)).toBe(false);
    for (let time = 5; time < 10; time += 1) write([time], true, { ...deny, within: `uid-${time}` });
    expect(isContested({ ...deny, within: 'uid-9' }, 9 * second)).toBe(false);
  });

  test('in the next namespace of that name while the one before is reported', () => {
    write([0, 1, 2, 3]);
    expect(conflicts.confirm(recreated, 3 * second)).toBe(0);
    expect(isContested(recreated, 3 * second)).toBe(false);
    expect(isContested(deny, 3 * second)).toBe(true);
  });

  test('where it was never written', () => {
    expect(isContested(deny, 0)).toBe(false);
    expect(conflicts.pauseOf(deny, 'a', 0)).toBe(0);
  });

  test('because another one is, of another namespace', () => {
    write([0, 1, 2, 3]);
    write([3], true, other);
    expect(isContested(other, 3 * second)).toBe(false);
    expect(isContested(deny, 3 * second)).toBe(true);
  });

  test('if a single write among good ones had no effect', () => {
    write([0], false);
    write([20, 40]);
    write([60], false);
    expect(isContested(deny, 60 * second)).toBe(false);
  });
});
