// What the operator does for the canary: it reads the reports while the canary is installed, judges them, and changes the marker.
// Ages are by receipt on the monotonic clock, since the clocks of nodes may differ by an hour: a report that does not move in time
// refreshes nothing. Must not know how the verdict is made, nor where it is shown.

import { isDeepStrictEqual } from 'node:util';
import { changesAmong, type NamedSpec, portsNotOpened } from '../canary/canary-changes.ts';
import { apiServerPolicy } from '../canary/canary-objects.ts';
import { maxClients } from '../canary/canary-table.ts';
import { type CanaryVerdict, judge } from '../canary/canary-verdict.ts';
import { markerName, markerPolicy, nodesInTurn, readMarker } from '../canary/marker.ts';
import { type CanaryReport, readCanaryReport } from '../canary/report.ts';
import { reportAnnotation } from '../canary/report-annotation.ts';
import type { ApiClient } from '../kube/api-client.ts';
import { ApiError } from '../kube/errors.ts';
import type { RawObject } from '../kube/resource.ts';
import { canaryNamespace } from '../model/canary-namespace.ts';
import { fingerprint } from '../model/network-policy.ts';
import type { Cache } from '../objects/cache.ts';
import { leasesIn } from '../objects/operator-lease.ts';

/** The key of this work in the queue. It can't be the name of a namespace. */
export const canaryKey = '/canary';

/** How often to look while the canary is installed, in milliseconds. */
const lookEveryMs = 10_000;
/** How often the marker changes by itself: an enforcer with iptables rewrites every node for it. */
const markerEveryMs = 600_000;
/** How long clients have to see the first one, of which nobody can tell how long it took. */
const firstMarkerMs = 60_000;

/** Receives what is measured. */
export interface CanaryListener {
  /** A client has seen a marker take effect. */
  readonly tookEffect: (ms: number) => void;
}

interface Received {
  readonly node: string;
  readonly renewTime: string;
  readonly report: CanaryReport;
  /** By `performance.now()`. */
  readonly since: number;
}

interface RawLeases {
  readonly items?: readonly (RawObject & {
    readonly spec?: { readonly holderIdentity?: string; readonly renewTime?: string };
  })[];
}

interface RawPolicies {
  readonly items?: readonly RawObject[];
}

const policiesPath = `/apis/networking.k8s.io/v1/namespaces/${canaryNamespace}/networkpolicies`;

/** Follows the canary. */
export class CanaryWatch {
  readonly #client: ApiClient;
  readonly #cache: Cache;
  readonly #listener: CanaryListener;
  /** By the name of the client. */
  #received: ReadonlyMap<string, Received> = new Map();
  #markerChangedAt = performance.now();
  /** Whether a marker was changed that clients had already seen. */
  #wasMeasured = false;
  #verdict: CanaryVerdict;

  constructor(client: ApiClient, cache: Cache, listener: CanaryListener) {
    this.#client = client;
    this.#cache = cache;
    this.#listener = listener;
    this.#verdict = judge(this.#facts({}));
  }

  /** What was last found. */
  get verdict(): CanaryVerdict {
    return this.#verdict;
  }

  /** Looks once. @returns whether the verdict differs from before, and when to look again, in milliseconds */
  async look(): Promise<{ readonly isNews: boolean; readonly againAfterMs?: number }> {
    const before = this.#verdict;
    if (!this.#isInstalled) this.#received = new Map();
    this.#verdict = judge(this.#facts(this.#isInstalled ? await this.#read() : {}));
    const isNews = !isDeepStrictEqual(before, this.#verdict);
    return { isNews, ...(this.#isInstalled ? { againAfterMs: lookEveryMs } : {}) };
  }

  get #isInstalled(): boolean {
    const namespace = this.#cache.stores.namespaces.get({ namespace: '', name: canaryNamespace });
    return namespace?.terminating === false;
  }

  #facts(found: { readonly changed?: string; readonly trouble?: string }) {
    const now = performance.now();
    const nodes = this.#cache.stores.nodes.inNamespace('').values();
    return {
      ...found,
      isInstalled: this.#isInstalled,
      reports: Array.from(this.#received.values(), ({ node, report, since }) => ({
        node,
        report,
        silentMs: now - since,
      })),
      nodes: new Map(Array.from(nodes, ({ name, notReady = false }) => [name, !notReady])),
    };
  }

  async #read(): Promise<{ readonly changed?: string; readonly trouble?: string }> {
    try {
      const [leases, policies] = (await Promise.all([
        this.#client.request('GET', leasesIn(canaryNamespace), { query: { limit: 500 } }),
        this.#client.request('GET', policiesPath, { query: { limit: 100 } }),
      ])) as [RawLeases, RawPolicies];
      this.#receive(leases);
      const stored = storedIn(policies);
      const changed = changesAmong(stored);
      await this.#changeMarker(policies);
      const trouble =
        this.#received.size === 0
          ? ((await this.#whyNothingStarts()) ?? this.#whyNothingReports(stored))
          : undefined;
      return { ...(changed === undefined ? {} : { changed }), ...(trouble === undefined ? {} : { trouble }) };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { trouble: `its reports can't be read: ${error.message}` };
    }
  }

  #receive({ items = [] }: RawLeases): void {
    const now = performance.now();
    const next = new Map<string, Received>();
    for (const { metadata, spec } of items) {
      const report = readCanaryReport(metadata.annotations?.[reportAnnotation]);
      const { holderIdentity: node = '', renewTime = '' } = spec ?? {};
      if (report === undefined || !this.#cache.stores.nodes.get({ namespace: '', name: node })) continue;
      const before = this.#received.get(metadata.name);
      // A report that was there before is no news, and an older one that somebody puts back even less.
      const isNews = before === undefined || renewTime > before.renewTime;
      next.set(metadata.name, isNews ? { node, renewTime, report, since: now } : before);
      const { marker } = report;
      if (isNews && before !== undefined && marker && marker.number !== before.report.marker?.number)
        this.#listener.tookEffect(marker.ms);
    }
    this.#received = next;
  }

  /** Makes the marker if there is none, and changes it now and then. */
  async #changeMarker({ items = [] }: RawPolicies): Promise<void> {
    const stored = items.find(({ metadata }) => metadata.name === markerName);
    const now = performance.now();
    const known = readMarker(stored?.metadata.annotations);
    const isOurs = known !== undefined && fingerprint(stored?.spec) === fingerprint(markerPolicy(known).spec);
    const isFirstDue = !this.#wasMeasured && this.#received.size > 0;
    const everyMs = isFirstDue ? firstMarkerMs : markerEveryMs;
    if (isOurs && now < this.#markerChangedAt + everyMs) return;
    this.#wasMeasured ||= isOurs && this.#received.size > 0;
    const number = (known?.number ?? 0) + 1;
    const nodes = [...this.#cache.stores.nodes.inNamespace('').keys()];
    const body = markerPolicy({ number, ...nodesInTurn(nodes, number, maxClients) });
    this.#markerChangedAt = now;
    if (stored === undefined) await this.#client.request('POST', policiesPath, { body });
    else {
      const { resourceVersion } = stored.metadata;
      const replaced = { ...body, metadata: { ...body.metadata, resourceVersion } };
      await this.#client.request('PUT', `${policiesPath}/${markerName}`, { body: replaced });
    }
  }

  /** A port of the API server that clients may not connect to. */
  #whyNothingReports(stored: readonly NamedSpec[]): string | undefined {
    const { endpoints = [] } = this.#cache.view().discovered.kubernetesAPI ?? {};
    const ports = endpoints.map(({ port }) => port);
    const spec = stored.find(({ name }) => name === apiServerPolicy)?.spec;
    const [missing] = portsNotOpened(spec, ports);
    if (missing === undefined) return undefined;
    return `the API server listens on port ${missing}: add that to the policy \`${apiServerPolicy}\``;
  }

  /** What Kubernetes says of pods that it can't make or place: a quota, Pod Security, taints. */
  async #whyNothingStarts(): Promise<string | undefined> {
    const path = `/apis/events.k8s.io/v1/namespaces/${canaryNamespace}/events`;
    const query = { fieldSelector: 'type=Warning', limit: 50 };
    const { items = [] } = (await this.#client.request('GET', path, { query })) as {
      readonly items?: readonly { readonly reason?: string; readonly note?: string }[];
    };
    const told = items.find(({ reason = '' }) => /^Failed/.test(reason));
    return told?.note;
  }
}

function storedIn({ items = [] }: RawPolicies): readonly NamedSpec[] {
  return items.map(({ metadata: { name }, spec }) => ({ name, spec }));
}
