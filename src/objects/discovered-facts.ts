// The facts about DNS, the API server and the address ranges: discovered from stored objects, and kept until they are discovered
// again. Must not know who asks for that, nor when.
import { isDeepStrictEqual } from 'node:util';
import { platformProfileName } from '../api/platform-network-profile.ts';
import { type Discovered, platformNetworkProfileStatus } from '../api/platform-status.ts';
import { type Discovery, discover } from '../discover/discover.ts';
import type { Observed } from '../discover/observed.ts';
import { dnsServices, kubernetesService } from '../discover/well-known-services.ts';
import { readStatus } from '../kube/object-status.ts';
import type { Resource } from '../kube/resource.ts';
import type { Identified, Store } from '../kube/store.ts';
import type { Finding } from '../model/findings.ts';
import { dnsConfigs, endpointSlices, nodes, serviceCidrs } from './discovery-resources.ts';
import type { AnyKind } from './kinds.ts';
import { platformNetworkProfiles } from './policy-resources.ts';
import type { Stores } from './stores.ts';

/** How complete the stores are. */
export interface Completeness {
  /** Whether watches fill the stores. Files contain only what somebody put into them, and the status has the rest. */
  readonly isWatched: () => boolean;
  /** Whether the store of a kind contains all of its objects. */
  readonly isKnown: (resource: AnyKind) => boolean;
}

/** The facts, as they were discovered last. */
export class DiscoveredFacts {
  readonly #stores: Stores;
  readonly #completeness: Completeness;
  #discovery: Discovery | undefined;
  /** The last evaluated Nodes: they change more often than the facts should. */
  #nodes: Observed['nodes'];

  constructor(stores: Stores, completeness: Completeness) {
    this.#stores = stores;
    this.#completeness = completeness;
  }

  /** The facts. They stay the same until they are discovered again. */
  get current(): Discovery {
    if (this.#discovery !== undefined) return this.#discovery;
    const found = this.#discoverFirst(this.#remembered());
    // A fact that is requested before the status is read would be lost.
    if (this.#completeness.isKnown(platformNetworkProfiles)) this.#discovery = found;
    return found;
  }

  /** Starts again from the facts in the status: another operator kept them up to date while we waited. */
  reset(): void {
    this.#discovery = undefined;
  }

  /**
   * Discovers the facts again.
   *
   * @param options.nodes whether to use the current Nodes, not the last evaluated ones
   * @returns whether a fact has changed; if none has, `current` is the same object
   * @throws any error of a bug: then the last known facts stay, and count as uncertain
   */
  rediscover(options: { readonly nodes: boolean }): boolean {
    const before = this.current;
    try {
      return this.#replace(this.#discover(before.discovered, options), before);
    } catch (error) {
      this.#replace(discover(nothingSeen, before.discovered), before);
      throw error;
    }
  }

  #replace(found: Discovery, before: Discovery): boolean {
    if (isDeepStrictEqual(found, before)) return false;
    this.#discovery = found;
    return true;
  }

  /** There have to be facts even if a Node or EndpointSlice triggers a bug: `rediscover` reports it. */
  #discoverFirst(remembered: Discovered): Discovery {
    try {
      return this.#discover(remembered, { nodes: true });
    } catch (error) {
      if (!this.#completeness.isWatched()) throw error;
      return discover(nothingSeen, remembered);
    }
  }

  #discover(previous: Discovered, options: { readonly nodes: boolean }): Discovery {
    const stores = this.#stores;
    const { isWatched, isKnown } = this.#completeness;
    const known = <T extends Identified>(resource: Resource<T>, store: Store<T>) =>
      isKnown(resource) ? store.all() : undefined;
    if (options.nodes) this.#nodes = known(nodes, stores.nodes);
    const observed = {
      services: [kubernetesService, ...dnsServices].flatMap((key) => stores.services.get(key) ?? []),
      endpointSlices: known(endpointSlices, stores.endpointSlices),
      dnsConfigs: known(dnsConfigs, stores.dnsConfigs),
      serviceCidrs: known(serviceCidrs, stores.serviceCidrs),
      nodes: this.#nodes,
    };
    const found = discover(observed, previous);
    // The status in a file has the facts that its operator knows.
    return isWatched() ? found : { ...found, uncertain: [], findings: found.findings.filter(isOfFiles) };
  }

  /** The facts from before the operator was started. */
  #remembered(): Discovered {
    const platform = this.#stores.platforms.get({ namespace: '', name: platformProfileName });
    return readStatus(platformNetworkProfileStatus, platform?.status).discovered ?? {};
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
