// The cluster of a test in the words of a test: namespaces, profiles, policies, and waiting for what should come.
// Must not use the operator's own code to look: a test must not trust what it tests. Scripts outside of the tests import this file
// and kubectl.ts, so both stay where they are.
import { readFileSync } from 'node:fs';
import { parse, parseAllDocuments } from 'yaml';
import { ApiError } from './control-plane/api-client.ts';
import type { ControlPlane } from './control-plane/control-plane.ts';
import { poll } from './control-plane/poll.ts';
import type { RequestFilter } from './control-plane/request-counts.ts';
import { kubectl } from './kubectl.ts';

/** A NetworkPolicy as it is stored. */
export interface StoredPolicy {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly uid: string; readonly name: string }[];
  };
  readonly spec: {
    readonly podSelector: object;
    readonly policyTypes: readonly string[];
    readonly ingress?: readonly object[];
    readonly egress?: readonly object[];
  };
}

/** A condition of a status. */
export interface StoredCondition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string;
  readonly reason: string;
  readonly message: string;
}

/** A profile as it is stored. */
export interface StoredProfile {
  readonly metadata: { readonly name: string; readonly uid: string; readonly generation: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly counts?: Readonly<Record<string, number>>;
    readonly failing?: readonly {
      readonly namespace: string;
      readonly reason: string;
      readonly message: string;
    }[];
    readonly routes?: readonly {
      readonly name: string;
      readonly state: string;
      readonly reason: string;
      readonly message: string;
      readonly suggestion?: string;
    }[];
    readonly discovered?: StoredDiscovery;
    readonly conditions?: readonly StoredCondition[];
  };
}

/** An Event as it is stored. */
export interface StoredEvent {
  readonly reason: string;
  readonly note: string;
  readonly regarding: { readonly kind: string; readonly name: string; readonly uid?: string };
}

/** The condition of this type of a profile. */
export const conditionOf = (profile: StoredProfile | undefined, type: string): StoredCondition | undefined =>
  profile?.status?.conditions?.find((condition) => condition.type === type);

/** What the operator knows of the cluster. */
export interface StoredDiscovery {
  readonly dns?: {
    readonly ports?: readonly (number | string)[];
    readonly addresses?: readonly string[];
    readonly servicePorts?: readonly (number | string)[];
  };
  readonly kubernetesAPI?: {
    readonly endpoints: readonly { readonly address: string; readonly port: number }[];
  };
  readonly cluster?: {
    readonly podRanges?: readonly string[];
    readonly serviceRanges?: readonly string[];
    readonly nodeRanges?: readonly string[];
  };
}

export const denyIngress = 'ringfence-default-deny-ingress';
export const denyEgress = 'ringfence-default-deny-egress';
export const dnsPolicy = 'ringfence-dns';
export const monitoringPolicy = 'ringfence-monitoring';
export const transition = 'ringfence-transition';

const group = '/apis/ringfence.dev/v1alpha1';

/** Our kinds, as paths name them. */
const ourPlurals = ['appnetworkprofiles', 'platformnetworkprofiles', 'networkpauses'] as const;

/** Where platform profiles are. */
export const platformsPath = `${group}/platformnetworkprofiles`;

/** Where the only one that is accepted is. */
export const platformPath = `${platformsPath}/default`;

/** Where the operator's lease is. */
export const leasePath = '/apis/coordination.k8s.io/v1/namespaces/ringfence-system/leases/ringfence-operator';

/** Where a team's profile is. */
export const profilePath = (namespace: string, name: string): string =>
  `${group}/namespaces/${namespace}/appnetworkprofiles/${name}`;

/** An object as a person writes it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: object;
}

const plurals: Readonly<Record<string, string>> = {
  Service: 'services',
  Ingress: 'ingresses',
  AppNetworkProfile: 'appnetworkprofiles',
};

/** The manifests in a file, in its order. */
export function readManifests(path: string): readonly Manifest[] {
  return parseAllDocuments(readFileSync(path, 'utf8')).map((document) => document.toJS() as Manifest);
}

/** What a test needs of a cluster that it neither starts nor breaks. */
export type ReachableCluster = Pick<
  ControlPlane,
  'api' | 'directory' | 'kubeconfigPath' | 'requestCounts' | 'serviceAccountKubeconfig' | 'stop' | 'url'
>;

/** A cluster of whatever kind. */
export type AnyCluster = Cluster<ReachableCluster>;

/** A cluster to test in. */
export class Cluster<Reached extends ReachableCluster = ControlPlane> {
  readonly #reach: () => Reached;
  #operatorKubeconfig: Promise<string> | undefined;

  /** @param controlPlane what it runs on, or where to find that once it is started */
  constructor(controlPlane: Reached | (() => Reached)) {
    this.#reach = typeof controlPlane === 'function' ? controlPlane : () => controlPlane;
  }

  get controlPlane(): Reached {
    return this.#reach();
  }

  get api() {
    return this.controlPlane.api;
  }

  /** Installs the CRDs and waits until they are served. */
  async installCrds(): Promise<void> {
    for (const plural of ourPlurals) {
      await this.#installCrd(parse(readFileSync(`crds/${plural}.ringfence.dev.yaml`, 'utf8')));
    }
    for (const plural of ourPlurals) {
      await this.eventually(`${plural} are served`, () => this.#isServed(`${group}/${plural}`));
    }
  }

  /** Creates it, or makes the one that is there like it. */
  async #installCrd(crd: Manifest): Promise<void> {
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const own = `${path}/${crd.metadata.name}`;
    const stored = await this.find<{ metadata: { resourceVersion: string } }>(own);
    if (stored === undefined) {
      await this.api.json('POST', path, crd);
    } else {
      const { resourceVersion } = stored.metadata;
      await this.api.json('PUT', own, { ...crd, metadata: { ...crd.metadata, resourceVersion } });
    }
  }

  /**
   * The kubeconfig that the operator logs in with: of the service account that config/rbac makes, with just the
   * permissions that it grants.
   *
   * @returns the path of the file
   */
  operatorKubeconfig(): Promise<string> {
    this.#operatorKubeconfig ??= (async () => {
      await kubectl(this.controlPlane, 'apply', '-k', 'config/rbac');
      return this.controlPlane.serviceAccountKubeconfig('ringfence-system', 'ringfence-operator');
    })();
    return this.#operatorKubeconfig;
  }

  /** A kind is served some time after its CRD is accepted: first 404, then 429. */
  async #isServed(path: string): Promise<true | undefined> {
    try {
      await this.api.text('GET', path);
      return true;
    } catch (error) {
      if (error instanceof ApiError && [404, 429].includes(error.status)) return undefined;
      throw error;
    }
  }

  /** Creates a namespace. */
  async createNamespace(name: string, labels: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.api.json('POST', '/api/v1/namespaces', { metadata: { name, labels } });
  }

  /** Deletes a namespace and waits until it is gone, which needs the controller manager. */
  async deleteNamespace(name: string): Promise<void> {
    await this.api.json('DELETE', `/api/v1/namespaces/${name}`);
    await this.eventually(
      `namespace ${name} is gone`,
      async () => (await this.find(`/api/v1/namespaces/${name}`)) === undefined,
    );
  }

  /** Sets labels of a namespace; null takes one away. */
  async label(namespace: string, labels: Readonly<Record<string, string | null>>): Promise<void> {
    await this.api.json('PATCH', `/api/v1/namespaces/${namespace}`, { metadata: { labels } });
  }

  /** Creates the platform profile, or merges `spec` into it. */
  async platform(spec: object): Promise<StoredProfile> {
    const exists = (await this.find(platformPath)) !== undefined;
    if (exists) return this.api.json('PATCH', platformPath, { spec });
    return this.api.json('POST', platformsPath, {
      apiVersion: 'ringfence.dev/v1alpha1',
      kind: 'PlatformNetworkProfile',
      metadata: { name: 'default' },
      spec,
    });
  }

  async platformProfile(): Promise<StoredProfile | undefined> {
    return this.find<StoredProfile>(platformPath);
  }

  async deletePlatform(): Promise<void> {
    await this.api.json('DELETE', platformPath);
  }

  /** Waits until a condition of the platform profile says so, about its newest generation. */
  async platformCondition(
    type: string,
    status: string,
    reason?: string,
    timeoutMs?: number,
  ): Promise<StoredCondition> {
    return this.eventually(
      `platform condition ${type} is ${status}${reason ? ` (${reason})` : ''}`,
      async () => {
        const profile = await this.platformProfile();
        if (profile?.status?.observedGeneration !== profile?.metadata.generation) return undefined;
        const condition = conditionOf(profile, type);
        return condition?.status === status && (reason === undefined || condition.reason === reason)
          ? condition
          : undefined;
      },
      { timeoutMs, instead: async () => `it is ${JSON.stringify((await this.platformProfile())?.status)}` },
    );
  }

  /** Waits until the platform profile reports a finding that contains this text, or until it no longer does. */
  async platformReports(text: string, isReported = true): Promise<void> {
    const message = async () => conditionOf(await this.platformProfile(), 'Accepted')?.message ?? '';
    await this.eventually(
      `the platform profile ${isReported ? 'reports' : 'no longer reports'} ${text}`,
      async () => (await message()).includes(text) === isReported,
      { instead: message },
    );
  }

  /** Creates a team's profile. */
  async createProfile(namespace: string, name: string, spec: object): Promise<StoredProfile> {
    return this.api.json('POST', `${group}/namespaces/${namespace}/appnetworkprofiles`, {
      apiVersion: 'ringfence.dev/v1alpha1',
      kind: 'AppNetworkProfile',
      metadata: { name },
      spec,
    });
  }

  async profile(namespace: string, name: string): Promise<StoredProfile | undefined> {
    return this.find<StoredProfile>(profilePath(namespace, name));
  }

  /** Merges a patch into a team's profile. */
  async patchProfile(namespace: string, name: string, patch: object): Promise<StoredProfile> {
    return this.api.json('PATCH', profilePath(namespace, name), patch);
  }

  async deleteProfile(namespace: string, name: string): Promise<void> {
    await this.api.json('DELETE', profilePath(namespace, name));
  }

  /** The policies of a namespace, by name. */
  async policies(namespace: string): Promise<ReadonlyMap<string, StoredPolicy>> {
    const list = await this.api.json<{ items: StoredPolicy[] }>('GET', policiesPath(namespace));
    return new Map(list.items.map((policy) => [policy.metadata.name, policy]));
  }

  /** The names of the policies of a namespace, sorted. */
  async policyNames(namespace: string): Promise<readonly string[]> {
    return [...(await this.policies(namespace)).keys()].sort();
  }

  /** Waits until a namespace has exactly the policies of these names. */
  async policiesAre(namespace: string, names: readonly string[], timeoutMs?: number): Promise<void> {
    const wanted = [...names].sort().join(' ');
    await this.eventually(
      `${namespace} has just [${wanted}]`,
      async () => (await this.policyNames(namespace)).join(' ') === wanted,
      { timeoutMs, instead: async () => `it has [${(await this.policyNames(namespace)).join(' ')}]` },
    );
  }

  async createPolicy(
    namespace: string,
    name: string,
    spec: object,
    metadata: object = {},
  ): Promise<StoredPolicy> {
    return this.api.json('POST', policiesPath(namespace), {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name, ...metadata },
      spec,
    });
  }

  async patchPolicy(namespace: string, name: string, patch: object): Promise<StoredPolicy> {
    return this.api.json('PATCH', `${policiesPath(namespace)}/${name}`, patch);
  }

  async deletePolicy(namespace: string, name: string): Promise<void> {
    await this.api.json('DELETE', `${policiesPath(namespace)}/${name}`);
  }

  /** The Events of a namespace, or of all of them. */
  async events(namespace?: string): Promise<readonly StoredEvent[]> {
    const place = namespace === undefined ? '' : `/namespaces/${namespace}`;
    const path = `/apis/events.k8s.io/v1${place}/events`;
    return (await this.api.json<{ items: readonly StoredEvent[] }>('GET', path)).items;
  }

  /** How many requests the API server has answered since its last start, by its own count. */
  async countRequests(filter: RequestFilter): Promise<number> {
    const counts = await this.controlPlane.requestCounts(filter);
    return counts.reduce((sum, { count }) => sum + count, 0);
  }

  /** Creates an object from its manifest. */
  async create(manifest: Manifest): Promise<void> {
    const plural = plurals[manifest.kind];
    if (plural === undefined) throw new Error(`no test creates a ${manifest.kind}`);
    const base = manifest.apiVersion.includes('/') ? '/apis' : '/api';
    const place =
      manifest.metadata.namespace === undefined ? '' : `/namespaces/${manifest.metadata.namespace}`;
    await this.api.json('POST', `${base}/${manifest.apiVersion}${place}/${plural}`, manifest);
  }

  /** An object, or undefined if there is none. */
  async find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.api.json<T>('GET', path);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Waits until `look` finds something, or that something is true. */
  async eventually<T>(
    what: string,
    look: () => Promise<T | undefined | false>,
    { timeoutMs, instead }: { timeoutMs?: number | undefined; instead?: () => Promise<string> } = {},
  ): Promise<T> {
    return poll(look, {
      timeoutMs,
      everyMs: 25,
      expired: async () => new Error(`not in time: ${what}${instead ? `; ${await instead()}` : ''}`),
    });
  }
}

function policiesPath(namespace: string): string {
  return `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`;
}
