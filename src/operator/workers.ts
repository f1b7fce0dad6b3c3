// The workers: each takes a key, has it reconciled, and gives the outcome back to the queue.
// Every failure of the world is tried again; must not know what a reconcile does.
import type { Logger } from 'pino';
import { ApiError } from '../cluster/errors.ts';
import { FailureLog } from './failure-log.ts';
import type { Outcome } from './reconcile.ts';
import type { WorkQueue } from './work-queue.ts';

/** What workers need. */
export interface WorkerParts {
  readonly queue: WorkQueue;
  readonly log: Logger;
  readonly reconcile: (key: string) => Promise<Outcome>;
}

/** Runs so many workers until the queue is closed and what they work on is finished. */
export async function runWorkers(count: number, { queue, log, reconcile }: WorkerParts): Promise<void> {
  const failures = new FailureLog(log);
  const work = async (): Promise<void> => {
    for (let key = await queue.next(); key !== undefined; key = await queue.next()) {
      try {
        const { againAfterMs } = await reconcile(key);
        queue.forget(key);
        failures.succeeded(key);
        if (againAfterMs !== undefined) queue.addAfter(key, againAfterMs);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        failures.failed(key, error, Date.now());
        queue.retry(key, error.retryAfterMs);
      } finally {
        queue.done(key);
      }
    }
  };
  await Promise.all(Array.from({ length: count }, work));
}
