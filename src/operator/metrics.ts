// The metrics of the operator, for Prometheus: one object, created once and passed in. No label contains a name that a tenant
// chooses, so that the number of series is bounded; only namespaces that are paused or have findings are named, at most 100 of each.
// Must not know how a number comes about: others report it, or it is read at each scrape.
import { type Counter, type Histogram, Registry } from 'prom-client';
import type { AnswerListener } from '../kube/api-client.ts';
import { type Finding, type FindingCode, findingKinds, isLinters } from '../model/findings.ts';
import { compareText } from '../model/object-key.ts';
import { watchedNames } from '../objects/kinds.ts';
import { leaseName } from '../objects/operator-lease.ts';
import type { PolicyChange } from '../plan/changes.ts';
import type { RouteCount } from '../plan/route-counts.ts';
import { EventLoopLag } from './event-loop-lag.ts';
import { MetricFamilies, type Reading } from './metric-families.ts';
import { mostWithFindings, namespaceFindings } from './namespace-findings.ts';
import { type NamespaceRecord, type NamespaceState, namespaceStates } from './namespace-record.ts';
import { QueueMetrics } from './queue-metrics.ts';

/** The values that are read at each scrape. */
export interface Readings {
  /** The number of keys that wait, without delayed ones. */
  readonly queueDepth: () => number;
  /** The state of each namespace. */
  readonly states: () => Iterable<NamespaceState>;
  readonly findings: () => Iterable<Finding>;
  /** The last result for each namespace, by name. */
  readonly records: () => ReadonlyMap<string, NamespaceRecord>;
  /** The states of the routes of all namespaces. */
  readonly routes: () => Iterable<RouteCount>;
  /** Policies that Ringfence wrote and that exist now. */
  readonly ownedPolicies: () => number;
  /** The namespaces that are paused, and when that should end, in milliseconds since the epoch. */
  readonly pausedUntilMs: () => ReadonlyMap<string, number>;
  /** By resource: how many milliseconds ago its watch last received something. */
  readonly watchAges: () => ReadonlyMap<string, number>;
  /** Whether we hold the lease, or there is none. */
  readonly leads: () => boolean;
  /** The nodes on which the canary tries policies: whether they are in force there. */
  readonly enforcedOn: () => ReadonlyMap<string, boolean>;
  /** How many pairs of nodes allowed connections of the canary fail between. */
  readonly cutPairs: () => number;
}

/** The maximum number of paused namespaces that are named. */
const mostPaused = 100;
const actions = ['create', 'replace', 'delete'] as const satisfies readonly PolicyChange['action'][];
const routeStates = [
  'Active',
  'NotNeeded',
  'Pending',
  'Rejected',
] as const satisfies readonly RouteCount['state'][];
/** Findings of the linter do not belong here. */
const operatorCodes = (Object.keys(findingKinds) as FindingCode[]).filter((code) => !isLinters(code));
/** The results of comparisons of the cache. */
const comparisonResults = ['success', 'error'] as const;
const ringBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The operator's metrics. */
export class Metrics {
  /** Of the work queue and the workers. */
  readonly queue: QueueMetrics;
  readonly #registry = new Registry();
  readonly #requests: Counter;
  readonly #writes: Counter;
  readonly #drift: Counter;
  readonly #compiled: Counter;
  readonly #internalErrors: Counter;
  readonly #comparisons: Counter;
  readonly #differences: Counter;
  readonly #timeToRing: Histogram;
  readonly #effect: Histogram;

  #readings: Readings = atRest;

  /** @param workers how many there are */
  constructor(workers: number) {
    const families = new MetricFamilies(this.#registry);
    exposeReadings(families, () => this.#readings);
    const byAction = (name: string, help: string) =>
      families.counter(
        name,
        help,
        ['action'],
        actions.map((action) => ({ action })),
      );
    this.#writes = byAction(
      'ringfence_policy_writes_total',
      'Writes of policies that the API server accepted.',
    );
    this.#drift = byAction(
      'ringfence_drift_corrected_total',
      'Writes that restored a policy which somebody else had changed or deleted.',
    );
    this.#compiled = families.counter(
      'ringfence_policies_compiled_total',
      'Policies that were compiled, also those that are in place already. Far more of them than of writes, at rest too, means that something causes needless reconciles.',
      [],
      [{}],
    );
    this.#internalErrors = families.counter(
      'ringfence_internal_errors_total',
      'Bugs in Ringfence that were contained: a namespace, or the status of the platform profile, was left as it is, or a page was not served.',
      [],
      [{}],
    );
    this.#comparisons = families.counter(
      'ringfence_cache_comparisons_total',
      'Comparisons of the cache with the API server; each kind is compared once an hour.',
      ['result'],
      comparisonResults.map((result) => ({ result })),
    );
    this.#differences = families.counter(
      'ringfence_cache_differences_total',
      'Objects that such a comparison found to differ, because an event was lost. They were read again.',
      ['resource'],
      watchedNames.map((resource) => ({ resource })),
    );
    this.#timeToRing = families.seconds(
      'ringfence_time_to_ring_seconds',
      'The time from the creation of an application namespace, as the watch reported it, until its policies were written.',
      ringBuckets,
    );
    this.#effect = families.seconds(
      'ringfence_enforcement_seconds',
      'The time until a change of a policy had its effect, from when a pod of the canary saw it; one observation for each of these pods and change.',
      ringBuckets,
    );
    this.queue = new QueueMetrics(families, { workers, queueDepth: () => this.#readings.queueDepth() });
    this.#requests = families.counter(
      'rest_client_requests_total',
      'Requests to the API server; the code is `<error>` if there was no answer.',
      ['code', 'method', 'host'],
    );
    exposeProcess(families);
  }

  /** From now on, each scrape reads these values. */
  readFrom(readings: Readings): void {
    this.#readings = readings;
  }

  /** Every family with its current numbers, for the reference docs. */
  families() {
    return this.#registry.getMetricsAsJSON();
  }

  /** The text that Prometheus reads, and its type. */
  async expose(): Promise<{ readonly type: string; readonly text: string }> {
    return { type: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  /** Counts a request to the API server. */
  readonly answered: AnswerListener = (method, host, status) => {
    this.#requests.inc({ code: status === undefined ? '<error>' : String(status), method, host });
  };

  /** Counts a write of a policy. */
  wrote({ action }: PolicyChange, correctsDrift: boolean): void {
    this.#writes.inc({ action });
    if (correctsDrift) this.#drift.inc({ action });
  }

  /** Counts the policies of a compiled namespace. */
  compiled(policies: number): void {
    this.#compiled.inc(policies);
  }

  /** Counts a bug that was contained. */
  readonly mistaken = (): void => {
    this.#internalErrors.inc();
  };

  /** Counts a comparison of the cache with the API server. @param differences how many objects differed */
  compared(resource: string, differences: number): void {
    this.#comparisons.inc({ result: 'success' });
    this.#differences.inc({ resource }, differences);
  }

  /** Counts a comparison that could not be made. */
  notCompared(): void {
    this.#comparisons.inc({ result: 'error' });
  }

  /** A pod of the canary saw a change of a policy take effect after this many milliseconds. */
  tookEffect(ms: number): void {
    this.#effect.observe(ms / 1000);
  }

  /** A namespace has its ring, this many milliseconds after its creation. */
  ringed(ms: number): void {
    this.#timeToRing.observe(ms / 1000);
  }
}

/** What there is to read before anything runs. */
const atRest: Readings = {
  queueDepth: () => 0,
  states: () => [],
  findings: () => [],
  records: () => new Map(),
  routes: () => [],
  ownedPolicies: () => 0,
  pausedUntilMs: () => new Map(),
  watchAges: () => new Map(watchedNames.map((name) => [name, 0])),
  leads: () => false,
  enforcedOn: () => new Map(),
  cutPairs: () => 0,
};

function exposeReadings(families: MetricFamilies, readings: () => Readings): void {
  families.gauge('ringfence_namespaces', 'Namespaces by state.', ['state'], () =>
    countBy(
      Array.from(readings().states(), (state) => [state, 1]),
      namespaceStates,
    ).map(([state, value]) => ({ labels: { state }, value })),
  );
  families.reading('ringfence_policies', 'Policies that Ringfence wrote and that exist now.', {}, () =>
    readings().ownedPolicies(),
  );
  families.gauge(
    'ringfence_pause_until_timestamp_seconds',
    'For each namespace that is paused now, when the last of its pauses should end, in seconds since the epoch; 0 if no pause names a time. At most 100 namespaces, those that should end first.',
    ['namespace'],
    () =>
      [...readings().pausedUntilMs()]
        .sort(([a, end], [b, otherEnd]) => end - otherEnd || compareText(a, b))
        .slice(0, mostPaused)
        .map(([namespace, ms]) => ({ labels: { namespace }, value: ms / 1000 })),
  );
  families.gauge(
    'ringfence_findings',
    'Current findings, including the reasons of routes.',
    ['code', 'severity'],
    () => findingReadings(readings()),
  );
  families.gauge(
    'ringfence_namespace_findings',
    `Errors and warnings by namespace, of namespaces that have some: policies that can't be written, findings, and reasons of routes. At most ${mostWithFindings} namespaces, the worst first.`,
    ['namespace', 'severity'],
    () => namespaceFindings(readings().records()),
  );
  families.gauge('ringfence_routes', 'Routes by state.', ['state'], () =>
    countBy(
      Array.from(readings().routes(), ({ state, count }) => [state, count]),
      routeStates,
    ).map(([state, value]) => ({ labels: { state }, value })),
  );
  families.gauge(
    'ringfence_enforced',
    'Whether policies are in force, for each node that the canary tries them on now: 1 if what is denied is denied there, 0 if not.',
    ['node'],
    () =>
      [...readings().enforcedOn()].map(([node, enforced]) => ({ labels: { node }, value: enforced ? 1 : 0 })),
  );
  families.reading(
    'ringfence_enforcement_degraded',
    'Pairs of nodes between which allowed connections of the canary fail.',
    {},
    () => readings().cutPairs(),
  );
  families.reading(
    'leader_election_master_status',
    'Whether this operator is active: 1 if it holds the lease or needs none, 0 if it waits.',
    { name: leaseName },
    () => (readings().leads() ? 1 : 0),
  );
  families.gauge(
    'ringfence_watch_age_seconds',
    'The time since the watch of a resource last received something; at rest, it receives a bookmark about every minute.',
    ['resource'],
    () => [...readings().watchAges()].map(([resource, ms]) => ({ labels: { resource }, value: ms / 1000 })),
  );
}

function findingReadings({ findings, routes }: Readings): readonly Reading[] {
  const ofRoutes = Array.from(routes(), ({ reason, count }) =>
    reason === 'Active' ? [] : [[reason, count] as const],
  ).flat();
  const others = Array.from(findings(), ({ code }) => [code, 1] as const);
  return countBy([...others, ...ofRoutes], operatorCodes).map(([code, value]) => ({
    labels: { code, severity: findingKinds[code].severity },
    value,
  }));
}

/** How often each value occurs in `found`; a value that is only in `all` counts as zero. */
function countBy<T>(
  found: Iterable<readonly [T, number]>,
  all: readonly T[],
): readonly (readonly [T, number])[] {
  const counts = new Map(all.map((each) => [each, 0]));
  for (const [each, count] of found) counts.set(each, (counts.get(each) ?? 0) + count);
  return [...counts];
}

/** Named as in every client library of Prometheus; prom-client's own set costs memory, and nobody looks at it. */
function exposeProcess(families: MetricFamilies): void {
  const lag = new EventLoopLag();
  families.gauge(
    'ringfence_event_loop_lag_seconds',
    'How late the event loop of the process was since the last scrape: the median, the 99th percentile and the worst.',
    ['quantile'],
    () => lag.take(),
  );
  families.countedElsewhere(
    'process_cpu_seconds_total',
    'The processor time that the process has used, in seconds.',
    () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
  );
  families.reading('process_resident_memory_bytes', 'The resident memory of the process, in bytes.', {}, () =>
    process.memoryUsage.rss(),
  );
  families.reading(
    'process_start_time_seconds',
    'When the process started, in seconds since the epoch.',
    {},
    () => performance.timeOrigin / 1000,
  );
}
