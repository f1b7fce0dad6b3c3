// Every kind that a verb reads, and the checks of a kind that its decoder does not make. The only list of them.
// Must not know where an object was read.
import * as z from 'zod';
import { decode, type Problem } from '../../api/decode.ts';
import { nodeLocalDns } from '../../discover/well-known-services.ts';
import { gatewayRouteKindNames } from '../../model/gateway-routes.ts';
import type { Result } from '../../model/result.ts';
import { fields } from '../../routes/schema/fields.ts';
import { gateway, gatewayRoute, ingress, listenerSet } from './schemas/exposers.ts';
import { anyMetadata, generatedMetadata, namedMetadata } from './schemas/object-metadata.ts';

/** A kind of object that is read. */
export interface ReadKind {
  readonly group: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** The problems of such an object, except in its metadata and those that its decoder finds. */
  readonly check?: (object: object) => readonly Problem[];
}

/** A misspelt `spec` would make a policy that denies everything. */
const networkPolicy = fields({
  ...{ apiVersion: z.string(), kind: z.string(), metadata: z.unknown(), spec: z.unknown().optional() },
  // Some versions of the API had one, and old dumps still contain it.
  status: z.unknown().optional(),
});

const inNamespaces: Readonly<Record<string, readonly string[]>> = {
  '': ['Pod', 'Service', 'ReplicationController', 'ConfigMap'],
  apps: ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'],
  batch: ['Job', 'CronJob'],
  'networking.k8s.io': ['NetworkPolicy', 'Ingress'],
  'gateway.networking.k8s.io': ['Gateway', 'ListenerSet', ...gatewayRouteKindNames, 'ReferenceGrant'],
  'discovery.k8s.io': ['EndpointSlice'],
  'ringfence.dev': ['AppNetworkProfile'],
};

const clusterWide: Readonly<Record<string, readonly string[]>> = {
  '': ['Namespace', 'Node'],
  'networking.k8s.io': ['IngressClass', 'ServiceCIDR'],
  'ringfence.dev': ['PlatformNetworkProfile'],
  'admissionregistration.k8s.io': ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'],
  'apiregistration.k8s.io': ['APIService'],
};

const checks: Readonly<Record<string, NonNullable<ReadKind['check']>>> = {
  NetworkPolicy: by(networkPolicy),
  Ingress: by(ingress),
  Gateway: by(gateway),
  ListenerSet: by(listenerSet),
  ...Object.fromEntries(gatewayRouteKindNames.map((kind) => [kind, by(gatewayRoute)])),
};

/** Every kind that is read. */
const readKinds: readonly ReadKind[] = [...kindsIn(inNamespaces, true), ...kindsIn(clusterWide, false)];

/** The kind of an object, for any version of its API; undefined if it is not read. */
export function kindOf(apiVersion: string, kind: string, metadata: object = {}): ReadKind | undefined {
  // One ConfigMap has the address of the DNS cache; all others belong to applications.
  if (kind === 'ConfigMap' && (metadata as { name?: unknown }).name !== nodeLocalDns.name) return undefined;
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  return readKinds.find((candidate) => candidate.kind === kind && candidate.group === group);
}

/** The kinds of a group that are read. */
export function kindsOf(group: string): readonly string[] {
  return readKinds.filter((each) => each.group === group).map(({ kind }) => kind);
}

/** The problems of an object of a kind, except those that its decoder finds. */
export function check(kind: ReadKind, object: { readonly metadata: object }): readonly Problem[] {
  const about = errorsOf(decode(metadataOf(kind, object), object.metadata));
  const problems = about.map((problem) => ({ ...problem, path: `metadata.${problem.path}` }));
  // The check of a profile reads its metadata too.
  const more = (kind.check?.(object) ?? []).filter(
    ({ path }) => !problems.some((known) => known.path === path),
  );
  return [...problems, ...more];
}

function metadataOf(
  { group, kind }: ReadKind,
  { metadata: given }: { readonly metadata: object },
): z.ZodType {
  // The name of an APIService may be `v1.`, which is not a DNS subdomain.
  if (group === 'apiregistration.k8s.io') return anyMetadata;
  return ['Pod', 'Job'].includes(kind) && 'generateName' in given ? generatedMetadata : namedMetadata;
}

function kindsIn(
  groups: Readonly<Record<string, readonly string[]>>,
  namespaced: boolean,
): readonly ReadKind[] {
  return Object.entries(groups).flatMap(([group, kinds]) =>
    kinds.map((kind) => {
      const own = checks[kind];
      return { group, kind, namespaced, ...(own === undefined ? {} : { check: own }) };
    }),
  );
}

function by(schema: z.ZodType): NonNullable<ReadKind['check']> {
  return (object) => errorsOf(decode(schema, object));
}

function errorsOf(result: Result<unknown, readonly Problem[]>): readonly Problem[] {
  return result.ok ? [] : result.error;
}
