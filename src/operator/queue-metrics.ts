// Metrics of the work queue and its workers, with the names and labels of client-go and controller-runtime, so
// that existing dashboards and alerts show Ringfence too.
// https://book.kubebuilder.io/reference/metrics-reference
// Must not know what a key stands for.
import type { Counter, Histogram } from 'prom-client';
import type { MetricFamilies } from './metric-families.ts';
import type { QueueListener } from './work-queue.ts';

/** The results of a reconcile, in controller-runtime's words. */
const reconcileResults = ['success', 'requeue_after', 'error'] as const;

/** The result of a reconcile. */
export type ReconcileResult = (typeof reconcileResults)[number];

/** The values of the queue that are read at each scrape. */
export interface QueueReadings {
  /** How many keys wait, without those that are delayed. */
  readonly queueDepth: () => number;
  readonly workers: number;
}

// The name of our one controller is the kind of its keys, as in controller-runtime.
const controller = { controller: 'namespace' } as const;
const queue = { name: controller.controller, ...controller } as const;
// Those of controller-runtime: from ten nanoseconds to a quarter of an hour.
const buckets = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1_000];

/** Measures a queue and its workers. */
export class QueueMetrics implements QueueListener {
  /** Times are by `performance.now()`. */
  readonly #waitingSince = new Map<string, number>();
  readonly #workingSince = new Map<string, number>();
  readonly #adds: Counter;
  readonly #retries: Counter;
  readonly #waits: Histogram;
  readonly #works: Histogram;
  readonly #results: Counter;
  readonly #errors: Counter;

  constructor(families: MetricFamilies, readings: QueueReadings) {
    const counter = (name: string, help: string) =>
      families.counter(`workqueue_${name}`, help, Object.keys(queue), [queue]);
    const seconds = (name: string, help: string) =>
      families.seconds(`workqueue_${name}`, help, buckets, queue);
    const reading = (name: string, help: string, read: () => number) =>
      families.reading(`workqueue_${name}`, help, queue, read);
    reading('depth', 'Namespaces that wait for a worker.', readings.queueDepth);
    this.#adds = counter('adds_total', 'Namespaces that were put into the queue.');
    this.#retries = counter('retries_total', 'Namespaces that were put back into the queue after a failure.');
    this.#waits = seconds('queue_duration_seconds', 'How long namespaces wait for a worker.');
    this.#works = seconds('work_duration_seconds', 'How long reconciles take.');
    reading('unfinished_work_seconds', 'The total time that the running reconciles have taken so far.', () =>
      this.#running().reduce((sum, seconds) => sum + seconds, 0),
    );
    reading(
      'longest_running_processor_seconds',
      'The time that the longest running reconcile has taken so far.',
      () => Math.max(0, ...this.#running()),
    );
    [this.#results, this.#errors] = this.#reconciles(families, readings.workers);
  }

  /** A key waits from now on, unless it already waits. */
  added(key: string): void {
    if (this.#waitingSince.has(key)) return;
    this.#waitingSince.set(key, performance.now());
    this.#adds.inc(queue);
  }

  /** A worker has taken a key. */
  taken(key: string): void {
    const now = performance.now();
    this.#waits.observe(queue, (now - (this.#waitingSince.get(key) ?? now)) / 1000);
    this.#waitingSince.delete(key);
    this.#workingSince.set(key, now);
  }

  /** The worker has finished it. */
  done(key: string): void {
    const now = performance.now();
    this.#works.observe(queue, (now - (this.#workingSince.get(key) ?? now)) / 1000);
    this.#workingSince.delete(key);
  }

  /** A key that failed was put back. */
  retried(): void {
    this.#retries.inc(queue);
  }

  /** A reconcile has ended. */
  reconciled(result: ReconcileResult): void {
    this.#results.inc({ ...controller, result });
    if (result === 'error') this.#errors.inc(controller);
  }

  /** How many seconds each of the running reconciles has taken so far. */
  #running(): readonly number[] {
    const now = performance.now();
    return [...this.#workingSince.values()].map((since) => (now - since) / 1000);
  }

  #reconciles(families: MetricFamilies, workers: number): [Counter, Counter] {
    families.reading(
      'controller_runtime_max_concurrent_reconciles',
      'The number of workers.',
      controller,
      () => workers,
    );
    families.reading(
      'controller_runtime_active_workers',
      'The number of busy workers.',
      controller,
      () => this.#workingSince.size,
    );
    return [
      families.counter(
        'controller_runtime_reconcile_total',
        'Reconciles by result; `requeue_after` means that the namespace is changing, or is left alone for a while.',
        [...Object.keys(controller), 'result'],
        reconcileResults.map((result) => ({ ...controller, result })),
      ),
      families.counter(
        'controller_runtime_reconcile_errors_total',
        'Reconciles that failed; each is retried.',
        Object.keys(controller),
        [controller],
      ),
    ];
  }
}
