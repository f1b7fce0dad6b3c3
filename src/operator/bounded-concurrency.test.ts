import { setImmediate as soon } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { WritesClosedError } from '../kube/write-gate.ts';
import { concurrency, withConcurrency } from './bounded-concurrency.ts';

const numbers = Array.from({ length: 5 * concurrency }, (_, index) => index);

test('results are in the order of the items, whichever was done first', async () => {
  const double = async (item: number) => {
    for (let wait = item % 3; wait > 0; wait -= 1) await soon();
    return 2 * item;
  };
  expect(await withConcurrency(numbers, double)).toEqual(numbers.map((item) => 2 * item));
  expect(await withConcurrency([], double)).toEqual([]);
});

test('only a few are in flight', async () => {
  let [now, most] = [0, 0];
  await withConcurrency(numbers, async () => {
    now += 1;
    most = Math.max(most, now);
    await soon();
    now -= 1;
  });
  expect(most).toBe(concurrency);
});

test('a failure keeps none of the others back, and is reported when all were tried', async () => {
  const tried: number[] = [];
  const act = async (item: number) => {
    tried.push(item);
    await soon();
    if (item === 3 || item === 7) throw new Error(`${item} failed`);
  };
  await expect(withConcurrency(numbers, act)).rejects.toThrow('3 failed');
  expect(tried).toEqual(numbers);
});

test('if nothing may be written any more, no other item is begun', async () => {
  const tried: number[] = [];
  const act = async (item: number) => {
    tried.push(item);
    await soon();
    if (item === 3) throw new WritesClosedError();
  };
  await expect(withConcurrency(numbers, act)).rejects.toThrow(WritesClosedError);
  expect(tried).toEqual(numbers.slice(0, tried.length));
  expect(tried.length).toBeLessThan(2 * concurrency);
});
