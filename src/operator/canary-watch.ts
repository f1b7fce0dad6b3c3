// What the operator does for the canary: it reads the reports while the canary is installed, judges them, and keeps the marker. Must not
// know how the verdict is made, nor where it is shown.
import { isDeepStrictEqual } from 'node:util';
import { changesAmong, type NamedSpec, portsNotOpened } from '../canary/canary-changes.ts';
import { apiServerPolicy } from '../canary/canary-objects.ts';
import { type CanaryFacts, type CanaryVerdict, judge } from '../canary/canary-verdict.ts';
import { effectsSince, type Receipts, receive } from '../canary/receipts.ts';
import { whyNotRunning } from '../canary/start-trouble.ts';
import { ApiError } from '../kube/errors.ts';
import { canaryNamespace } from '../model/canary-namespace.ts';
import type { Cache } from '../objects/cache.ts';
import type { CanaryCluster } from './canary-cluster.ts';
import { CanaryMarker } from './canary-marker.ts';
import type { MarkerBarrier } from './marker-barrier.ts';

/** The key of this work in the queue. It can't be the name of a namespace. */
export const canaryKey = '/canary';

/** How often to look while the canary is installed, in milliseconds: more often while somebody waits for a marker. */
const lookEveryMs = 10_000;
const lookForMarkerEveryMs = 1_000;

/** Receives what is measured. */
export interface CanaryListener {
  /** A client has seen a marker take effect. */
  readonly tookEffect: (ms: number) => void;
}

type Found = Pick<CanaryFacts, 'trouble'>;

/** Follows the canary. */
export class CanaryWatch {
  readonly #cluster: CanaryCluster;
  readonly #cache: Cache;
  readonly #listener: CanaryListener;
  readonly #marker: CanaryMarker;
  readonly #barrier: MarkerBarrier | undefined;
  #receipts: Receipts = new Map();
  /** What was not as it was installed when the policies were read last. */
  #changed: string | undefined;
  /** When that was so for the last time, by `performance.now()`; absent: never. */
  #changedAt: number | undefined;
  #verdict: CanaryVerdict;
  #hasLooked = false;

  /** @param barrier who waits for markers; absent: nobody does */
  constructor(cluster: CanaryCluster, cache: Cache, listener: CanaryListener, barrier?: MarkerBarrier) {
    this.#barrier = barrier;
    this.#cluster = cluster;
    this.#cache = cache;
    this.#listener = listener;
    this.#marker = new CanaryMarker(cluster);
    this.#verdict = judge(this.#facts({}));
  }

  /** What was last found. */
  get verdict(): CanaryVerdict {
    return this.#verdict;
  }

  /** Whether the verdict says something: before the first look it does not. */
  get hasLooked(): boolean {
    return this.#hasLooked;
  }

  /** Looks once. @returns whether the verdict differs from before, and when to look again, in milliseconds */
  async look(): Promise<{ readonly isNews: boolean; readonly againAfterMs?: number }> {
    const before = this.#hasLooked ? this.#verdict : undefined;
    if (!this.#isInstalled) this.#forget();
    this.#verdict = this.#isInstalled ? await this.#lookAt() : judge(this.#facts({}));
    this.#barrier?.looked(this.#verdict.witnesses, this.#marker.sent);
    this.#hasLooked = true;
    const isNews = !isDeepStrictEqual(before, this.#verdict);
    const againAfterMs = this.#barrier?.isWaited ? lookForMarkerEveryMs : lookEveryMs;
    return { isNews, ...(this.#isInstalled ? { againAfterMs } : {}) };
  }

  #forget(): void {
    this.#receipts = new Map();
    this.#changed = undefined;
    this.#changedAt = undefined;
  }

  get #isInstalled(): boolean {
    const namespace = this.#cache.stores.namespaces.get({ namespace: '', name: canaryNamespace });
    return namespace?.terminating === false;
  }

  get #nodes(): ReadonlyMap<string, boolean> {
    const nodes = this.#cache.stores.nodes.inNamespace('').values();
    return new Map(Array.from(nodes, ({ name, notReady = false }) => [name, !notReady]));
  }

  #facts(found: Found): CanaryFacts {
    const now = performance.now();
    const nodes = this.#nodes;
    const reports = [...this.#receipts.values()]
      .filter(({ node }) => nodes.has(node))
      .map(({ node, report, sinceMs }) => ({ node, report, silentMs: now - sinceMs }));
    const [changed, changedAt] = [this.#changed, this.#changedAt];
    return {
      ...found,
      ...(changed === undefined ? {} : { changed }),
      ...(changedAt === undefined ? {} : { unchangedMs: now - changedAt }),
      ...{ isInstalled: this.#isInstalled, reports, nodes },
    };
  }

  async #lookAt(): Promise<CanaryVerdict> {
    try {
      const [reports, policies] = await Promise.all([this.#cluster.reports(), this.#cluster.policies()]);
      const before = this.#receipts;
      this.#receipts = receive(before, reports, performance.now());
      for (const ms of effectsSince(before, this.#receipts)) this.#listener.tookEffect(ms);
      const specs = policies.map(({ metadata: { name }, spec }) => ({ name, spec }));
      this.#changed = changesAmong(specs);
      if (this.#changed !== undefined) this.#changedAt = performance.now();
      const verdict = await this.#judged(specs);
      this.#barrier?.looked(verdict.witnesses, this.#marker.sent);
      await this.#marker.keep({
        policies,
        nodes: [...this.#nodes.keys()],
        failing: [...verdict.nodes].filter(([, isEnforced]) => !isEnforced).map(([node]) => node),
        isReported: this.#receipts.size > 0,
        isDisturbed: this.#changed !== undefined,
        isWanted: this.#barrier?.wantsMarker === true,
      });
      return verdict;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return judge(this.#facts({ trouble: `its objects can't be read or written: ${error.message}` }));
    }
  }

  /** Why nothing can be said is asked only where that is so. */
  async #judged(specs: readonly NamedSpec[]): Promise<CanaryVerdict> {
    const verdict = judge(this.#facts({}));
    if (verdict.condition.status !== 'Unknown' || this.#changed !== undefined) return verdict;
    const trouble = await this.#trouble(specs);
    return trouble === undefined ? verdict : judge(this.#facts({ trouble }));
  }

  async #trouble(specs: readonly NamedSpec[]): Promise<string | undefined> {
    const [workloads, warnings] = await Promise.all([this.#cluster.workloads(), this.#cluster.warnings()]);
    return (
      whyNotRunning(workloads, warnings) ?? (this.#receipts.size === 0 ? this.#blockedPort(specs) : undefined)
    );
  }

  /** Clients that may not connect to the API server can't report. */
  #blockedPort(specs: readonly NamedSpec[]): string | undefined {
    const { endpoints = [] } = this.#cache.view().discovered.kubernetesAPI ?? {};
    const ports = endpoints.map(({ port }) => port);
    const spec = specs.find(({ name }) => name === apiServerPolicy)?.spec;
    const [missing] = portsNotOpened(spec, ports);
    if (missing === undefined) return undefined;
    return `the API server listens on port ${missing}: add that to the policy \`${apiServerPolicy}\``;
  }
}
