// Tells a person what to write: in which namespace and object, at which place of their files, and whom to ask if they may not.
// Must not know why.
import { type Endpoint, isWorkload } from '../../analyze/endpoints.ts';
import type { KubernetesObject } from '../../kube/resource.ts';
import { groupsBy } from '../../model/groups.ts';
import type { NonEmpty } from '../../model/network-policy.ts';
import { type Input, placeIn } from '../input/input.ts';
import { formatLocation } from '../input/problems.ts';
import { authorOf } from '../snapshot/author.ts';
import { objectKey } from '../snapshot/cluster-snapshot.ts';
import type { LoadedSnapshot } from '../snapshot/load-snapshot.ts';
import { ownerOf } from '../snapshot/namespace-owner.ts';
import type { SuggestedChange } from './suggested-changes.ts';

/** A change, and what a person has to know to make it. */
export interface Instruction extends SuggestedChange {
  /** Who owns its namespace, if that is known. */
  readonly owner: string | undefined;
  /** The two ends are in different namespaces: the person who asks may not be allowed to write in this one. */
  readonly isForOneOfTwo: boolean;
  /** The place in the files, as in `shop.yaml:12:3`; absent in a cluster, and for a new object. */
  readonly at?: string;
  /** The program that wrote the object in the cluster, if that is not kubectl: it may write it again. */
  readonly author?: string;
}

/** The changes with all of that. @param ends those of the question */
export function instructionsFor(
  changes: readonly SuggestedChange[],
  ends: readonly Endpoint[],
  { objects, input }: Pick<LoadedSnapshot, 'objects' | 'input'>,
): readonly Instruction[] {
  const namespaces = new Set(ends.flatMap((end) => (isWorkload(end) ? end.workload.namespace : [])));
  return changes.map((change) => {
    const { namespace } = objectKey(change.object);
    const owner = ownerOf(namespace, objects);
    const common = { ...change, owner, isForOneOfTwo: namespaces.size > 1 };
    if (change.path === undefined) return common;
    return {
      ...common,
      ...(input === undefined ? authorIn(change) : placeOf(change.object, change.path, input)),
    };
  });
}

function placeOf(object: KubernetesObject, path: string, input: Input): Pick<Instruction, 'at'> {
  const place = placeIn(input, object, path);
  return place === undefined ? {} : { at: formatLocation(place) };
}

function authorIn({ object }: SuggestedChange): Pick<Instruction, 'author'> {
  const author = authorOf(object.metadata);
  return author === undefined || author.startsWith('kubectl') ? {} : { author };
}

/** All of them for people, under one heading. @param goal as in `it` */
export function formatInstructions(instructions: readonly Instruction[], goal: string): string {
  // New objects of a namespace are one text to apply.
  const steps = groupsBy(instructions, ({ what, object }) => {
    const { namespace, name } = objectKey(object);
    return `${what} ${namespace} ${what === 'ObjectCreated' ? '' : name}`;
  });
  const [only, ...more] = steps;
  if (only === undefined) return '';
  if (more.length === 0) return `\nTo allow ${goal}, ${formatStep(only)}`;
  const number = steps.length === 2 ? 'both of these' : 'all of these';
  const each = steps.map((step, index) => `\n${index + 1}. ${formatStep(step)}`);
  return `\nTo allow ${goal}, ${number} are needed:\n${each.join('')}`;
}

function formatStep(step: NonEmpty<Instruction>): string {
  const yaml = step.map((each) => each.yaml.trimEnd()).join('\n---\n');
  return `${whatToDo(step[0])}${whomToAsk(step[0])}:\n\n${yaml}\n`;
}

function whatToDo(instruction: Instruction): string {
  const { what, object, routes } = instruction;
  const { namespace, name } = objectKey(object);
  switch (what) {
    case 'ObjectCreated':
      return `apply this in namespace \`${namespace}\``;
    case 'RoutesAdded':
      return `add this to \`spec.routes\` of profile \`${name}\` in namespace \`${namespace}\`${where(instruction)}`;
    case 'RouteChanged':
      return `write this in route \`${routes[0]}\` of profile \`${name}\` in namespace \`${namespace}\`${where(instruction)}`;
  }
}

function where({ at, author, object }: Instruction): string {
  if (at !== undefined) return ` (${at})`;
  const { namespace, name } = objectKey(object);
  return author === undefined
    ? ` (in its file, or with \`kubectl edit appnet ${name} -n ${namespace}\`)`
    : `, at the source of \`${author}\`, which wrote it`;
}

function whomToAsk({ isForOneOfTwo, owner }: Instruction): string {
  if (!isForOneOfTwo) return '';
  return `, or ask ${owner === undefined ? 'its team' : `its team, \`${owner}\`,`} to`;
}
