// Shuts down the operator in order: within ten seconds, whatever the server does, and so that it writes nothing while
// another operator may be active. Must not know what the parts do, only the order in which they end.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { ApiClient } from '../kube/api-client.ts';
import { untilAborted } from '../kube/backoff.ts';
import type { WriteGate } from '../kube/write-gate.ts';
import type { Cache } from '../objects/cache.ts';
import type { HealthServer } from './health.ts';
import { type Leadership, LeaseLostError } from './lease.ts';
import type { Mistakes } from './mistakes.ts';
import type { WorkQueue } from './work-queue.ts';

/** The parts of a running operator. */
export interface Running {
  readonly cache: Cache;
  readonly leadership: Leadership;
  readonly log: Logger;
  readonly queue: WorkQueue;
  readonly health: HealthServer;
  readonly client: ApiClient;
  readonly gate: WriteGate;
  readonly mistakes: Mistakes;
  /** Resolves when the workers have ended. */
  readonly finished: () => Promise<void>;
}

/** Why it ends: SIGTERM, another operator that may be active now, or a bug. */
type Cause =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'lost'; readonly error: LeaseLostError }
  | { readonly kind: 'mistake'; readonly error: Error };

/** The maximum duration of the steps, in milliseconds. A kubelet kills after 30 s by default. */
export interface EndingTimes {
  /** A running write is answered within this time, or hangs. */
  readonly graceMs: number;
  /** The server may still execute a cancelled write for about this long. */
  readonly uncertainMs: number;
  /** Steps that should be immediate: releasing the lease, and code that waits for cancelled writes. */
  readonly shortMs: number;
  /** All of it. */
  readonly allMs: number;
}

const usual: EndingTimes = { graceMs: 5_000, uncertainMs: 2_000, shortMs: 1_000, allMs: 9_500 };

/**
 * Runs the parts until `stop` aborts, or until something happens after which they must not run; then ends them.
 *
 * @throws LeaseLostError if another operator may have taken over
 * @throws the bug that ended it
 */
export async function runUntil(stop: AbortSignal, running: Running, times = usual): Promise<void> {
  const { cache, gate, leadership, log, mistakes } = running;
  const [watching, leading] = [new AbortController(), new AbortController()];
  const lease = leadership.run(leading.signal).then(
    () => undefined,
    (error: unknown) => {
      // In its own turn, before anything else: from now on another operator may write.
      gate.abort();
      if (error instanceof LeaseLostError) return error;
      mistakes.report(error);
      return undefined;
    },
  );
  cache.run(watching.signal).catch(mistakes.report);
  const cause = await Promise.race([stopped(stop), lost(lease), mistaken(mistakes)]);
  const ended = endInOrder(cause, running, { watching, leading, times });
  if (!(await endsWithin(ended, times.allMs)))
    log.error('the shutdown did not finish in time: exiting anyway');
  if (cause.kind !== 'stopped') throw cause.error;
}

interface Ends {
  /** Ends the watches. */
  readonly watching: AbortController;
  /** Ends the renewals of the lease. */
  readonly leading: AbortController;
  readonly times: EndingTimes;
}

async function endInOrder(cause: Cause, running: Running, ends: Ends): Promise<void> {
  const { leadership, queue, health, client, log } = running;
  const { watching, leading, times } = ends;
  queue.close();
  watching.abort();
  await endWrites(cause, running, times);
  leading.abort();
  await endsWithin(leadership.release(AbortSignal.timeout(times.shortMs)), times.shortMs);
  await endsWithin(health.close(), times.shortMs);
  await client.close();
  log.info('operator stopped');
}

/** Returns when no write of ours can reach the cluster any more. */
async function endWrites({ kind }: Cause, { gate, finished }: Running, times: EndingTimes): Promise<void> {
  // After the lease was lost, the gate is already closed, and another operator does not wait. After a bug, decisions are not
  // trustworthy. Otherwise running writes may finish.
  if (kind === 'mistake') gate.close();
  const isAnswered = await endsWithin(finished(), kind === 'lost' ? times.shortMs : times.graceMs);
  gate.abort();
  if (!isAnswered && kind !== 'lost') await sleep(times.uncertainMs);
}

/** Whether something is over within a time, in milliseconds. */
async function endsWithin(what: Promise<void>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  try {
    return await Promise.race([what.then(() => true), sleep(ms, false, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}

async function stopped(stop: AbortSignal): Promise<Cause> {
  await untilAborted(stop);
  return { kind: 'stopped' };
}

function lost(lease: Promise<LeaseLostError | undefined>): Promise<Cause> {
  return new Promise((resolve) => {
    lease.then((error) => error && resolve({ kind: 'lost', error }));
  });
}

async function mistaken(mistakes: Mistakes): Promise<Cause> {
  return { kind: 'mistake', error: await mistakes.first };
}
