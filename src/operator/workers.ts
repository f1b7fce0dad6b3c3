// The workers: each takes a key, has it reconciled, and returns the result to the queue.
// Every failure of the environment is retried; must not know what a reconcile does.
// While the server may have another history, nothing is decided. A worker then waits with its key, so that the other keys keep their
// lanes: delayed bulk work would come back among single changes, for which somebody waits.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { ApiError } from '../kube/errors.ts';
import { type WatchedFacts, WritesClosedError } from '../kube/write-gate.ts';
import { EventLoopTurns } from './event-loop-turns.ts';
import { FailureLog } from './failure-log.ts';
import { ContainedMistake, type Mistakes } from './mistakes.ts';
import type { ReconcileResult } from './queue-metrics.ts';
import type { Outcome } from './reconcile.ts';
import type { WorkQueue } from './work-queue.ts';

/** The dependencies of workers. */
export interface WorkerParts {
  readonly queue: WorkQueue;
  /** What reconciles are decided from. */
  readonly facts: Pick<WatchedFacts, 'cutOff'>;
  readonly log: Logger;
  readonly reconcile: (key: string) => Promise<Outcome>;
  readonly mistakes: Mistakes;
  /** A reconcile has ended. */
  readonly onResult: (result: ReconcileResult) => void;
}

// How often a waiting worker looks whether everything is known again.
const cutOffMs = 500;
// A key whose decision is out of date is decided again: not at once, in case that this process has lost its lease and is about to end.
const outdatedMs = 100;

/** Runs this many workers until the queue is closed and their current keys are finished. */
export async function runWorkers(count: number, parts: WorkerParts): Promise<void> {
  const { queue, facts, log, reconcile, mistakes, onResult } = parts;
  const failures = new FailureLog(log);
  const reportError = (key: string, error: unknown): void => {
    if (error instanceof ApiError) failures.failed(key, error, performance.now());
    else if (error instanceof ContainedMistake) mistakes.contained(key, error);
    else mistakes.report(error);
  };
  const workOn = async (key: string): Promise<ReconcileResult> => {
    while (facts.cutOff && !queue.isClosed) await sleep(cutOffMs);
    try {
      const { againAfterMs } = await reconcile(key);
      queue.forget(key);
      failures.succeeded(key);
      mistakes.succeeded(key);
      if (againAfterMs === undefined) return 'success';
      queue.continueAfter(key, againAfterMs);
      return 'requeue_after';
    } catch (error) {
      // This is no failure of the key: nobody needs to know of it, and a backoff would let the key wait behind bulk work.
      if (error instanceof WritesClosedError) {
        queue.continueAfter(key, outdatedMs);
        return 'requeue_after';
      }
      reportError(key, error);
      queue.retry(key, error instanceof ApiError ? error.retryAfterMs : 0);
      return 'error';
    } finally {
      queue.done(key);
    }
  };
  const turns = new EventLoopTurns();
  const work = async (): Promise<void> => {
    for (;;) {
      // Nothing is awaited from here to the decision about the key: else all workers would find that they may go on, and then compute.
      while (turns.isDue) await turns.next();
      const key = queue.take() ?? (await queue.next());
      if (key === undefined) return;
      onResult(await workOn(key));
    }
  };
  await Promise.all(Array.from({ length: count }, work));
}
