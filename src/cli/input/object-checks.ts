// The checks of objects in files that their decoders do not make: of their metadata, and of some kinds' fields.
// Must not know where an object was read.
import * as z from 'zod';
import { decode, type Problem } from '../../api/decode.ts';
import { nodeLocalDns } from '../../discover/well-known-services.ts';
import { gatewayRouteKindNames } from '../../model/gateway-routes.ts';
import type { Result } from '../../model/result.ts';
import { type AnyKind, findKind } from '../../objects/kinds.ts';
import { fields } from '../../routes/schema/fields.ts';
import { gateway, gatewayRoute, ingress, listenerSet } from './schemas/exposers.ts';
import { anyMetadata, generatedMetadata, namedMetadata } from './schemas/object-metadata.ts';

/** A misspelt `spec` would make a policy that denies everything. */
const networkPolicy = fields({
  ...{ apiVersion: z.string(), kind: z.string(), metadata: z.unknown(), spec: z.unknown().optional() },
  // Some versions of the API had one, and old dumps still contain it.
  status: z.unknown().optional(),
});

/** By kind, the problems of an object, except in its metadata and those that its decoder finds. */
const checks: Readonly<Record<string, (object: object) => readonly Problem[]>> = {
  NetworkPolicy: by(networkPolicy),
  Ingress: by(ingress),
  Gateway: by(gateway),
  ListenerSet: by(listenerSet),
  ...Object.fromEntries(gatewayRouteKindNames.map((kind) => [kind, by(gatewayRoute)])),
};

/** The kind of an object, for any version of its API; undefined if it is not read. */
export function kindOf(apiVersion: string, kind: string, metadata: object = {}): AnyKind | undefined {
  // One ConfigMap has the address of the DNS cache; all others belong to applications.
  if (kind === 'ConfigMap' && (metadata as { name?: unknown }).name !== nodeLocalDns.name) return undefined;
  return findKind(apiVersion, kind);
}

/** The problems of an object of a kind, except those that its decoder finds. */
export function check(kind: AnyKind, object: { readonly metadata: object }): readonly Problem[] {
  const about = errorsOf(decode(metadataOf(kind, object), object.metadata));
  const problems = about.map((problem) => ({ ...problem, path: `metadata.${problem.path}` }));
  // The check of a profile reads its metadata too.
  const more = (checks[kind.kind]?.(object) ?? []).filter(
    ({ path }) => !problems.some((known) => known.path === path),
  );
  return [...problems, ...more];
}

function metadataOf({ kind }: AnyKind, { metadata: given }: { readonly metadata: object }): z.ZodType {
  // The name of an APIService may be `v1.`, which is not a DNS subdomain.
  if (kind === 'APIService') return anyMetadata;
  return ['Pod', 'Job'].includes(kind) && 'generateName' in given ? generatedMetadata : namedMetadata;
}

function by(schema: z.ZodType): (object: object) => readonly Problem[] {
  return (object) => errorsOf(decode(schema, object));
}

function errorsOf(result: Result<unknown, readonly Problem[]>): readonly Problem[] {
  return result.ok ? [] : result.error;
}
