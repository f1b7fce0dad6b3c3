// The checks of objects in files that their decoders do not make: of their metadata, and of some kinds' fields.
// Must not know where an object was read.
import * as z from 'zod';
import { decode, type Problem } from '../../api/decode.ts';
import { nodeLocalDns } from '../../discover/well-known-services.ts';
import { gatewayRouteKindNames } from '../../model/gateway-routes.ts';
import { type AnyKind, findKindOf } from '../../objects/kinds.ts';
import { fields } from '../../routes/schema/fields.ts';
import { gateway, gatewayRoute, ingress, listenerSet } from './schemas/exposers.ts';
import { anyMetadata, generatedMetadata, namedMetadata } from './schemas/object-metadata.ts';

/** A misspelt `spec` would make a policy that denies everything. */
const networkPolicy = fields({
  ...{ apiVersion: z.string(), kind: z.string(), metadata: z.unknown(), spec: z.unknown().optional() },
  // Some versions of the API had one, and old dumps still contain it.
  status: z.unknown().optional(),
});

/** The schemas of kinds whose decoders do not check everything. */
const schemas: Readonly<Record<string, z.ZodType>> = {
  NetworkPolicy: networkPolicy,
  Ingress: ingress,
  Gateway: gateway,
  ListenerSet: listenerSet,
  ...Object.fromEntries(gatewayRouteKindNames.map((kind) => [kind, gatewayRoute])),
};

/** An object of the Kubernetes API. */
export interface TypedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: object;
}

/** The kind of an object, for any version of its API that has the same fields; undefined if it is not read. */
export function kindOf(object: TypedObject): AnyKind | undefined {
  const { apiVersion, kind, metadata } = object;
  // One ConfigMap has the address of the DNS cache; all others belong to applications.
  if (kind === 'ConfigMap' && (metadata as { name?: unknown }).name !== nodeLocalDns.name) return undefined;
  // Its backends had other fields.
  if (kind === 'Ingress' && apiVersion === 'networking.k8s.io/v1beta1') return undefined;
  return findKindOf(object);
}

/** The problems of an object of a kind, except those that its decoder finds. */
export function check({ kind, custom }: AnyKind, object: { readonly metadata: object }): readonly Problem[] {
  const about = problemsOf(metadataSchema(kind, custom), object.metadata);
  const problems = about.map((problem) => ({ ...problem, path: `metadata.${problem.path}` }));
  return [...problems, ...problemsOf(schemas[kind], { ...object, metadata: {} })];
}

function metadataSchema(kind: string, isOurs = false): z.ZodType {
  // The name of an APIService may be `v1.`, which is not a DNS subdomain.
  if (kind === 'APIService') return anyMetadata;
  // Names of policies are made of the names of profiles.
  return isOurs ? namedMetadata : generatedMetadata;
}

function problemsOf(schema: z.ZodType | undefined, value: object): readonly Problem[] {
  const result = schema && decode(schema, value);
  return result?.ok === false ? result.error : [];
}
