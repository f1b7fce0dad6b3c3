// Turns objects that no API server has validated, or that were listed once, into the input of the analysis. An invalid object becomes a
// problem and is otherwise ignored; none is dropped silently. Must not know how one object is read.
import type { AnalysisInput, PolicyFacts } from '../analyze/facts.ts';
import type { Problem } from '../api/decode.ts';
import type { Identified } from '../kube/store.ts';
import { getOrInsert } from '../model/groups.ts';
import { failure, type Result, success } from '../model/result.ts';
import { foldWorkloads } from './fold-workloads.ts';
import type { Kind } from './kind.ts';
import type { AnyKind } from './kinds.ts';
import { type ObjectReader, objectReader } from './object-reader.ts';
import { namespaces, networkPolicies } from './policy-resources.ts';
import { services } from './service-resources.ts';
import { otherPodMakers, podMakers, pods } from './workload-resources.ts';

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
export function readAnalysisInput(
  objects: readonly unknown[],
  read: ObjectReader = objectReader(),
): ReadObjects {
  const problems: ObjectProblem[] = [];
  const checked = new CheckedObjects(read);
  for (const [index, object] of objects.entries()) {
    const added = checked.add(object);
    if (!added.ok) problems.push(...added.error.map((problem) => ({ ...problem, index })));
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

/** The facts about valid objects, by kind. */
class CheckedObjects {
  readonly #reader: ObjectReader;
  readonly #facts = new Map<AnyKind, unknown[]>();
  readonly #seen = new Set<string>();

  constructor(reader: ObjectReader) {
    this.#reader = reader;
  }

  get policies(): readonly PolicyFacts[] {
    return (this.#facts.get(networkPolicies) ?? []) as readonly PolicyFacts[];
  }

  /** The facts about the objects of a kind, apart from policies. */
  read<T extends Identified>(kind: Kind<T>): readonly T[] {
    return (this.#facts.get(kind) ?? []) as readonly T[];
  }

  /** Adds an object, unless it has problems. */
  add(object: unknown): Result<undefined, readonly Omit<ObjectProblem, 'index'>[]> {
    const { known, facts } = this.#reader(object);
    if (known === undefined) return facts.ok ? success(undefined) : facts;
    const { kind, identity, text } = known;
    const read = this.#seen.has(identity) ? failure([twin]) : facts;
    if (!read.ok) return failure(read.error.map((problem) => ({ ...problem, object: text })));
    this.#seen.add(identity);
    if (read.value !== undefined) getOrInsert(this.#facts, kind, () => []).push(read.value);
    return success(undefined);
  }
}

const twin: Problem = {
  code: 'Invalid',
  path: 'metadata.name',
  message: 'is already the name of another object of this kind',
};
