// The two snapshots that a plan compares: files with files, a cluster with itself after the files are applied, or a cluster with
// the policies that this version would write. Must not know what is compared.
import type { CommandContext } from '../command-context.ts';
import { type ClusterFlags, type EnforceFlags, type InputFlags, namesFiles } from '../options.ts';
import { snapshotOf } from '../snapshot/cluster-snapshot.ts';
import { type InForce, inForce } from '../snapshot/in-force.ts';
import { loadCluster, loadFiles, noteAssumed, requirePlatform } from '../snapshot/load-snapshot.ts';
import { applyFiles } from './apply-files.ts';

/** The two sides, as flags. Without files, only the cluster is used. */
export interface PlanFlags extends InputFlags, ClusterFlags, EnforceFlags {
  /** The files as they are now; absent: the cluster. */
  readonly against?: readonly string[];
}

/** What is in force before and after. */
export interface PlanComparison {
  readonly before: InForce;
  readonly after: InForce;
}

/** @throws the errors of loading files, or a cluster */
export async function loadComparison(flags: PlanFlags, context: CommandContext): Promise<PlanComparison> {
  const enforced = flags.enforce ? 'DryRunToo' : 'AsWritten';
  if (flags.against !== undefined) {
    const files = await loadFiles(flags, context);
    const old = await loadFiles({ ...flags, filename: flags.against, kustomize: [] }, context);
    for (const side of [files, old]) requirePlatform(side, flags);
    noteAssumed(files, context);
    return { before: inForce(old, 'AsWritten'), after: inForce(files, enforced) };
  }
  const objects = namesFiles(flags) ? (await loadFiles(flags, context)).objects : [];
  const live = await loadCluster(flags, context);
  const applied = snapshotOf(applyFiles(live.objects, objects), flags.operatorNamespace);
  noteAssumed(applied, context);
  return { before: { facts: live.facts, dryRun: [] }, after: inForce(applied, enforced) };
}
