// The operator: wires watches to the queue, the queue to the reconciles, and ends all of it in order.
// Must not know how anything is decided; this is the table of contents.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { type AnswerListener, ApiClient } from '../kube/api-client.ts';
import { type ClusterConnection, poolSize } from '../kube/connection.ts';
import { WriteGate } from '../kube/write-gate.ts';
import { Cache } from '../objects/cache.ts';
import { networkPolicies } from '../objects/policy-resources.ts';
import { PolicyWriter } from './apply.ts';
import { CanaryCluster } from './canary-cluster.ts';
import { CanaryReporter, reportedEnforcement } from './canary-reporter.ts';
import { CanaryWatch, canaryKey } from './canary-watch.ts';
import { followComparisons } from './comparisons.ts';
import { Decider } from './decide.ts';
import { type DiscoveryDelays, type EvaluateFacts, followDiscovery } from './discovery.ts';
import { DriftReporter } from './drift-reporter.ts';
import { runUntil } from './ending.ts';
import { EventWriter } from './event-writer.ts';
import { PlanExecutor } from './execute.ts';
import { FrozenContents } from './frozen-contents.ts';
import { type HealthPages, serveHealth } from './health.ts';
import { type Leadership, Lease, noLeaderElection } from './lease.ts';
import { MarkerBarrier } from './marker-barrier.ts';
import { Metrics } from './metrics.ts';
import { Mistakes } from './mistakes.ts';
import { NamespaceReporter } from './namespace-reporter.ts';
import { NamespaceTracker } from './namespace-tracker.ts';
import { Owners } from './owners.ts';
import { PlatformLog } from './platform-log.ts';
import type { ReconcileResult } from './queue-metrics.ts';
import { NamespaceReconciler, type Outcome } from './reconcile.ts';
import { type Settling, settlingFor } from './settling.ts';
import { WorkersStart } from './start-workers.ts';
import { StatusWriter } from './status-writer.ts';
import { tasksOf } from './tasks.ts';
import { trackChanges } from './tracked-changes.ts';
import {
  connectTriggers,
  enqueueEverything,
  followBlindSpots,
  followStatuses,
  platformKey,
} from './triggers.ts';
import { followWatches, WatchLog } from './watch-log.ts';
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
  /** How long to wait until the CNI enforces a change, in milliseconds; `auto`: until the canary sees it. */
  readonly settleMs: number | 'auto';
  /** How long a holder of the lease may be silent, in milliseconds; if absent, there is no lease. */
  readonly leaseMs: number | undefined;
  /** How long changes of discovered facts are collected. */
  readonly discoveryDelays: DiscoveryDelays;
  /** How often the cache is compared with the API server, in milliseconds. */
  readonly compareMs: number;
}

/** More workers would wait for a connection, fewer would leave one idle. */
const workerCount = poolSize;
const backoff = { baseMs: 100, capMs: 60_000 } as const;
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
  const { log } = options;
  const parts = makeParts(options);
  const { cache, queue, leadership, metrics, mistakes } = parts;
  mistakes.watchProcess();
  const watchLog = new WatchLog(log);
  cache.listen(followWatches(watchLog));
  cache.listen(followComparisons(metrics, log));
  const discover = followChanges(parts, options.discoveryDelays);
  const reconciler = makeReconciler(parts);
  const canary = new CanaryReporter({ ...parts, events: new EventWriter(parts.client, log) });
  const tasks = tasksOf({ ...parts, discover, canary, platformLog: new PlatformLog(log) });
  const reconcile = async (key: string): Promise<Outcome> => tasks.get(key)?.() ?? reconciler.reconcile(key);
  const onResult = (result: ReconcileResult) => metrics.queue.reconciled(result);
  const workers = new WorkersStart(parts, () => {
    cache.discovery.reset();
    queue.begin();
    enqueueEverything(cache, queue);
    for (const key of [canaryKey, platformKey]) queue.add(key, 'bulk');
    return runWorkers(workerCount, { queue, facts: cache, log, onResult, mistakes, reconcile });
  });
  trackChanges({ ...parts, clock: parts.client.serverClock, isRunning: () => workers.running });
  workers.startWhenReady();
  const pages = { ...checksOf(cache, watchLog, leadership), metrics: () => metrics.expose() };
  const health = await serveHealth(options.healthAddress, pages, { log, mistakes });
  log.info({ server: options.connection.server, healthPort: health.port }, 'operator started');
  await runUntil(signal, { ...parts, health, finished: () => workers.finished });
}

/** The parts that others are made of. */
interface Parts {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly mistakes: Mistakes;
  readonly leadership: Leadership;
  readonly gate: WriteGate;
  readonly client: ApiClient;
  readonly cache: Cache;
  readonly queue: WorkQueue;
  readonly tracker: NamespaceTracker;
  readonly statuses: StatusWriter;
  readonly canaryWatch: CanaryWatch;
  readonly settling: Settling;
  /** The record of a namespace differs from before, or it has other policies. */
  readonly onRecordChanged: () => void;
}

function makeParts(options: OperatorOptions): Parts {
  const { connection, log } = options;
  const metrics = new Metrics(workerCount);
  const mistakes = new Mistakes(log, metrics.mistaken);
  const leadership = leadershipOf(options, metrics.answered);
  const gate = new WriteGate(() => leadership.leads);
  const client = new ApiClient(connection, { onAnswer: metrics.answered, gate });
  const cache = new Cache(client, options.namespace, { compareMs: options.compareMs });
  gate.follow(cache);
  const queue = new WorkQueue(backoff, metrics.queue);
  queue.standBy();
  const tracker = new NamespaceTracker();
  const { settleMs } = options;
  const onWanted = () => queue.add(canaryKey, 'fresh');
  const settling = settleMs === 'auto' ? new MarkerBarrier({ queue, log, onWanted }) : settlingFor(settleMs);
  const barrier = settling instanceof MarkerBarrier ? settling : undefined;
  const tookEffect = (ms: number) => metrics.tookEffect(ms);
  const canaryWatch = new CanaryWatch(new CanaryCluster(client), cache, { tookEffect }, barrier);
  const statuses = new StatusWriter(cache, tracker, () =>
    canaryWatch.hasLooked ? reportedEnforcement(canaryWatch.verdict) : undefined,
  );
  metrics.readFrom({
    queueDepth: () => queue.depth,
    states: () => tracker.states(),
    findings: () => statuses.findings(),
    records: () => tracker.records(),
    routes: () => tracker.routes(),
    ownedPolicies: () => cache.ownedPolicies,
    pausedUntilMs: () => cache.pausedUntilMs,
    watchAges: () => cache.ages(performance.now()),
    leads: () => leadership.leads,
    enforcedOn: () => canaryWatch.verdict.nodes,
    cutPairs: () => canaryWatch.verdict.cut.length,
  });
  const onRecordChanged = () => queue.addOnceAfter(platformKey, statuses.platformDelayMs);
  return {
    ...{ log, metrics, mistakes, leadership, gate, client, cache, queue, tracker, statuses, canaryWatch },
    settling,
    onRecordChanged,
  };
}

/** From now on, what changes in the cluster puts keys into the queue. Returns what evaluates discovered facts. */
function followChanges(parts: Parts, delays: DiscoveryDelays): EvaluateFacts {
  const { cache, queue, log, mistakes, statuses, onRecordChanged } = parts;
  cache.listen(followBlindSpots(queue, log, onRecordChanged));
  connectTriggers(cache, queue, { mistakes, onCountChanged: onRecordChanged });
  followStatuses(cache, queue, { statuses, mistakes });
  return followDiscovery({ cache, queue, log, mistakes, delays });
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

function leadershipOf(options: OperatorOptions, onAnswer: AnswerListener): Leadership {
  const { connection, leaseMs: durationMs, log, namespace } = options;
  if (durationMs === undefined) return noLeaderElection;
  // A pod's host name is its own name; a restarted container in it is a different holder.
  const identity = `${hostname()}_${randomUUID()}`;
  const client = new ApiClient(connection, { onAnswer, apart: true });
  return new Lease({ client, log, namespace, identity, durationMs });
}

function makeReconciler(parts: Parts): NamespaceReconciler {
  const { client, cache, log, metrics, queue, settling } = parts;
  const conflicts = new WriteConflicts();
  const events = new EventWriter(client, log);
  const driftReporter = new DriftReporter({
    log,
    find: (key) => cache.stores.policies.get(key),
    send: (news) => events.emit(news),
  });
  const policies = new PolicyWriter({
    policies: cache.requests(networkPolicies),
    known: cache.stores.policies,
    driftReporter,
    metrics,
  });
  return new NamespaceReconciler({
    ...parts,
    conflicts,
    driftReporter,
    decider: new Decider({ ...parts, contents: new FrozenContents(client) }),
    executor: new PlanExecutor({ conflicts, settling, policies, owners: new Owners(cache) }),
    reporter: new NamespaceReporter({ ...parts, conflicts, events }),
    onReportChanged: (namespace) => queue.add(namespace, 'bulk'),
  });
}
