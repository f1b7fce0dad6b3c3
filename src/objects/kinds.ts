// The table of kinds: every kind of object that the operator watches or the tool reads, each with its only decoder. Stores,
// permissions, metrics, and what the tool lists and accepts in files follow from it. Must not know what objects are used for.
import { apiVersionOf } from '../kube/served-path.ts';
import type { Identified } from '../kube/store.ts';
import { dnsConfigs, endpointSlices, nodes, serviceCidrs } from './discovery-resources.ts';
import { gatewayRoutes, gateways, listenerSets, referenceGrants } from './gateway-resources.ts';
import type { Kind } from './kind.ts';
import { hasPodTemplate } from './pod-templates.ts';
import {
  appNetworkProfiles,
  namespaces,
  networkPauses,
  networkPolicies,
  platformNetworkProfiles,
} from './policy-resources.ts';
import {
  apiServices,
  ingressClasses,
  ingresses,
  mutatingWebhooks,
  services,
  validatingWebhooks,
} from './service-resources.ts';
import { otherPodMakers, podMakers, pods } from './workload-resources.ts';

/** The kinds that the operator watches, by the names of their stores. */
export const watchedKinds = {
  namespaces,
  policies: networkPolicies,
  profiles: appNetworkProfiles,
  platforms: platformNetworkProfiles,
  pauses: networkPauses,
  services,
  ingresses,
  ingressClasses,
  ...gatewayRoutes,
  gateways,
  listenerSets,
  referenceGrants,
  nodes,
  endpointSlices,
  serviceCidrs,
  dnsConfigs,
  validatingWebhooks,
  mutatingWebhooks,
  apiServices,
} as const;

/** Their names, in the order of the table. */
export const watchedNames = Object.values(watchedKinds).map(({ name }) => name);

/** Any kind of the table, without what depends on the type of its facts. */
export type AnyKind = Omit<Kind<Identified>, 'same' | 'lost'>;

/** Every kind, first those that the operator watches. */
export const kinds: readonly AnyKind[] = [...Object.values(watchedKinds), pods, ...podMakers];

const byGroupAndKind = new Map(
  kinds.map((kind) => [`${groupOf(apiVersionOf(kind.path))} ${kind.kind}`, kind]),
);

/** The entry of an object's kind, for any version of its API; undefined if Ringfence does not read it. */
export function findKind(apiVersion: string, kind: string): AnyKind | undefined {
  return byGroupAndKind.get(`${groupOf(apiVersion)} ${kind}`);
}

/** The entry of an object's kind; for a kind that is not in the table, one that reads its pod template, if it has one. */
export function findKindOf(object: {
  readonly apiVersion: string;
  readonly kind: string;
}): AnyKind | undefined {
  const known = findKind(object.apiVersion, object.kind);
  return known ?? (hasPodTemplate(object) ? otherPodMakers : undefined);
}

/** The kinds of a group that are in the table. */
export function kindsInGroup(group: string): readonly string[] {
  return kinds.filter(({ path }) => groupOf(apiVersionOf(path)) === group).map(({ kind }) => kind);
}

/** `apps` for `apps/v1`; `v1` has the core group, without a name. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.replace(/\/.*/, '') : '';
}
