// In which order workers take keys if decisions are held back, or are out of date before they are written.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { WritesClosedError } from '../kube/write-gate.ts';
import { Mistakes } from './mistakes.ts';
import type { ReconcileResult } from './queue-metrics.ts';
import { WorkQueue } from './work-queue.ts';
import { runWorkers } from './workers.ts';

const log = pino({ level: 'silent' });
const facts = { cutOff: false };
const results: ReconcileResult[] = [];
const done: string[] = [];
let queue: WorkQueue;
let ended: Promise<void> | undefined;

beforeEach(() => {
  for (const list of [results, done]) list.splice(0);
  queue = new WorkQueue({ baseMs: 1, capMs: 1 });
});

afterEach(async () => {
  queue.close();
  await ended;
});

/** One worker; `act` may fail for a key. Returns what waits until this many keys are done. */
function work(act: (key: string) => Promise<void>): (keys: number) => Promise<void> {
  let changed = () => {};
  const reconcile = async (key: string) => {
    done.push(key);
    changed();
    await act(key);
    return {};
  };
  const onResult = (result: ReconcileResult) => results.push(result);
  ended = runWorkers(1, { queue, facts, log, mistakes: new Mistakes(log, () => {}), onResult, reconcile });
  return (keys) =>
    new Promise((resolve) => {
      changed = () => done.length >= keys && resolve();
      changed();
    });
}

test('while the server may have another history nothing is decided, and single changes go before bulk work afterwards', async () => {
  facts.cutOff = true;
  for (const key of ['first', 'second']) queue.add(key, 'bulk');
  const have = work(async () => {});
  await sleep(50);
  queue.add('single', 'fresh');
  expect(done).toEqual([]);
  facts.cutOff = false;
  await have(3);
  expect(done).toEqual(['first', 'single', 'second']);
});

test('a worker that holds a key back ends with the queue', async () => {
  facts.cutOff = true;
  queue.add('held', 'fresh');
  work(async () => {});
  queue.close();
  await ended;
  facts.cutOff = false;
});

test('a key whose decision is out of date does not wait behind bulk work, and has not failed', async () => {
  let isOutdated = true;
  queue.add('single', 'fresh');
  for (const key of ['slow', 'last']) queue.add(key, 'bulk');
  const have = work(async (key) => {
    if (key === 'slow') await sleep(300);
    if (key !== 'single' || !isOutdated) return;
    isOutdated = false;
    throw new WritesClosedError();
  });
  await have(4);
  expect(done).toEqual(['single', 'slow', 'single', 'last']);
  expect(results).not.toContain('error');
});

test('many keys with nothing to wait for do not keep out the rest of the process', async () => {
  const keys = Array.from({ length: 500 }, (_, index) => `key-${index}`);
  for (const key of keys) queue.add(key, 'bulk');
  setTimeout(() => queue.add('single', 'fresh'), 20);
  const have = work(async () => {
    const busyUntil = performance.now() + 1;
    while (performance.now() < busyUntil);
  });
  await have(keys.length + 1);
  expect(done.indexOf('single')).toBeLessThan(250);
});
