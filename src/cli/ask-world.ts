// The world that a question is about: files where `-f` names some, else the current context, with the policies that hold.
// Must not know the question.
import type { AnalysisInput } from '../analyze/facts.ts';
import { formatProblem } from '../api/decode.ts';
import { type Enforced, inForce } from './in-force.ts';
import type { Input } from './input/input.ts';
import type { ClusterFlags, InputFlags } from './options.ts';
import { readCluster } from './read-cluster.ts';
import { noteAssumed, readFiles } from './read-world.ts';
import type { Surroundings } from './verb.ts';
import { type World, worldOf } from './world.ts';

/** A world to ask. */
export interface AskedWorld {
  readonly world: World;
  /** With the policies that hold: in a cluster those that are there, in files those that the profiles come to. */
  readonly facts: AnalysisInput;
  /** How policies come from profiles there. */
  readonly enforced: Enforced;
  /** Absent where a cluster was read. */
  readonly input?: Input;
}

/** @throws what reading files, or a cluster, throws */
export async function askedWorld(
  flags: InputFlags & ClusterFlags,
  around: Surroundings,
): Promise<AskedWorld> {
  const { world, input } = await foundWorld(flags, around);
  if (input === undefined) return { world, facts: world.facts, enforced: 'AsWritten' };
  const { facts, dryRun } = inForce(world, 'DryRunToo');
  if (dryRun.length > 0) {
    around.note(
      `in dry run, so that nothing is denied there yet; this is how it would be enforced: ${dryRun.join(', ')}`,
    );
  }
  return { world, facts, enforced: 'DryRunToo', input };
}

/**
 * The world that flags name, as it stands there.
 *
 * @throws what reading files, or a cluster, throws
 */
export async function foundWorld(
  flags: InputFlags & ClusterFlags,
  around: Surroundings,
): Promise<Pick<AskedWorld, 'world' | 'input'>> {
  if ((flags.filename ?? []).length > 0) {
    const files = await readFiles(flags, around);
    noteAssumed(files.world, around);
    return files;
  }
  const { operatorNamespace } = flags;
  const world = worldOf(await readCluster(flags, operatorNamespace, around), operatorNamespace);
  noteUnread(world, around);
  return { world };
}

/** What of a cluster can't be read counts for nothing, and is never dropped in silence. */
export function noteUnread({ problems, objects }: World, { note }: Surroundings): void {
  for (const { index, ...problem } of problems) {
    const { kind, metadata } = objects[index] ?? { kind: 'object', metadata: { name: '' } };
    note(
      `warning: ${kind} ${metadata.namespace ?? ''}/${metadata.name} can't be read and counts for nothing: ${formatProblem(problem)}`,
    );
  }
}
