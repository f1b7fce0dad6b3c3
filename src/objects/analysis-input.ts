// Turns objects that no API server has validated, or that were listed once, into the input of the analysis, by the decoders in the
// table of kinds. An invalid object becomes a problem and is otherwise ignored; none is dropped silently.
import type { AnalysisInput, PolicyFacts } from '../analyze/facts.ts';
import { decodePruned, type Problem, prune } from '../api/decode.ts';
import type { RawObject } from '../kube/resource.ts';
import type { Identified } from '../kube/store.ts';
import { getOrInsert } from '../model/groups.ts';
import { failure, type Result, success } from '../model/result.ts';
import { foldWorkloads } from './fold-workloads.ts';
import type { Kind } from './kind.ts';
import { type AnyKind, findKindOf, groupOf } from './kinds.ts';
import { readPolicyFacts } from './policy-content.ts';
import { namespaces, networkPolicies } from './policy-resources.ts';
import { services } from './service-resources.ts';
import { otherPodMakers, podMakers, pods } from './workload-resources.ts';
import { type Envelope, envelope, isEnvelope } from './workload-schema.ts';

/** The result of reading some objects. */
export interface ReadObjects {
  readonly input: AnalysisInput;
  readonly problems: readonly ObjectProblem[];
}

/** What is wrong with an object. */
export interface ObjectProblem extends Problem {
  /** The index of the object in the list. */
  readonly index: number;
  /** As in `NetworkPolicy shop/web`; absent if that can't be read. */
  readonly object?: string;
}

/**
 * Reads objects for the analysis; those of kinds that it does not use have no effect. Lists have to be expanded before.
 *
 * @param objects as parsed from YAML or JSON, whatever they are
 */
export function readAnalysisInput(objects: readonly unknown[]): ReadObjects {
  const problems: ObjectProblem[] = [];
  const checked = new CheckedObjects();
  for (const [index, object] of objects.entries()) {
    const read = checked.add(object);
    if (!read.ok) problems.push(...read.error.map((problem) => ({ ...problem, index })));
  }
  return { input: inputOf(checked), problems };
}

function inputOf(checked: CheckedObjects): AnalysisInput {
  return {
    namespaces: checked.read(namespaces).map(({ name, labels }) => ({ name, labels })),
    policies: checked.policies,
    services: checked.read(services).map(({ uid: _, resourceVersion: __, ...facts }) => facts),
    workloads: foldWorkloads(
      [...podMakers, otherPodMakers].flatMap((kind) => checked.read(kind)),
      checked.read(pods),
    ),
  };
}

/** The kinds whose facts are in the input, apart from policies. */
const readKinds: readonly AnyKind[] = [namespaces, services, ...podMakers, otherPodMakers, pods];

/** Valid objects, by kind: each is reduced to its facts when it is added, so that no other copy of it stays. */
class CheckedObjects {
  readonly policies: PolicyFacts[] = [];
  readonly #facts = new Map<AnyKind, unknown[]>();
  readonly #seen = new Map<AnyKind, Set<string>>();
  /** Valid specs of policies by their JSON: very many are equal, and checking one takes long. */
  readonly #specs = new Map<string, unknown>();

  /** The facts about the objects of a kind. */
  read<T extends Identified>(kind: Kind<T>): readonly T[] {
    return (this.#facts.get(kind) ?? []) as readonly T[];
  }

  /** Adds an object, unless it has problems. */
  add(object: unknown): Result<undefined, readonly Omit<ObjectProblem, 'index'>[]> {
    const head = readEnvelope(object);
    if (!head.ok) return head;
    const kind = findKindOf(head.value);
    if (kind === undefined) return success(undefined);
    const { name = '', generateName = '', namespace = '' } = head.value.metadata;
    const key = {
      namespace: kind.clusterWide ? '' : namespace || 'default',
      name: name || `${generateName}*`,
    };
    const text = `${head.value.kind} ${key.namespace === '' ? '' : `${key.namespace}/`}${key.name}`;
    const identity = `${groupOf(head.value.apiVersion)} ${text}`;
    const siblings = getOrInsert(this.#seen, kind, () => new Set<string>());
    const read = siblings.has(identity) ? failure([twin]) : this.#check(kind, head.value);
    if (!read.ok) return failure(read.error.map((problem) => ({ ...problem, object: text })));
    siblings.add(identity);
    const metadata = { uid: '', resourceVersion: '', ...head.value.metadata, ...key };
    this.#take(kind, { ...read.value, metadata });
    return success(undefined);
  }

  #check(kind: AnyKind, object: Envelope): Result<object, readonly Problem[]> {
    if (kind.schema === undefined) return success(object);
    if (kind !== networkPolicies) return decodePruned(kind.schema, object);
    const { spec } = object;
    const json = JSON.stringify([spec]);
    const known = this.#specs.get(json);
    if (known !== undefined) return success({ spec: known });
    const read = decodePruned<{ readonly spec?: unknown }>(kind.schema, object);
    if (read.ok) this.#specs.set(json, read.value.spec);
    return read;
  }

  #take(kind: AnyKind, object: RawObject): void {
    if (kind === networkPolicies) this.policies.push(readPolicyFacts(object));
    else if (readKinds.includes(kind)) getOrInsert(this.#facts, kind, () => []).push(kind.reduce(object));
  }
}

function readEnvelope(object: unknown): Result<Envelope, readonly Problem[]> {
  const pruned = prune(object);
  if (!pruned.ok) return pruned;
  return isEnvelope(pruned.value) ? success(pruned.value) : decodePruned(envelope, pruned.value);
}

const twin: Problem = {
  code: 'Invalid',
  path: 'metadata.name',
  message: 'is already the name of another object of this kind',
};
