// The workers: each takes a key, has it reconciled, and gives the outcome back to the queue.
// Every failure of the world is tried again; must not know what a reconcile does.
import type { Logger } from 'pino';
import { ApiError } from '../cluster/errors.ts';
import { FailureLog } from './failure-log.ts';
import type { ReconcileResult } from './queue-metrics.ts';
import type { Outcome } from './reconcile.ts';
import type { WorkQueue } from './work-queue.ts';

/** What workers need. */
export interface WorkerParts {
  readonly queue: WorkQueue;
  readonly log: Logger;
  readonly reconcile: (key: string) => Promise<Outcome>;
  /** A reconcile has ended. */
  readonly onResult: (result: ReconcileResult) => void;
}

/** Runs so many workers until the queue is closed and what they work on is finished. */
export async function runWorkers(count: number, parts: WorkerParts): Promise<void> {
  const { queue, log, reconcile, onResult } = parts;
  const failures = new FailureLog(log);
  const workOn = async (key: string): Promise<ReconcileResult> => {
    try {
      const { againAfterMs } = await reconcile(key);
      queue.forget(key);
      failures.succeeded(key);
      if (againAfterMs === undefined) return 'success';
      queue.addAfter(key, againAfterMs);
      return 'requeue_after';
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failures.failed(key, error, performance.now());
      queue.retry(key, error.retryAfterMs);
      return 'error';
    } finally {
      queue.done(key);
    }
  };
  const work = async (): Promise<void> => {
    for (let key = await queue.next(); key !== undefined; key = await queue.next())
      onResult(await workOn(key));
  };
  await Promise.all(Array.from({ length: count }, work));
}
