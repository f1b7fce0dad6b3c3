import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { EventLoopLag } from './event-loop-lag.ts';

test('a busy event loop is late for as long as it is busy, and each reading begins anew', async () => {
  const lag = new EventLoopLag();
  await pause(50);
  lag.take();
  await pause(50);
  const busyUntil = performance.now() + 100;
  while (performance.now() < busyUntil);
  await pause(50);
  const read = lag.take();
  expect(read.map(({ labels }) => labels.quantile)).toEqual(['0.5', '0.99', '1']);
  expect(read.at(-1)?.value).toBeGreaterThan(0.05);
  expect(lag.take()).toEqual([]);
});
