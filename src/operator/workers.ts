// The workers: each takes a key, has it reconciled, and gives the outcome back to the queue.
// Every failure of the world is tried again; must not know what a reconcile does.
import type { Logger } from 'pino';
import { ApiError } from '../kube/errors.ts';
import { WritesClosedError } from '../kube/write-gate.ts';
import { FailureLog } from './failure-log.ts';
import { ContainedMistake, type Mistakes } from './mistakes.ts';
import type { ReconcileResult } from './queue-metrics.ts';
import type { Outcome } from './reconcile.ts';
import type { WorkQueue } from './work-queue.ts';

/** What workers need. */
export interface WorkerParts {
  readonly queue: WorkQueue;
  readonly log: Logger;
  readonly reconcile: (key: string) => Promise<Outcome>;
  readonly mistakes: Mistakes;
  /** A reconcile has ended. */
  readonly onResult: (result: ReconcileResult) => void;
}

/** Runs so many workers until the queue is closed and what they work on is finished. */
export async function runWorkers(count: number, parts: WorkerParts): Promise<void> {
  const { queue, log, reconcile, mistakes, onResult } = parts;
  const failures = new FailureLog(log);
  const tell = (key: string, error: unknown): void => {
    if (error instanceof ApiError) failures.failed(key, error, performance.now());
    else if (error instanceof ContainedMistake) mistakes.contained(key, error);
    // Nobody has to hear that nothing may be written; where we may again, what is left is done then.
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
      tell(key, error);
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
