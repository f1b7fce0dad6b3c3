// The workers: each takes a key, has it reconciled, and returns the result to the queue.
// Every failure of the environment is retried; must not know what a reconcile does.
import type { Logger } from 'pino';
import { ApiError } from '../kube/errors.ts';
import { WritesClosedError } from '../kube/write-gate.ts';
import { FailureLog } from './failure-log.ts';
import { ContainedMistake, type Mistakes } from './mistakes.ts';
import type { ReconcileResult } from './queue-metrics.ts';
import type { Outcome } from './reconcile.ts';
import type { WorkQueue } from './work-queue.ts';

/** The dependencies of workers. */
export interface WorkerParts {
  readonly queue: WorkQueue;
  readonly log: Logger;
  readonly reconcile: (key: string) => Promise<Outcome>;
  readonly mistakes: Mistakes;
  /** A reconcile has ended. */
  readonly onResult: (result: ReconcileResult) => void;
}

/** Runs this many workers until the queue is closed and their current keys are finished. */
export async function runWorkers(count: number, parts: WorkerParts): Promise<void> {
  const { queue, log, reconcile, mistakes, onResult } = parts;
  const failures = new FailureLog(log);
  const reportError = (key: string, error: unknown): void => {
    if (error instanceof ApiError) failures.failed(key, error, performance.now());
    else if (error instanceof ContainedMistake) mistakes.contained(key, error);
    // Nobody needs to know that writing is not allowed now; when it is allowed again, the rest is done.
    else if (!(error instanceof WritesClosedError)) mistakes.report(error);
  };
  const workOn = async (key: string): Promise<ReconcileResult> => {
    try {
      const { againAfterMs } = await reconcile(key);
      queue.forget(key);
      failures.succeeded(key);
      mistakes.succeeded(key);
      if (againAfterMs === undefined) return 'success';
      queue.addAfter(key, againAfterMs);
      return 'requeue_after';
    } catch (error) {
      reportError(key, error);
      queue.retry(key, error instanceof ApiError ? error.retryAfterMs : 0);
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
