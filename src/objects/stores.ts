// One store for each kind of object that Ringfence reads, and the views of them for the core.
// Must not know whether objects come from watches or from files.

import { isDeepStrictEqual } from 'node:util';
import { platformProfileName } from '../api/platform-network-profile.ts';
import { type Discovered, platformNetworkProfileStatus } from '../api/platform-status.ts';
import { type Discovery, discover } from '../discover/discover.ts';
import type { Observed } from '../discover/observed.ts';
import { dnsServices, kubernetesService } from '../discover/well-known-services.ts';
import { readStatus } from '../kube/object-status.ts';
import type { RawObject, Resource } from '../kube/resource.ts';
import { type Identified, Store } from '../kube/store.ts';
import type { Finding } from '../model/findings.ts';
import type { ActualPolicies, ForeignPolicy, OwnedPolicy, StoredContent } from '../model/policies.ts';
import type { ClusterView, PlatformFacts } from '../view/cluster-view.ts';
import { NamespaceIndex } from '../view/namespace-index.ts';
import { RouteIndex } from '../view/route-index.ts';
import { routeSources } from '../view/route-sources.ts';
import { dnsConfigs, endpointSlices, nodes, serviceCidrs } from './discovery-resources.ts';
import { gatewayRoutes, gateways, listenerSets, referenceGrants } from './gateway-resources.ts';
import { readContent } from './policy-content.ts';
import {
  appNetworkProfiles,
  namespaces,
  networkPolicies,
  platformNetworkProfiles,
  type StoredPlatform,
} from './policy-resources.ts';
import { sameFacts } from './sameness.ts';
import {
  apiServices,
  ingressClasses,
  ingresses,
  mutatingWebhooks,
  type StoredCaller,
  services,
  validatingWebhooks,
} from './service-resources.ts';

/** A resource for any kind of object. */
export type AnyResource = Pick<Resource<Identified>, 'name' | 'remembered'>;

/** What is done with each kind. */
export type Visit = <T extends Identified>(resource: Resource<T>, store: Store<T>) => void;

/** The names of the kinds. */
export function resourceNames(): readonly string[] {
  const names: string[] = [];
  new Stores('').each(({ name }) => names.push(name));
  return names;
}

/** All known objects, by kind. */
export class Stores {
  readonly namespaces = storeFor(namespaces);
  readonly policies = storeFor(networkPolicies);
  readonly profiles = storeFor(appNetworkProfiles);
  readonly platforms = storeFor(platformNetworkProfiles);
  readonly services = storeFor(services);
  readonly ingresses = storeFor(ingresses);
  readonly ingressClasses = storeFor(ingressClasses);
  /** The routes of the Gateway API, one store for each of their kinds. */
  readonly gatewayRoutes = gatewayRoutes.map((resource) => ({ resource, store: storeFor(resource) }));
  readonly gateways = storeFor(gateways);
  readonly listenerSets = storeFor(listenerSets);
  readonly referenceGrants = storeFor(referenceGrants);
  readonly nodes = storeFor(nodes);
  readonly endpointSlices = storeFor(endpointSlices);
  readonly serviceCidrs = storeFor(serviceCidrs);
  readonly dnsConfigs = storeFor(dnsConfigs);
  readonly validatingWebhooks = storeFor(validatingWebhooks);
  readonly mutatingWebhooks = storeFor(mutatingWebhooks);
  readonly apiServices = storeFor(apiServices);
  readonly #operatorNamespace: string;
  readonly #namespaceIndex = new NamespaceIndex();
  readonly #routeIndex = new RouteIndex();
  /** The last readable version of the platform profile. */
  #readPlatform: StoredPlatform | undefined;
  readonly #contents = new Map<string, Map<string, StoredContent>>();
  #routeSources: ReturnType<typeof routeSources> | undefined;
  #discovery: Discovery | undefined;
  /** The last evaluated Nodes: they change more often than the facts should. */
  #nodes: Observed['nodes'];

  /** @param operatorNamespace the operator's own namespace */
  constructor(operatorNamespace: string) {
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

  /** Visits every kind with its store. */
  each(visit: Visit): void {
    visit(namespaces, this.namespaces);
    visit(networkPolicies, this.policies);
    visit(appNetworkProfiles, this.profiles);
    visit(platformNetworkProfiles, this.platforms);
    visit(services, this.services);
    visit(ingresses, this.ingresses);
    visit(ingressClasses, this.ingressClasses);
    for (const { resource, store } of this.gatewayRoutes) visit(resource, store);
    visit(gateways, this.gateways);
    visit(listenerSets, this.listenerSets);
    visit(referenceGrants, this.referenceGrants);
    visit(nodes, this.nodes);
    visit(endpointSlices, this.endpointSlices);
    visit(serviceCidrs, this.serviceCidrs);
    visit(dnsConfigs, this.dnsConfigs);
    visit(validatingWebhooks, this.validatingWebhooks);
    visit(mutatingWebhooks, this.mutatingWebhooks);
    visit(apiServices, this.apiServices);
  }

  /**
   * Adds an object that was not watched but read, from a file.
   *
   * @returns whether its kind is used
   */
  take(object: RawObject & { readonly apiVersion: string; readonly kind: string }): boolean {
    const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : '';
    let isTaken = false;
    this.#discovery = undefined;
    this.each((resource, store) => {
      if (resource.kind !== object.kind || groupOf(resource.path) !== group) return;
      store.accept(resource.reduce(object));
      isTaken = true;
    });
    this.#takeContent(object);
    return isTaken;
  }

  /** The content of our policies in a namespace, by name, if they were read and not watched. */
  contentsIn(namespace: string): ReadonlyMap<string, StoredContent> {
    return this.#contents.get(namespace) ?? new Map();
  }

  #takeContent(object: RawObject & { readonly kind: string }): void {
    const { namespace = '', name } = object.metadata;
    const content = object.kind === 'NetworkPolicy' ? readContent(object) : undefined;
    if (content === undefined) return;
    this.#contents.set(namespace, (this.#contents.get(namespace) ?? new Map()).set(name, content));
  }

  /** The facts about DNS, API server and ranges. They stay the same until they are discovered again. */
  get discovery(): Discovery {
    if (this.#discovery !== undefined) return this.#discovery;
    const found = this.#discoverFirst(this.#remembered());
    // A fact that is requested before the status is read would be lost.
    if (this.isKnown(platformNetworkProfiles)) this.#discovery = found;
    return found;
  }

  /** Reads the facts in the status again: another operator kept them up to date while we waited. */
  recall(): void {
    this.#discovery = undefined;
  }

  /**
   * Discovers the facts about DNS, API server and ranges again.
   *
   * @param options.nodes whether to use the current Nodes, not the last evaluated ones
   * @returns whether a fact has changed; if none has, `discovery` is the same object
   * @throws any error of a bug: then the last known facts stay, and count as uncertain
   */
  rediscover(options: { readonly nodes: boolean }): boolean {
    const before = this.discovery;
    try {
      return this.#discovered(this.#discover(before.discovered, options), before);
    } catch (error) {
      this.#discovered(discover(nothingSeen, before.discovered), before);
      throw error;
    }
  }

  #discovered(found: Discovery, before: Discovery): boolean {
    if (isDeepStrictEqual(found, before)) return false;
    this.#discovery = found;
    return true;
  }

  /** The current view. It is live: use it before anything is awaited. */
  view(): ClusterView {
    this.#routeSources ??= routeSources(this.gatewayRoutes.flatMap(({ store }) => store.all()));
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
      discovered: this.discovery.discovered,
      uncertain: this.discovery.uncertain,
      discoveryFindings: this.discovery.findings,
      controlPlaneCalls: callsOf(this.validatingWebhooks, this.mutatingWebhooks, this.apiServices),
    };
  }

  /** The platform profile in force: if its stored version can't be read, the last readable one. */
  #platform(): PlatformFacts | undefined {
    const stored = this.platforms.get({ namespace: '', name: platformProfileName });
    if (stored === undefined || stored.decoded.ok || this.#readPlatform === undefined) return stored;
    return { ...stored, decoded: this.#readPlatform.decoded, outdated: stored.decoded.error };
  }

  /** Whether the stores are complete: files contain only what somebody put into them, and the status has the rest. */
  protected get isLive(): boolean {
    return false;
  }

  /** Whether the store of a kind contains all of its objects. */
  protected isKnown(_resource: AnyResource): boolean {
    return true;
  }

  /** There has to be a view even if a Node or EndpointSlice triggers a bug: `rediscover` reports it. */
  #discoverFirst(remembered: Discovered): Discovery {
    try {
      return this.#discover(remembered, { nodes: true });
    } catch (error) {
      if (!this.isLive) throw error;
      return discover(nothingSeen, remembered);
    }
  }

  #discover(previous: Discovered, options: { readonly nodes: boolean }): Discovery {
    const known = <T extends Identified>(resource: Resource<T>, store: Store<T>) =>
      this.isKnown(resource) ? store.all() : undefined;
    if (options.nodes) this.#nodes = known(nodes, this.nodes);
    const observed = {
      services: [kubernetesService, ...dnsServices].flatMap((key) => this.services.get(key) ?? []),
      endpointSlices: known(endpointSlices, this.endpointSlices),
      dnsConfigs: known(dnsConfigs, this.dnsConfigs),
      serviceCidrs: known(serviceCidrs, this.serviceCidrs),
      nodes: this.#nodes,
    };
    const found = discover(observed, previous);
    // The status in a file has the facts that its operator knows.
    return this.isLive ? found : { ...found, uncertain: [], findings: found.findings.filter(isOfFiles) };
  }

  /** The facts from before the operator was started. */
  #remembered(): Discovered {
    const platform = this.platforms.get({ namespace: '', name: platformProfileName });
    return readStatus(platformNetworkProfileStatus, platform?.status).discovered ?? {};
  }

  /** The namespaces that contain mirrors of the ingress rules of this one. */
  holdingMirrorsOf(namespace: string): readonly string[] {
    // Listeners don't receive our own writes, so an index would miss them; and this is only needed for unreadable profiles.
    return [...this.policies.byNamespace].flatMap(([holder, siblings]) => {
      const policies = [...siblings.values()];
      return policies.some((policy) => policy.ours && policy.mirrors.includes(namespace)) ? [holder] : [];
    });
  }

  /** How many policies are ours. */
  get ownedPolicies(): number {
    let count = 0;
    for (const siblings of this.policies.byNamespace.values()) {
      for (const policy of siblings.values()) if (policy.ours) count += 1;
    }
    return count;
  }

  /** The policies of one namespace, ours apart from others. */
  policiesIn(namespace: string): ActualPolicies {
    const owned: OwnedPolicy[] = [];
    const foreign: ForeignPolicy[] = [];
    for (const policy of this.policies.inNamespace(namespace).values()) {
      if (policy.ours) owned.push(policy);
      else foreign.push(policy);
    }
    return { owned, foreign };
  }
}

/** A cluster of which nothing can be read. */
const nothingSeen: Observed = {
  services: [],
  endpointSlices: undefined,
  dnsConfigs: undefined,
  serviceCidrs: undefined,
  nodes: undefined,
};

function isOfFiles({ code }: Finding): boolean {
  return code !== 'LastKnownHolds';
}

/** `/api/v1/…` has the core group, without a name. */
function groupOf(path: string): string {
  return /^\/apis\/([^/]+)\//.exec(path)?.[1] ?? '';
}

/** A store whose listeners receive changes of what the reducer keeps, not every new version. */
function storeFor<T extends Identified>({ same = sameFacts }: Resource<T>): Store<T> {
  return new Store<T>(same);
}

function callsOf(...stores: readonly Store<StoredCaller>[]): ClusterView['controlPlaneCalls'] {
  return stores.flatMap((store) => [...store.inNamespace('').values()].flatMap(({ calls }) => calls));
}
