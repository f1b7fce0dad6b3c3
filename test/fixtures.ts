// Facts and policies for tests in a few words. An adjective is a function that stands before its noun, as in
// `edited(written(deny))`. Everything is read by the real schemas and reducers, as if the API server had sent it.
import type * as z from 'zod';
import type { appNetworkProfileSpec } from '../src/api/app-network-profile.ts';
import type {
  PlatformNetworkProfileSpec,
  platformNetworkProfileSpec,
} from '../src/api/platform-network-profile.ts';
import type { Discovered } from '../src/api/platform-status.ts';
import {
  type DecodedPlatform,
  isDecoded,
  platformAsOwner,
} from '../src/compile/platform/decoded-platform.ts';
import type { Observed } from '../src/discover/observed.ts';
import type { RawObject, Resource } from '../src/kube/resource.ts';
import type { Identified } from '../src/kube/store.ts';
import type { Direction, NetworkPolicySpec } from '../src/model/network-policy.ts';
import { apiVersion, type DesiredPolicy, type OwnedPolicy, type Owner } from '../src/model/policies.ts';
import type { Labels } from '../src/model/selectors.ts';
import type { ServiceFacts } from '../src/model/services.ts';
import { ClusterFacts } from '../src/objects/cluster-facts.ts';
import { dnsConfigs, endpointSlices, nodes, serviceCidrs } from '../src/objects/discovery-resources.ts';
import {
  appNetworkProfiles,
  platformNetworkProfiles,
  readPolicy,
  type StoredPolicy,
} from '../src/objects/policy-resources.ts';
import { services } from '../src/objects/service-resources.ts';
import { manifestOf } from '../src/plan/manifest.ts';
import type { DeepReadonly } from '../src/routes/schema/fields.ts';
import type {
  ByNamespace,
  ClusterView,
  NamespaceFacts,
  PlatformFacts,
  ProfileFacts,
} from '../src/view/cluster-view.ts';
import { NamespaceIndex } from '../src/view/namespace-index.ts';
import { routeIndexOf } from '../src/view/route-index.ts';

/** What a test says of a platform profile; it enforces unless that says otherwise. */
export type PlatformSpec = DeepReadonly<Partial<z.input<typeof platformNetworkProfileSpec>>>;

/** The routes that a test writes into a profile. */
export type Routes = NonNullable<DeepReadonly<z.input<typeof appNetworkProfileSpec>>['routes']>;

/** A live namespace. */
export function namespace(name: string, labels: Labels = {}): NamespaceFacts {
  return {
    name,
    uid: `uid-of-${name}`,
    labels: { 'kubernetes.io/metadata.name': name, ...labels },
    terminating: false,
  };
}

/** A platform profile. */
export function platform(spec: PlatformSpec = {}): DecodedPlatform {
  const facts = platformNetworkProfiles.reduce({
    apiVersion,
    kind: 'PlatformNetworkProfile',
    metadata: metadata({ name: 'default', uid: 'uid-of-platform' }),
    spec: { enforcement: 'Enforce', ...spec },
  } as RawObject);
  if (!isDecoded(facts)) throw new Error('the platform profile of a test does not decode');
  return facts;
}

/** The spec of a platform profile with its defaults. */
export function platformSpec(spec: PlatformSpec = {}): PlatformNetworkProfileSpec {
  const { decoded } = platform(spec);
  if (!decoded.ok) throw new Error('the platform profile of a test does not decode');
  return decoded.value.spec;
}

/** A team's profile, given as `namespace/name`. */
export function profile(
  key: string,
  spec: DeepReadonly<z.input<typeof appNetworkProfileSpec>> = {},
): ProfileFacts {
  const facts = readProfile(key, spec);
  if (!facts.decoded.ok) throw new Error(`the profile ${key} of a test does not decode`);
  return facts;
}

/** A profile, of a team or the platform's, as it is read if its CRD is of another version. */
export function undecodable<T extends ProfileFacts | PlatformFacts>(facts: T): T {
  const { decoded } = readProfile('shop/shop', { colour: 'blue' });
  return { ...facts, decoded };
}

/** What there is in a cluster whose operator runs in `ringfence-system`. */
export function view(parts: {
  readonly platform?: PlatformFacts;
  readonly namespaces?: readonly NamespaceFacts[];
  readonly profiles?: readonly ProfileFacts[];
  readonly services?: readonly ServiceFacts[];
  readonly discovered?: Discovered;
  /** Whatever else there is. */
  readonly objects?: readonly KubernetesObject[];
}): ClusterView {
  const { namespaces = [], profiles = [], services = [], objects = [] } = parts;
  const stores = new ClusterFacts('ringfence-system');
  for (const given of objects) {
    if (!stores.add(given)) throw new Error(`nothing is made of a ${given.kind}`);
  }
  const seen = stores.view();
  return {
    ...seen,
    platform: parts.platform,
    namespaces: named(namespaces),
    profiles: byNamespace(profiles),
    namespaceLabels: labelsOf(namespaces),
    routeLinks: routeIndexOf(profiles),
    services: byNamespace([...[...seen.services.values()].flatMap((all) => [...all.values()]), ...services]),
    discovered: parts.discovered ?? seen.discovered,
  };
}

/** The same with one application namespace, `shop`, in a cluster whose platform profile says `spec`. */
export function shopView({
  spec = {},
  routes,
  ...parts
}: Omit<Parameters<typeof view>[0], 'platform' | 'namespaces'> & {
  readonly spec?: PlatformSpec;
  /** Of the profile `team`, which is there if they are. */
  readonly routes?: Routes;
}): ClusterView {
  const profiles = routes === undefined ? [] : [profile('shop/team', { routes })];
  return view({ profiles, ...parts, platform: platform(spec), namespaces: [namespace('shop')] });
}

/** An object as the API server sends it. */
export type KubernetesObject = RawObject & { readonly apiVersion: string; readonly kind: string };

const apiVersions = {
  Service: 'v1',
  Node: 'v1',
  ConfigMap: 'v1',
  EndpointSlice: 'discovery.k8s.io/v1',
  ServiceCIDR: 'networking.k8s.io/v1',
  Ingress: 'networking.k8s.io/v1',
  IngressClass: 'networking.k8s.io/v1',
  Gateway: 'gateway.networking.k8s.io/v1',
  ListenerSet: 'gateway.networking.k8s.io/v1',
  HTTPRoute: 'gateway.networking.k8s.io/v1',
  GRPCRoute: 'gateway.networking.k8s.io/v1',
  TLSRoute: 'gateway.networking.k8s.io/v1',
  TCPRoute: 'gateway.networking.k8s.io/v1',
  UDPRoute: 'gateway.networking.k8s.io/v1',
  ReferenceGrant: 'gateway.networking.k8s.io/v1beta1',
  APIService: 'apiregistration.k8s.io/v1',
  ValidatingWebhookConfiguration: 'admissionregistration.k8s.io/v1',
  MutatingWebhookConfiguration: 'admissionregistration.k8s.io/v1',
  NetworkPause: apiVersion,
} as const;

/** An object of the cluster with its spec, given as `namespace/name`, or as `name` if its kind has no namespace. */
export function object(
  kind: keyof typeof apiVersions,
  key: string,
  spec: object = {},
  annotations: Labels = {},
): KubernetesObject {
  const [name = '', namespace] = key.split('/').reverse();
  const where = namespace === undefined ? {} : { namespace };
  return {
    apiVersion: apiVersions[kind],
    kind,
    metadata: { ...metadata({ name, ...where }), annotations },
    spec,
  } as KubernetesObject;
}

/** A Service, given as `namespace/name`, of the pods with the label `app: <name>` unless its spec says otherwise. */
export function service(
  key: string,
  ports: readonly object[],
  spec: object = { selector: { app: key.split('/')[1] } },
): KubernetesObject {
  return object('Service', key, { ...spec, ports });
}

/** A configuration that makes the control plane call a Service of `shop`, as often as `times`. */
export function webhooks(
  kind: `${'Validating' | 'Mutating'}WebhookConfiguration`,
  name: string,
  times = 1,
): KubernetesObject {
  const webhook = { clientConfig: { service: { namespace: 'shop', name } } };
  return {
    ...object(kind, 'hooks'),
    webhooks: Array.from({ length: times }, () => webhook),
  } as KubernetesObject;
}

/** A Node with its addresses. */
export function node(name: string, ...addresses: readonly string[]): KubernetesObject {
  const internal = addresses.map((address) => ({ type: 'InternalIP', address }));
  return { ...object('Node', name), status: { addresses: internal } } as KubernetesObject;
}

/** An EndpointSlice of a Service, given as `namespace/service`, with the number of its object after a `-`. */
export function endpointSlice(
  key: string,
  addresses: readonly string[],
  ports: readonly object[],
): KubernetesObject {
  const slice = object('EndpointSlice', key);
  const service = key.split('/')[1]?.replace(/-\d+$/, '') ?? '';
  const isIPv6 = addresses.some((address) => address.includes(':'));
  return {
    ...slice,
    metadata: { ...slice.metadata, labels: { 'kubernetes.io/service-name': service } },
    addressType: isIPv6 ? 'IPv6' : 'IPv4',
    endpoints: addresses.map((address) => ({ addresses: [address] })),
    ports,
  } as KubernetesObject;
}

/** What is seen of a cluster with these objects, from which it is found out what is known of it. */
export function observed(...objects: readonly KubernetesObject[]): Observed {
  const of = <T extends Identified>({ kind, reduce }: Resource<T>) =>
    objects.filter((each) => each.kind === kind).map(reduce);
  return {
    services: of(services),
    endpointSlices: of(endpointSlices),
    dnsConfigs: of(dnsConfigs),
    serviceCidrs: of(serviceCidrs),
    nodes: of(nodes),
  };
}

function labelsOf(namespaces: readonly NamespaceFacts[]): NamespaceIndex {
  const index = new NamespaceIndex();
  for (const each of namespaces) index.change(undefined, each);
  return index;
}

function named<T extends { readonly name: string }>(all: readonly T[]): ReadonlyMap<string, T> {
  return new Map(all.map((facts) => [facts.name, facts]));
}

function byNamespace<T extends { readonly namespace: string; readonly name: string }>(
  all: readonly T[],
): ByNamespace<T> {
  const groups = Object.entries(Object.groupBy(all, (facts) => facts.namespace));
  return new Map(groups.map(([name, siblings = []]) => [name, named(siblings)]));
}

/** The owner of rings. */
export const platformOwner: Owner = platformAsOwner(platform());

/** A policy that should exist in the namespace `shop`: it isolates every pod in `types`, and allows nothing. */
export function denying(name: string, ...types: readonly [Direction, ...Direction[]]): DesiredPolicy {
  return {
    namespace: 'shop',
    name,
    owner: platformOwner,
    description: `denies ${types.join(' and ')}`,
    spec: { podSelector: {}, policyTypes: types },
  };
}

/** A policy that should exist in the namespace `shop`: it allows ports, in one direction, of every pod. */
export function allowing(
  name: string,
  direction: Direction,
  ...ports: readonly [number, ...number[]]
): DesiredPolicy {
  const [first, ...rest] = ports.map((port) => ({ protocol: 'TCP', port }) as const);
  const rules = [{ ports: [first ?? { protocol: 'TCP' }, ...rest] }] as const;
  return {
    ...denying(name, direction),
    description: `allows ${direction} on ${ports.join(', ')}`,
    spec: {
      podSelector: {},
      policyTypes: [direction],
      ...(direction === 'Ingress' ? { ingress: rules } : { egress: rules }),
    },
  };
}

/** A policy of ours as it is seen after it was written. */
export function written(policy: DesiredPolicy, resourceVersion = '1'): Extract<StoredPolicy, { ours: true }> {
  const { name, namespace } = policy;
  const sent = manifestOf(policy) as { readonly metadata: object; readonly spec: unknown };
  const stored = readPolicy({
    ...sent,
    metadata: { ...sent.metadata, ...metadata({ namespace, name, resourceVersion }) },
  });
  if (!stored.ours) throw new Error(`${name} is not a name of ours`);
  return stored;
}

/** Somebody changed its spec, and nothing that it isolates. */
export function edited(policy: OwnedPolicy): OwnedPolicy {
  return { ...policy, fingerprint: `${policy.fingerprint}, edited`, resourceVersion: '2' };
}

/** Its controller is another object than the one that should be, or none (`''`). */
export function ownedBy(ownerUid: string, policy: OwnedPolicy): OwnedPolicy {
  return { ...policy, ownerUid };
}

/** It has been deleted, and waits for a finalizer. */
export function beingDeleted(policy: OwnedPolicy): OwnedPolicy {
  return { ...policy, beingDeleted: true };
}

/** A policy in the namespace `shop` that somebody else wrote. */
export function foreign(
  name: string,
  spec: Partial<NetworkPolicySpec> = {},
): Extract<StoredPolicy, { ours: false }> {
  const stored = readPolicy({
    metadata: metadata({ namespace: 'shop', name }),
    spec: { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'], ...spec },
  });
  if (stored.ours) throw new Error(`${name} is a policy of ours`);
  return stored;
}

function readProfile(key: string, spec: unknown): ProfileFacts {
  const [namespace = '', name = ''] = key.split('/');
  return appNetworkProfiles.reduce({
    apiVersion,
    kind: 'AppNetworkProfile',
    metadata: metadata({ namespace, name }),
    spec,
  } as RawObject);
}

/** What the API server puts into `metadata`; all of it follows from the name. */
function metadata(given: {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
}) {
  const where = given.namespace === undefined ? '' : `${given.namespace}-`;
  return { uid: `uid-of-${where}${given.name}`, resourceVersion: '1', generation: 1, ...given };
}
