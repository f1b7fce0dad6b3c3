// The stored objects in the form that the compiler reads: the view, with indexes that are kept up to date with every object.
// Must not know whether objects come from watches or from files, nor what follows from them.
import { platformProfileName } from '../api/platform-network-profile.ts';
import type { KubernetesObject } from '../kube/resource.ts';
import type { Store } from '../kube/store.ts';
import type { ClusterView, PlatformFacts } from '../view/cluster-view.ts';
import { NamespaceIndex } from '../view/namespace-index.ts';
import { RouteIndex } from '../view/route-index.ts';
import { routeSources } from '../view/route-sources.ts';
import { DiscoveredFacts } from './discovered-facts.ts';
import type { StoredPlatform } from './policy-resources.ts';
import type { StoredCaller } from './service-resources.ts';
import { type AnyResource, Stores } from './stores.ts';

/** The known facts of a cluster. */
export class ClusterFacts extends Stores {
  /** The facts about DNS, the API server and ranges. */
  readonly discovery = new DiscoveredFacts(this, {
    isLive: () => this.isLive,
    isKnown: (resource) => this.isKnown(resource),
  });
  readonly #operatorNamespace: string;
  readonly #namespaceIndex = new NamespaceIndex();
  readonly #routeIndex = new RouteIndex();
  /** The last readable version of the platform profile. */
  #readPlatform: StoredPlatform | undefined;
  #routeSources: ReturnType<typeof routeSources> | undefined;

  /** @param operatorNamespace the operator's own namespace */
  constructor(operatorNamespace: string) {
    super();
    this.#operatorNamespace = operatorNamespace;
    this.namespaces.onChange(({ previous, next }) => this.#namespaceIndex.change(previous, next));
    this.profiles.onChange(({ previous, next }) => this.#routeIndex.change(previous, next));
    this.platforms.onChange(({ next }) => {
      if (next?.decoded.ok) this.#readPlatform = next;
      else if (next?.uid !== this.#readPlatform?.uid) this.#readPlatform = undefined;
    });
    for (const { store } of this.gatewayRoutes) {
      store.onChange(() => {
        this.#routeSources = undefined;
      });
    }
  }

  /** Adds an object from a file, see `Stores`; the facts are discovered again. */
  override take(object: KubernetesObject): boolean {
    this.discovery.recall();
    return super.take(object);
  }

  /** The current view. It is live: use it before anything is awaited. */
  view(): ClusterView {
    this.#routeSources ??= routeSources(this.gatewayRoutes.flatMap(({ store }) => store.all()));
    const { discovered, uncertain, findings } = this.discovery.current;
    return {
      platform: this.#platform(),
      operatorNamespace: this.#operatorNamespace,
      namespaces: this.namespaces.inNamespace(''),
      profiles: this.profiles.byNamespace,
      services: this.services.byNamespace,
      ingresses: this.ingresses.byNamespace,
      gatewayRoutes: this.gatewayRoutes.map(({ store }) => store.byNamespace),
      namespaceLabels: this.#namespaceIndex,
      routeLinks: this.#routeIndex,
      routeSources: this.#routeSources,
      gateways: this.gateways.byNamespace,
      listenerSets: this.listenerSets.byNamespace,
      referenceGrants: this.referenceGrants.byNamespace,
      ingressClasses: this.ingressClasses.inNamespace(''),
      discovered,
      uncertain,
      discoveryFindings: findings,
      controlPlaneCalls: callsOf(this.validatingWebhooks, this.mutatingWebhooks, this.apiServices),
    };
  }

  /** The platform profile in force: if its stored version can't be read, the last readable one. */
  #platform(): PlatformFacts | undefined {
    const stored = this.platforms.get({ namespace: '', name: platformProfileName });
    if (stored === undefined || stored.decoded.ok || this.#readPlatform === undefined) return stored;
    return { ...stored, decoded: this.#readPlatform.decoded, outdated: stored.decoded.error };
  }

  /** See `Completeness`. */
  protected get isLive(): boolean {
    return false;
  }

  /** See `Completeness`. */
  protected isKnown(_resource: AnyResource): boolean {
    return true;
  }
}

function callsOf(...stores: readonly Store<StoredCaller>[]): ClusterView['controlPlaneCalls'] {
  return stores.flatMap((store) => [...store.inNamespace('').values()].flatMap(({ calls }) => calls));
}
