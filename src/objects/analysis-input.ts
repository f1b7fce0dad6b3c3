// Turns objects that no API server has validated, or that were listed once, into the input of the analysis, by the decoders in the
// table of kinds. An invalid object becomes a problem and is otherwise ignored; none is dropped silently.
import type { AnalysisInput } from '../analyze/facts.ts';
import { decode, decodePruned, type Problem } from '../api/decode.ts';
import type { RawObject } from '../kube/resource.ts';
import type { Identified } from '../kube/store.ts';
import { failure, type Result, success } from '../model/result.ts';
import { foldWorkloads } from './fold-workloads.ts';
import type { Kind } from './kind.ts';
import { type AnyKind, findKindOf, groupOf } from './kinds.ts';
import { readPolicyFacts } from './policy-content.ts';
import { namespaces, networkPolicies } from './policy-resources.ts';
import { services } from './service-resources.ts';
import { otherPodMakers, podMakers, pods } from './workload-resources.ts';
import { envelope } from './workload-schema.ts';

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
    policies: checked.of(networkPolicies).map(readPolicyFacts),
    services: checked.read(services).map(({ uid: _, resourceVersion: __, ...facts }) => facts),
    workloads: foldWorkloads(
      [...podMakers, otherPodMakers].flatMap((kind) => checked.read(kind)),
      checked.read(pods),
    ),
  };
}

/** Valid objects, by kind. */
class CheckedObjects {
  readonly #objects = new Map<AnyKind, Map<string, RawObject>>();

  /** The objects of a kind. */
  of(kind: AnyKind): readonly RawObject[] {
    return [...(this.#objects.get(kind)?.values() ?? [])];
  }

  /** The facts about the objects of a kind. */
  read<T extends Identified>(kind: Kind<T>): readonly T[] {
    return this.of(kind).map(kind.reduce);
  }

  /** Adds an object, unless it has problems. */
  add(object: unknown): Result<undefined, readonly Omit<ObjectProblem, 'index'>[]> {
    const head = decode(envelope, object);
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
    const siblings = this.#objects.get(kind) ?? new Map<string, RawObject>();
    this.#objects.set(kind, siblings);
    const read = siblings.has(identity) ? failure([twin]) : decodePruned(kind.schema ?? envelope, head.value);
    if (!read.ok) return failure(read.error.map((problem) => ({ ...problem, object: text })));
    const metadata = { uid: '', resourceVersion: '', ...head.value.metadata, ...key };
    siblings.set(identity, { ...read.value, metadata });
    return success(undefined);
  }
}

const twin: Problem = {
  code: 'Invalid',
  path: 'metadata.name',
  message: 'is already the name of another object of this kind',
};
