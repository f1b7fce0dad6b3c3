// The stored objects in the form that the compiler reads: the view, with indexes that are kept up to date with every object.
// Must not know whether objects come from watches or from files, nor what follows from them.
import { platformProfileName } from '../api/platform-network-profile.ts';
import type { KubernetesObject } from '../kube/resource.ts';
import type { Store } from '../kube/store.ts';
import { wallMs } from '../kube/wall-time.ts';
import { gatewayRouteKindNames } from '../model/gateway-routes.ts';
import type { ActualPolicies, ForeignPolicy, OwnedPolicy, StoredContent } from '../model/policies.ts';
import { isPauseName } from '../model/policy-names.ts';
import type { ClusterView, PlatformFacts } from '../view/cluster-view.ts';
import { NamespaceIndex } from '../view/namespace-index.ts';
import { RouteIndex } from '../view/route-index.ts';
import { routeSources } from '../view/route-sources.ts';
import { DiscoveredFacts } from './discovered-facts.ts';
import { type AnyKind, findKind } from './kinds.ts';
import { Pauses, type WallClock } from './pauses.ts';
import { readContent } from './policy-content.ts';
import { networkPolicies, type StoredPlatform } from './policy-resources.ts';
import type { StoredCaller } from './service-resources.ts';
import { makeStores, visitStores } from './stores.ts';

/** The known facts of a cluster. */
export class ClusterFacts {
  readonly stores = makeStores();
  /** The facts about DNS, the API server and ranges. */
  readonly discovery = new DiscoveredFacts(this.stores, {
    isWatched: () => this.isWatched,
    isKnown: (resource) => this.isKnown(resource),
  });
  /** The routes of the Gateway API, one store for each of their kinds. */
  readonly gatewayRoutes = gatewayRouteKindNames.map((kind) => this.stores[kind]);
  /** The NetworkPauses, and what the clock says of them. */
  readonly pauses: Pauses;
  readonly #operatorNamespace: string;
  readonly #pods: ClusterView['pods'];
  readonly #contents = new Map<string, Map<string, StoredContent>>();
  readonly #namespaceIndex = new NamespaceIndex();
  readonly #routeIndex = new RouteIndex();
  /** The last readable version of the platform profile. */
  #readPlatform: StoredPlatform | undefined;
  #routeSources: ReturnType<typeof routeSources> | undefined;

  /**
   * @param operatorNamespace the operator's own namespace
   * @param clock says when a NetworkPause is over
   * @param pods see `ClusterView`
   */
  constructor(operatorNamespace: string, clock: WallClock = wallMs, pods?: ClusterView['pods']) {
    this.#pods = pods;
    this.#operatorNamespace = operatorNamespace;
    this.pauses = new Pauses(this.stores.pauses, clock);
    const { namespaces, profiles, platforms } = this.stores;
    namespaces.onChange(({ previous, next }) => this.#namespaceIndex.change(previous, next));
    profiles.onChange(({ previous, next }) => this.#routeIndex.change(previous, next));
    platforms.onChange(({ next }) => {
      if (next?.decoded.ok) this.#readPlatform = next;
      else if (next?.uid !== this.#readPlatform?.uid) this.#readPlatform = undefined;
    });
    for (const store of this.gatewayRoutes) {
      store.onChange(() => {
        this.#routeSources = undefined;
      });
    }
  }

  /**
   * Adds an object that was not watched but read, from a file; the facts are discovered again.
   *
   * @returns whether the compiler uses its kind
   */
  add(object: KubernetesObject): boolean {
    const kind = findKind(object.apiVersion, object.kind);
    if (kind === undefined || kind.onlyTool !== undefined) return false;
    visitStores(this.stores, (resource, store) => {
      if (resource.name === kind.name) store.accept(resource.reduce(object));
    });
    this.discovery.reset();
    const content = kind === networkPolicies ? readContent(object) : undefined;
    const { namespace = '', name } = object.metadata;
    if (content)
      this.#contents.set(namespace, (this.#contents.get(namespace) ?? new Map()).set(name, content));
    return true;
  }

  /** The current view. It is live: use it before anything is awaited. */
  view(): ClusterView {
    const { stores } = this;
    this.#routeSources ??= routeSources(this.gatewayRoutes.flatMap((store) => store.all()));
    const { discovered, uncertain, findings } = this.discovery.current;
    return {
      platform: this.#platform(),
      operatorNamespace: this.#operatorNamespace,
      namespaces: stores.namespaces.inNamespace(''),
      profiles: stores.profiles.byNamespace,
      services: stores.services.byNamespace,
      ingresses: stores.ingresses.byNamespace,
      gatewayRoutes: this.gatewayRoutes.map((store) => store.byNamespace),
      namespaceLabels: this.#namespaceIndex,
      routeLinks: this.#routeIndex,
      pauses: this.pauses.byNamespace(),
      routeSources: this.#routeSources,
      gateways: stores.gateways.byNamespace,
      listenerSets: stores.listenerSets.byNamespace,
      referenceGrants: stores.referenceGrants.byNamespace,
      ingressClasses: stores.ingressClasses.inNamespace(''),
      discovered,
      uncertain,
      discoveryFindings: findings,
      controlPlaneCalls: callsOf(stores.validatingWebhooks, stores.mutatingWebhooks, stores.apiServices),
      ...(this.#pods === undefined ? {} : { pods: this.#pods }),
    };
  }

  /** The platform profile in force: if its stored version can't be read, the last readable one. */
  #platform(): PlatformFacts | undefined {
    const stored = this.stores.platforms.get({ namespace: '', name: platformProfileName });
    if (stored === undefined || stored.decoded.ok || this.#readPlatform === undefined) return stored;
    return { ...stored, decoded: this.#readPlatform.decoded, outdated: stored.decoded.error };
  }

  /** The content of our policies in a namespace, by name, if they were read and not watched. */
  contentsIn(namespace: string): ReadonlyMap<string, StoredContent> {
    return this.#contents.get(namespace) ?? new Map();
  }

  /** The namespaces that contain mirrors of the ingress rules of this one. */
  holdingMirrorsOf(namespace: string): readonly string[] {
    // Listeners don't receive our own writes, so an index would miss them; and this is only needed for unreadable profiles.
    return [...this.stores.policies.byNamespace].flatMap(([holder, siblings]) => {
      const policies = [...siblings.values()];
      return policies.some((policy) => policy.ours && policy.mirrors.includes(namespace)) ? [holder] : [];
    });
  }

  /** How many policies are ours. */
  get ownedPolicies(): number {
    let count = 0;
    for (const siblings of this.stores.policies.byNamespace.values()) {
      for (const policy of siblings.values()) if (policy.ours) count += 1;
    }
    return count;
  }

  /** The namespaces that have the policy of a pause now, and when the last pause of each should end: see `Pauses.lastEndMs`. */
  get pausedUntilMs(): ReadonlyMap<string, number> {
    const paused = [...this.stores.policies.byNamespace].flatMap(([namespace, siblings]) =>
      [...siblings.values()].some(({ ours, name }) => ours && isPauseName(name)) ? [namespace] : [],
    );
    return new Map(paused.map((namespace) => [namespace, this.pauses.lastEndMs(namespace)]));
  }

  /** The policies of one namespace, ours apart from others. */
  policiesIn(namespace: string): ActualPolicies {
    const owned: OwnedPolicy[] = [];
    const foreign: ForeignPolicy[] = [];
    for (const policy of this.stores.policies.inNamespace(namespace).values()) {
      if (policy.ours) owned.push(policy);
      else foreign.push(policy);
    }
    return { owned, foreign };
  }

  /** See `Completeness`. */
  protected get isWatched(): boolean {
    return false;
  }

  /** See `Completeness`. */
  protected isKnown(_resource: AnyKind): boolean {
    return true;
  }
}

function callsOf(...stores: readonly Store<StoredCaller>[]): ClusterView['controlPlaneCalls'] {
  return stores.flatMap((store) => [...store.inNamespace('').values()].flatMap(({ calls }) => calls));
}
