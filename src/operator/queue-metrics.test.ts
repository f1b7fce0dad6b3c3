import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { MetricFamilies } from './metric-families.ts';
import { QueueMetrics } from './queue-metrics.ts';
import { WorkQueue } from './work-queue.ts';

let queue: WorkQueue;
let registry: Registry;
let metrics: QueueMetrics;

beforeEach(() => {
  jest.useFakeTimers();
  registry = new Registry();
  metrics = new QueueMetrics(new MetricFamilies(registry), {
    queueDepth: () => queue.depth,
    workers: 3,
  });
  queue = new WorkQueue({ baseMs: 100, capMs: 1_000 }, metrics);
});

afterEach(() => {
  queue.close();
  jest.useRealTimers();
});

/** The numbers of a family, by the label that tells them apart, if any; those of a histogram by what they are. */
async function numbers(name: string): Promise<Readonly<Record<string, number>>> {
  const lines = (await registry.getSingleMetricAsString(name)).split('\n').slice(2);
  return Object.fromEntries(
    lines.map((line) => {
      const [, part = '', value] = line.slice(name.length).match(/^([^ ]*) (.*)$/) ?? [];
      const which = part
        .replace(/\b(name|controller)="namespace",?/g, '')
        .replace(/[{}]|(le|result)=|"|,/g, '');
      return [which, Number(value)];
    }),
  );
}

test('a counter that never counted is zero, so that its first count is a change', async () => {
  for (const name of [
    'workqueue_adds_total',
    'workqueue_retries_total',
    'controller_runtime_reconcile_errors_total',
  ])
    expect(await numbers(name)).toEqual({ '': 0 });
  expect(await numbers('controller_runtime_reconcile_total')).toEqual({
    success: 0,
    requeue_after: 0,
    error: 0,
  });
  expect(await numbers('workqueue_work_duration_seconds')).toMatchObject({ _count: 0 });
});

describe('a key', () => {
  test('counts once while it waits, however often it is added', async () => {
    queue.add('shop', 'bulk');
    queue.add('shop', 'fresh');
    queue.add('pay', 'fresh');
    expect(await numbers('workqueue_adds_total')).toEqual({ '': 2 });
    expect(await numbers('workqueue_depth')).toEqual({ '': 2 });
  });

  test('counts once more when it is added while it is worked on', async () => {
    queue.add('shop', 'fresh');
    await queue.next();
    queue.add('shop', 'fresh');
    queue.add('shop', 'fresh');
    queue.done('shop');
    expect(await numbers('workqueue_adds_total')).toEqual({ '': 2 });
  });

  test('has waited and been worked on for as long as that took', async () => {
    queue.add('shop', 'fresh');
    jest.advanceTimersByTime(2_000);
    await queue.next();
    jest.advanceTimersByTime(3_000);
    expect(await numbers('workqueue_unfinished_work_seconds')).toEqual({ '': 3 });
    expect(await numbers('workqueue_longest_running_processor_seconds')).toEqual({ '': 3 });
    expect(await numbers('controller_runtime_active_workers')).toEqual({ '': 1 });
    queue.done('shop');
    expect(await numbers('workqueue_queue_duration_seconds')).toMatchObject({
      _count: 1,
      _sum: 2,
      _bucket1: 0,
      _bucket10: 1,
    });
    expect(await numbers('workqueue_work_duration_seconds')).toMatchObject({ _count: 1, _sum: 3 });
    expect(await numbers('workqueue_unfinished_work_seconds')).toEqual({ '': 0 });
    expect(await numbers('controller_runtime_active_workers')).toEqual({ '': 0 });
  });

  test('that is added while it is worked on waits from then on', async () => {
    queue.add('shop', 'fresh');
    await queue.next();
    queue.add('shop', 'fresh');
    jest.advanceTimersByTime(4_000);
    queue.done('shop');
    await queue.next();
    expect(await numbers('workqueue_queue_duration_seconds')).toMatchObject({ _count: 2, _sum: 4 });
  });

  test('that was added before there were workers has waited since they began', async () => {
    queue.standBy();
    queue.add('shop', 'fresh');
    jest.advanceTimersByTime(50_000);
    queue.begin();
    jest.advanceTimersByTime(1_000);
    await queue.next();
    expect(await numbers('workqueue_queue_duration_seconds')).toMatchObject({ _count: 1, _sum: 1 });
  });

  test('that goes straight to a worker has not waited', async () => {
    const next = queue.next();
    queue.add('shop', 'fresh');
    await next;
    expect(await numbers('workqueue_queue_duration_seconds')).toMatchObject({ _count: 1, _sum: 0 });
  });

  test('that failed counts as a retry, and as an add once its wait is over', async () => {
    queue.retry('shop');
    expect(await numbers('workqueue_retries_total')).toEqual({ '': 1 });
    expect(await numbers('workqueue_adds_total')).toEqual({ '': 0 });
    jest.advanceTimersByTime(1_000);
    expect(await numbers('workqueue_adds_total')).toEqual({ '': 1 });
  });
});

test('reconciles count by their results', async () => {
  for (const result of ['success', 'success', 'requeue_after', 'error'] as const) metrics.reconciled(result);
  expect(await numbers('controller_runtime_reconcile_total')).toEqual({
    success: 2,
    requeue_after: 1,
    error: 1,
  });
  expect(await numbers('controller_runtime_reconcile_errors_total')).toEqual({ '': 1 });
  expect(await numbers('controller_runtime_max_concurrent_reconciles')).toEqual({ '': 3 });
});
