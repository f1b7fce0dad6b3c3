// Decides what to do in one namespace, from one snapshot of the cluster: view -> compile -> plan.
// Must not know how it is done, nor what is reported about it.
import { receiversByRoute, withCapsInAll } from '../compile/across/capped-in-all.ts';
import { type CompiledNamespace, compileNamespace } from '../compile/compile.ts';
import { ClusterServicesCache } from '../compile/platform/cluster-services.ts';
import { isDecoded, platformAsOwner } from '../compile/platform/decoded-platform.ts';
import type { OwnedPolicy, StoredContent } from '../model/policies.ts';
import type { Cache } from '../objects/cache.ts';
import { contentsNeeded } from '../plan/frozen.ts';
import { desiredState, type Plan, type PlanInput, plan } from '../plan/plan.ts';
import type { FrozenContents } from './frozen-contents.ts';
import type { Metrics } from './metrics.ts';
import { contain } from './mistakes.ts';
import { specIdentity } from './namespace-record.ts';
import type { NamespaceTracker } from './namespace-tracker.ts';
import type { TrackedNamespace } from './tracked-namespace.ts';

/** The input of decisions. */
export interface DeciderParts {
  readonly cache: Cache;
  readonly tracker: NamespaceTracker;
  readonly contents: FrozenContents;
  readonly metrics: Pick<Metrics, 'compiled'>;
  /** The compiler; absent: the real one. */
  readonly compile?: typeof compileNamespace;
}

/** The decision about a namespace, from one view. */
export interface Decision {
  readonly namespace: TrackedNamespace;
  /** The time of the view, as `Drifts` counts it. */
  readonly sequence: number;
  /** The epoch of the view: see `WriteGate`. */
  readonly epoch: number;
  /** See `NamespaceRecord`. */
  readonly madeFrom: string;
  readonly compiled: CompiledNamespace;
  /** The policies whose content the plan needs. */
  readonly needed: readonly OwnedPolicy[];
  readonly input: PlanInput;
  readonly plan: Plan;
}

/** Decides. */
export class Decider {
  readonly #parts: DeciderParts;
  readonly #compile: typeof compileNamespace;
  readonly #clusterServices = new ClusterServicesCache();

  constructor(parts: DeciderParts) {
    this.#parts = parts;
    this.#compile = parts.compile ?? compileNamespace;
  }

  /**
   * Decides, if necessary a second time, with the content of the policies that stay although their profile can't be read.
   *
   * @returns `undefined` if there is no such namespace, or no platform profile that was ever read: nothing may change then
   * @throws ApiError if the content of policies can't be read
   * @throws ContainedMistake if the compiler or the planner throws
   */
  async decide(name: string): Promise<Decision | undefined> {
    const decision = contain(() => this.#decide(name));
    if (decision === undefined || decision.needed.length === 0) return decision;
    const contents = await this.#parts.contents.of(name, decision.needed);
    return contain(() => this.#decide(name, contents));
  }

  /** Nothing is awaited here, so that all facts are of one moment. */
  #decide(name: string, contents?: ReadonlyMap<string, StoredContent>): Decision | undefined {
    const { cache, tracker, metrics } = this.#parts;
    const view = cache.view();
    const { platform } = view;
    const facts = view.namespaces.get(name);
    if (facts === undefined || facts.terminating) return undefined;
    if (platform === undefined || !isDecoded(platform)) {
      tracker.get(name)?.clearIsolated();
      return undefined;
    }
    const namespace = tracker.of(name, facts.uid);
    const compiled = this.#withCaps(this.#compile(view, platform, facts, this.#clusterServices));
    metrics.compiled(compiled.policies.length);
    const actual = cache.policiesIn(name);
    const wanted = { ...desiredState(compiled), contents, keepsAll: platform.outdated !== undefined };
    const keptIsolated = namespace.keptIsolated(performance.now());
    const input = {
      namespace: name,
      ...wanted,
      actual,
      transitionOwner: platformAsOwner(platform),
      keptIsolated,
    };
    return {
      namespace,
      sequence: namespace.drifts.sequence,
      epoch: cache.epoch,
      madeFrom: specIdentity(platform),
      compiled,
      needed: contentsNeeded(actual.owned, wanted.desired, wanted),
      input,
      plan: plan(input),
    };
  }

  /** The routes of a namespace that other namespaces leave out, as found when those were compiled. */
  #withCaps(compiled: CompiledNamespace): CompiledNamespace {
    const receivers = receiversByRoute(this.#parts.tracker.cappingReceivers(compiled.namespace));
    return { ...compiled, profiles: withCapsInAll(compiled, receivers) };
  }
}
