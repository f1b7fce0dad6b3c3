// The operator: wires watches to the queue, the queue to the reconciles, and ends all of it in order.
// Must not know how anything is decided; this is the table of contents.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { type AnswerListener, ApiClient } from '../kube/api-client.ts';
import { type ClusterConnection, poolSize } from '../kube/connection.ts';
import type { CreatedObject } from '../kube/reflector.ts';
import type { ServerClock } from '../kube/server-clock.ts';
import { WriteGate } from '../kube/write-gate.ts';
import { Cache, type CacheListener } from '../objects/cache.ts';
import { namespaces, networkPolicies } from '../objects/policy-resources.ts';
import { PolicyWriter } from './apply.ts';
import { followComparisons } from './comparisons.ts';
import { Decider } from './decide.ts';
import { type DiscoveryDelays, discoveryKey, followDiscovery, nodesKey } from './discovery.ts';
import { DriftReporter } from './drift-reporter.ts';
import { runUntil } from './ending.ts';
import { EventWriter } from './event-writer.ts';
import { PlanExecutor } from './execute.ts';
import { FrozenContents } from './frozen-contents.ts';
import { type HealthPages, serveHealth } from './health.ts';
import { type Leadership, Lease, noLeaderElection } from './lease.ts';
import { Metrics } from './metrics.ts';
import { Mistakes } from './mistakes.ts';
import { NamespaceReporter, type ReporterParts } from './namespace-reporter.ts';
import { NamespaceTracker } from './namespace-tracker.ts';
import { Owners } from './owners.ts';
import { PlatformLog } from './platform-log.ts';
import type { ReconcileResult } from './queue-metrics.ts';
import { NamespaceReconciler, type Outcome } from './reconcile.ts';
import { StatusWriter } from './status-writer.ts';
import {
  connectTriggers,
  enqueueEverything,
  everythingKey,
  followingKey,
  followStatuses,
  platformKey,
} from './triggers.ts';
import { WatchLog } from './watch-log.ts';
import { WorkQueue } from './work-queue.ts';
import { runWorkers } from './workers.ts';
import { WriteConflicts } from './write-conflicts.ts';

/** The configuration. */
export interface OperatorOptions {
  readonly connection: ClusterConnection;
  readonly log: Logger;
  /** The operator's own namespace. */
  readonly namespace: string;
  /** `host:port` of /livez, /readyz and /metrics. */
  readonly healthAddress: string;
  /** How long to wait until the CNI enforces a change, in milliseconds. */
  readonly settleMs: number;
  /** How long a holder of the lease may be silent, in milliseconds; if absent, there is no lease. */
  readonly leaseMs: number | undefined;
  /** How long changes of discovered facts are collected. */
  readonly discoveryDelays: DiscoveryDelays;
  /** How often the cache is compared with the API server, in milliseconds. */
  readonly compareMs: number;
}

/** More workers would wait for a connection, fewer would leave one idle. */
const workers = poolSize;
const backoff = { baseMs: 100, capMs: 60_000 } as const;
// This delay turns many changes of many namespaces into one write of the platform's status.
const statusDelayMs = 300;
const bornWithinMs = 30_000;
// Bookmarks arrive about every minute, and so do retries without a server: after this much silence something is stuck.
const stuckAfterMs = 300_000;

/**
 * Runs until `signal` aborts; then finishes running writes, for at most ten seconds.
 *
 * @throws ConfigurationError if it can't listen on the health address
 * @throws LeaseLostError if another operator may have taken over
 * @throws the bug that ended it
 */
export async function runOperator(options: OperatorOptions, signal: AbortSignal): Promise<void> {
  const { connection, log, compareMs, discoveryDelays: delays } = options;
  const tracker = new NamespaceTracker();
  const metrics: Metrics = new Metrics({
    workers,
    queueDepth: () => queue.depth,
    states: () => tracker.states(),
    findings: () => statuses.findings(),
    routes: () => tracker.routes(),
    ownedPolicies: () => cache.ownedPolicies,
    watchAges: () => cache.ages(performance.now()),
    leads: () => leadership.leads,
  });
  const mistakes = new Mistakes(log, metrics.mistaken);
  mistakes.watchProcess();
  const gate = new WriteGate(() => leadership.leads && !cache.cutOff);
  const client = new ApiClient(connection, { onAnswer: metrics.answered, gate });
  const watchLog = new WatchLog(log);
  const platformLog = new PlatformLog(log);
  const leadership = leadershipOf(options, metrics.answered, () => start.whenReady());
  const queue = new WorkQueue(backoff, metrics.queue);
  const cacheListener: CacheListener = {
    onHealthy: (resource) => {
      start.whenReady();
      discovery.readable(resource);
    },
    ...followWatches(watchLog),
    onFailure: (resource, error) => {
      watchLog.failed(resource, error, performance.now());
      start.whenReady();
    },
    ...followBlindSpots(queue, log),
    ...followComparisons(metrics, log),
    onCreated: (resource, created) => {
      if (resource === namespaces.name && start.running && isYoung(created, client.serverClock)) {
        tracker.named(created.name).markCreated(created.uid, performance.now());
      }
    },
  };
  const cache: Cache = new Cache(client, options.namespace, cacheListener, { compareMs });
  const onRecordChanged = () => queue.addOnceAfter(platformKey, statusDelayMs);
  connectTriggers(cache, queue, { mistakes, onCountChanged: onRecordChanged });
  const discovery = followDiscovery({ cache, queue, log, mistakes, delays });
  const statuses = followStatuses(cache, queue, { statuses: new StatusWriter(cache, tracker), mistakes });
  cache.policies.onChange(
    mistakes.guarded(
      followingKey,
      (change) => {
        const policy = change.next ?? change.previous;
        if (start.running && policy) tracker.named(policy.namespace).drifts.changed(change);
      },
      () => {},
    ),
  );
  const shared = { queue, client, cache, tracker, metrics, statuses, log, onRecordChanged };
  const reconciler = makeReconciler(shared, options.settleMs);
  const tasks = tasksOf({ cache, queue, statuses, platformLog, discovery });
  const reconcile = (key: string) => runTask(tasks, key) ?? reconciler.reconcile(key);
  const onResult = (result: ReconcileResult) => metrics.queue.reconciled(result);
  const start = startOnce({ cache, leadership, log }, () => {
    cache.recall();
    metrics.queue.begin();
    return runWorkers(workers, { queue, log, onResult, mistakes, reconcile });
  });
  const pages = { ...checksOf(cache, watchLog, leadership), metrics: () => metrics.expose() };
  const health = await serveHealth(options.healthAddress, pages, { log, mistakes });
  log.info({ server: connection.server, healthPort: health.port }, 'operator started');
  const finished = () => start.finished;
  await runUntil(signal, { cache, leadership, queue, health, client, gate, mistakes, finished, log });
}

function checksOf(
  cache: Cache,
  watchLog: WatchLog,
  leadership: Leadership,
): Pick<HealthPages, 'live' | 'ready'> {
  return {
    live: () => (cache.silentMs(performance.now()) > stuckAfterMs ? ['the watches make no progress'] : []),
    ready: () => [
      ...(cache.synced ? [] : ['the caches are not synced yet']),
      ...watchLog.troubles,
      ...leadership.troubles,
    ],
  };
}

function leadershipOf(options: OperatorOptions, onAnswer: AnswerListener, onTaken: () => void): Leadership {
  const { connection, leaseMs: durationMs, log, namespace } = options;
  if (durationMs === undefined) return noLeaderElection;
  // A pod's host name is its own name; a restarted container in it is a different holder.
  const identity = `${hostname()}_${randomUUID()}`;
  const client = new ApiClient(connection, { onAnswer, apart: true });
  return new Lease({ client, log, namespace, identity, durationMs, onTaken });
}

function followWatches(watchLog: WatchLog): Pick<CacheListener, 'onSteady' | 'onTurnedBack'> {
  return {
    onSteady: (resource) => watchLog.healthy(resource),
    onTurnedBack: (resource) => watchLog.turnedBack(resource, performance.now()),
  };
}

/** The status reports what can't be seen, and everything is reconciled again when a kind disappears or comes back. */
function followBlindSpots(queue: WorkQueue, log: Logger): Pick<CacheListener, 'onUnreadable' | 'onGone'> {
  return {
    onUnreadable: (resource, object, error) => {
      log.error(
        { resource, ...object, err: error },
        'a bug in Ringfence: an object cannot be decoded; its last known version stays in force, and other objects are not affected',
      );
      queue.addOnceAfter(platformKey, statusDelayMs);
    },
    onGone: () => {
      queue.add(everythingKey, 'bulk');
      queue.addOnceAfter(platformKey, statusDelayMs);
    },
  };
}

type Shared = Omit<ReporterParts, 'events' | 'conflicts'> & {
  readonly client: ApiClient;
  readonly queue: WorkQueue;
};

function makeReconciler(shared: Shared, settleMs: number): NamespaceReconciler {
  const { client, cache, log, metrics, queue } = shared;
  const conflicts = new WriteConflicts();
  const events = new EventWriter(client, log);
  const driftReporter = new DriftReporter({
    log,
    find: (key) => cache.policies.get(key),
    send: (news) => events.emit(news),
  });
  const policies = new PolicyWriter({
    policies: cache.requests(networkPolicies),
    known: cache.policies,
    driftReporter,
    metrics,
  });
  return new NamespaceReconciler({
    ...shared,
    conflicts,
    driftReporter,
    decider: new Decider({ ...shared, contents: new FrozenContents(client) }),
    executor: new PlanExecutor({ conflicts, settleMs, policies, owners: new Owners(cache) }),
    reporter: new NamespaceReporter({ ...shared, conflicts, events }),
    onNewsFor: (namespace) => queue.add(namespace, 'bulk'),
  });
}

/** The work for keys that are not names of namespaces. */
type Tasks = ReadonlyMap<string, () => Promise<void>>;

type TaskParts = PlatformReporting & {
  readonly cache: Cache;
  readonly discovery: ReturnType<typeof followDiscovery>;
};

function tasksOf({ cache, queue, statuses, platformLog, discovery }: TaskParts): Tasks {
  return new Map([
    [everythingKey, async () => enqueueEverything(cache, queue)],
    [platformKey, () => reportPlatform({ statuses, platformLog, queue })],
    [laterKey, async () => queue.add(platformKey, 'bulk')],
    [discoveryKey, async () => discovery.look({ nodes: false })],
    [nodesKey, async () => discovery.look({ nodes: true })],
  ]);
}

/** Does the work for `key`; `undefined` if it is the name of a namespace. */
function runTask(tasks: Tasks, key: string): Promise<Outcome> | undefined {
  return tasks
    .get(key)?.()
    .then(() => ({}));
}

/** The key for a later write of the platform profile's status, which does not delay an earlier one. */
const laterKey = '/later';

interface PlatformReporting {
  readonly statuses: StatusWriter;
  readonly platformLog: PlatformLog;
  readonly queue: WorkQueue;
}

async function reportPlatform({ statuses, platformLog, queue }: PlatformReporting): Promise<void> {
  const { status, againAfterMs } = await statuses.writePlatform();
  platformLog.report(status);
  if (againAfterMs !== undefined) queue.addOnceAfter(laterKey, againAfterMs);
}

/** After a watch was interrupted for a while, objects that it reports as new may already have connected pods. */
function isYoung({ creationTimestamp }: CreatedObject, clock: ServerClock): boolean {
  const ageMs = clock.ageMs(creationTimestamp, performance.now());
  return ageMs !== undefined && ageMs < bornWithinMs;
}

interface Waiting {
  readonly cache: Cache;
  readonly leadership: Leadership;
  readonly log: Logger;
}

/** Starts the workers when every cache has synced, before which absent does not mean absent, and no other operator is active. */
function startOnce({ cache, leadership, log }: Waiting, run: () => Promise<void>) {
  const started = performance.now();
  let isSynced = false;
  let finished: Promise<void> | undefined;
  const logOnce = () => {
    if (isSynced) return;
    isSynced = true;
    const ms = Math.round(performance.now() - started);
    log.info({ ms, namespaces: cache.namespaces.size, policies: cache.policies.size }, 'caches synced');
  };
  return {
    whenReady() {
      if (finished !== undefined || !cache.synced) return;
      logOnce();
      if (leadership.leads) finished = run();
    },
    /** Whether the workers run. */
    get running() {
      return finished !== undefined;
    },
    get finished() {
      return finished ?? Promise.resolve();
    },
  };
}
