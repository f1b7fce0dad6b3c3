// Reads one object for the analysis, by the decoder in the table of kinds: it checks the object and reduces it to its facts.
// Must not know other objects.
import { decodePruned, type Problem, prune } from '../api/decode.ts';
import type { RawObject } from '../kube/resource.ts';
import { remembering } from '../model/groups.ts';
import { type Result, success } from '../model/result.ts';
import { type AnyKind, findKindOf, groupOf } from './kinds.ts';
import { readPolicyFacts } from './policy-content.ts';
import { namespaces, networkPolicies } from './policy-resources.ts';
import { services } from './service-resources.ts';
import { otherPodMakers, podMakers, pods } from './workload-resources.ts';
import { type Envelope, envelope, isEnvelope } from './workload-schema.ts';

/** What was read of an object. */
export interface ObjectReading {
  /** Absent if its kind is not in the table, or can't be read. */
  readonly known?: {
    readonly kind: AnyKind;
    /** Different for each object of a cluster. */
    readonly identity: string;
    /** As in `NetworkPolicy shop/web`. */
    readonly text: string;
  };
  /** Its facts, if the analysis uses its kind, or its problems. */
  readonly facts: Result<unknown, readonly Problem[]>;
}

/** Reads an object as parsed from YAML or JSON, whatever it is. */
export type ObjectReader = (object: unknown) => ObjectReading;

/** Valid specs of policies by their JSON: very many are equal, and checking one takes long. */
type CheckedSpecs = Map<string, unknown>;

/** A reader for objects that are read once. */
export function objectReader(): ObjectReader {
  const specs: CheckedSpecs = new Map();
  return (object) => readObject(object, specs);
}

/** A reader for two inputs that have most objects in common: what is one object in both is read once. */
export function rememberingReader(): ObjectReader {
  const read = objectReader();
  const known = remembering<object, ObjectReading>(read);
  return (object) => (typeof object === 'object' && object !== null ? known(object) : read(object));
}

function readObject(object: unknown, specs: CheckedSpecs): ObjectReading {
  const head = readEnvelope(object);
  if (!head.ok) return { facts: head };
  const kind = findKindOf(head.value);
  if (kind === undefined) return { facts: success(undefined) };
  const { name = '', generateName = '', namespace = '' } = head.value.metadata;
  const key = { namespace: kind.clusterWide ? '' : namespace || 'default', name: name || `${generateName}*` };
  const text = `${head.value.kind} ${key.namespace === '' ? '' : `${key.namespace}/`}${key.name}`;
  const known = { kind, text, identity: `${groupOf(head.value.apiVersion)} ${text}` };
  const checked = check(kind, head.value, specs);
  if (!checked.ok) return { known, facts: checked };
  const metadata = { uid: '', resourceVersion: '', ...head.value.metadata, ...key };
  return { known, facts: success(factsOf(kind, { ...checked.value, metadata })) };
}

function readEnvelope(object: unknown): Result<Envelope, readonly Problem[]> {
  const pruned = prune(object);
  if (!pruned.ok) return pruned;
  return isEnvelope(pruned.value) ? success(pruned.value) : decodePruned(envelope, pruned.value);
}

function check(kind: AnyKind, object: Envelope, specs: CheckedSpecs): Result<object, readonly Problem[]> {
  if (kind.schema === undefined) return success(object);
  if (kind !== networkPolicies) return decodePruned(kind.schema, object);
  const { spec } = object;
  const json = JSON.stringify([spec]);
  const known = specs.get(json);
  if (known !== undefined) return success({ spec: known });
  const read = decodePruned<{ readonly spec?: unknown }>(kind.schema, object);
  if (read.ok) specs.set(json, read.value.spec);
  return read;
}

/** The kinds that the analysis uses, apart from policies. */
const usedKinds: readonly AnyKind[] = [namespaces, services, ...podMakers, otherPodMakers, pods];

function factsOf(kind: AnyKind, object: RawObject): unknown {
  if (kind === networkPolicies) return readPolicyFacts(object);
  return usedKinds.includes(kind) ? kind.reduce(object) : undefined;
}
