// The work for keys that are not names of namespaces. Must not know how keys get into the queue.
import type { Cache } from '../objects/cache.ts';
import type { CanaryReporter } from './canary-reporter.ts';
import { canaryKey } from './canary-watch.ts';
import { discoveryKey, type EvaluateFacts, nodesKey } from './discovery.ts';
import type { PlatformLog } from './platform-log.ts';
import type { Outcome } from './reconcile.ts';
import type { StatusWriter } from './status-writer.ts';
import { enqueueEverything, everythingKey, platformKey } from './triggers.ts';
import type { WorkQueue } from './work-queue.ts';

/** The key for a later write of the platform profile's status: a write that is due earlier keeps its time. */
const delayedPlatformKey = '/later';

/** The dependencies. */
export interface TaskParts {
  readonly cache: Cache;
  readonly queue: WorkQueue;
  readonly statuses: StatusWriter;
  readonly platformLog: PlatformLog;
  readonly discover: EvaluateFacts;
  readonly canary: CanaryReporter;
}

/** The work, by key. */
export type Tasks = ReadonlyMap<string, () => Promise<Outcome>>;

/** All of them. */
export function tasksOf(parts: TaskParts): Tasks {
  const { cache, queue, discover, canary } = parts;
  const tasks: readonly [string, () => void | Promise<void>][] = [
    [everythingKey, () => enqueueEverything(cache, queue)],
    [platformKey, () => reportPlatform(parts)],
    [delayedPlatformKey, () => queue.add(platformKey, 'bulk')],
    [discoveryKey, () => discover({ nodes: false })],
    [nodesKey, () => discover({ nodes: true })],
    [canaryKey, () => canary.look()],
  ];
  return new Map(tasks.map(([key, run]) => [key, () => outcomeOf(run)]));
}

async function outcomeOf(run: () => void | Promise<void>): Promise<Outcome> {
  await run();
  return {};
}

async function reportPlatform({ statuses, platformLog, queue }: TaskParts): Promise<void> {
  const { status, againAfterMs } = await statuses.writePlatform();
  platformLog.report(status);
  if (againAfterMs !== undefined) queue.addOnceAfter(delayedPlatformKey, againAfterMs);
}
