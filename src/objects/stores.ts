// One store for each kind of object that Ringfence reads: the table of kinds.
// Must not know whether objects come from watches or from files, nor what they are used for.
import type { KubernetesObject, Resource } from '../kube/resource.ts';
import { type Identified, Store } from '../kube/store.ts';
import type { ActualPolicies, ForeignPolicy, OwnedPolicy, StoredContent } from '../model/policies.ts';
import { dnsConfigs, endpointSlices, nodes, serviceCidrs } from './discovery-resources.ts';
import { gatewayRoutes, gateways, listenerSets, referenceGrants } from './gateway-resources.ts';
import { readContent } from './policy-content.ts';
import {
  appNetworkProfiles,
  namespaces,
  networkPolicies,
  platformNetworkProfiles,
} from './policy-resources.ts';
import { sameFacts } from './sameness.ts';
import {
  apiServices,
  ingressClasses,
  ingresses,
  mutatingWebhooks,
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
  new Stores().each(({ name }) => names.push(name));
  return names;
}

/** All known objects, by kind. A field with a store is all that makes the operator watch a kind. */
export class Stores {
  readonly #kinds: ((visit: Visit) => void)[] = [];
  readonly namespaces = this.#store(namespaces);
  readonly policies = this.#store(networkPolicies);
  readonly profiles = this.#store(appNetworkProfiles);
  readonly platforms = this.#store(platformNetworkProfiles);
  readonly services = this.#store(services);
  readonly ingresses = this.#store(ingresses);
  readonly ingressClasses = this.#store(ingressClasses);
  /** The routes of the Gateway API, one store for each of their kinds. */
  readonly gatewayRoutes = gatewayRoutes.map((resource) => ({ resource, store: this.#store(resource) }));
  readonly gateways = this.#store(gateways);
  readonly listenerSets = this.#store(listenerSets);
  readonly referenceGrants = this.#store(referenceGrants);
  readonly nodes = this.#store(nodes);
  readonly endpointSlices = this.#store(endpointSlices);
  readonly serviceCidrs = this.#store(serviceCidrs);
  readonly dnsConfigs = this.#store(dnsConfigs);
  readonly validatingWebhooks = this.#store(validatingWebhooks);
  readonly mutatingWebhooks = this.#store(mutatingWebhooks);
  readonly apiServices = this.#store(apiServices);
  readonly #contents = new Map<string, Map<string, StoredContent>>();

  /** Visits every kind with its store. */
  each(visit: Visit): void {
    for (const show of this.#kinds) show(visit);
  }

  /**
   * Adds an object that was not watched but read, from a file.
   *
   * @returns whether its kind is used
   */
  take(object: KubernetesObject): boolean {
    const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : '';
    let isTaken = false;
    this.each((resource, store) => {
      if (resource.kind !== object.kind || groupOf(resource.path) !== group) return;
      store.accept(resource.reduce(object));
      isTaken = true;
    });
    this.#takeContent(object);
    return isTaken;
  }

  /** A store whose listeners receive changes of what the reducer keeps, not every new version. */
  #store<T extends Identified>(resource: Resource<T>): Store<T> {
    const store = new Store<T>(resource.same ?? sameFacts);
    this.#kinds.push((visit) => visit(resource, store));
    return store;
  }

  /** The content of our policies in a namespace, by name, if they were read and not watched. */
  contentsIn(namespace: string): ReadonlyMap<string, StoredContent> {
    return this.#contents.get(namespace) ?? new Map();
  }

  #takeContent(object: KubernetesObject): void {
    const { namespace = '', name } = object.metadata;
    const content = object.kind === 'NetworkPolicy' ? readContent(object) : undefined;
    if (content === undefined) return;
    this.#contents.set(namespace, (this.#contents.get(namespace) ?? new Map()).set(name, content));
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

/** `/api/v1/…` has the core group, without a name. */
function groupOf(path: string): string {
  return /^\/apis\/([^/]+)\//.exec(path)?.[1] ?? '';
}
