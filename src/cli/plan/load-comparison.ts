// The two snapshots that a plan compares: files with files, a cluster with itself after the files are applied, or a cluster with
// the policies that this version would write. Must not know what is compared.
import { compile } from '../../compile/compile.ts';
import { rememberingReader } from '../../objects/object-reader.ts';
import type { CommandContext } from '../command-context.ts';
import { type ClusterFlags, type EnforceFlags, type InputFlags, namesFiles } from '../options.ts';
import { type ClusterSnapshot, snapshotOf } from '../snapshot/cluster-snapshot.ts';
import { type InForce, inForce } from '../snapshot/in-force.ts';
import { loadCluster, loadFiles, noteAssumed, requirePlatform } from '../snapshot/load-snapshot.ts';
import { whyNothingIsEnforced } from '../snapshot/nothing-enforced.ts';
import type { LintFinding } from '../snapshot/profile-findings.ts';
import { type WaitingRoute, waitingRoutes } from '../snapshot/waiting-routes.ts';
import { applyFiles } from './apply-files.ts';
import { type JudgedSide, newFindings } from './new-findings.ts';

/** The two sides, as flags. Without files, only the cluster is used. */
export interface PlanFlags extends InputFlags, ClusterFlags, EnforceFlags {
  /** The files as they are now; absent: the cluster. */
  readonly against?: readonly string[];
}

/** What is in force before and after. */
export interface PlanComparison {
  readonly before: InForce;
  readonly after: InForce;
  /** By namespace, the routes of others that it does not let in afterwards. */
  readonly waiting: ReadonlyMap<string, readonly WaitingRoute[]>;
  /** The errors and warnings that are there only afterwards. */
  readonly findings: readonly LintFinding[];
  /** Why nothing is enforced afterwards, although it is asked for; absent if it is, or is not asked for. */
  readonly noEffect: string | undefined;
}

/** @throws the errors of loading files, or a cluster */
export async function loadComparison(flags: PlanFlags, context: CommandContext): Promise<PlanComparison> {
  if (flags.against !== undefined) {
    const files = await loadFiles(flags, context);
    const old = await loadFiles({ ...flags, filename: flags.against, kustomize: [] }, context);
    for (const side of [files, old]) await requirePlatform(side, flags);
    noteAssumed(files, context);
    const compiled = compile(old.cluster.view());
    const before = inForce(old, 'AsWritten', compiled);
    return {
      before,
      ...afterwards(files, flags, { snapshot: old, compiled, dryRun: before.dryRun, isLive: false }),
    };
  }
  const objects = namesFiles(flags) ? (await loadFiles(flags, context)).objects : [];
  const read = rememberingReader();
  const live = await loadCluster(flags, context, read);
  const applied = snapshotOf(applyFiles(live.objects, objects), flags.operatorNamespace, read);
  noteAssumed(applied, context);
  const compiled = compile(live.cluster.view());
  const { dryRun } = inForce(live, 'AsWritten', compiled);
  return {
    before: { facts: live.facts, dryRun: [] },
    ...afterwards(applied, flags, { snapshot: live, compiled, dryRun, isLive: true }),
  };
}

function afterwards(
  snapshot: ClusterSnapshot,
  flags: PlanFlags,
  before: JudgedSide,
): Omit<PlanComparison, 'before'> {
  const compiled = compile(snapshot.cluster.view());
  const after = inForce(snapshot, flags.enforce ? 'DryRunToo' : 'AsWritten', compiled);
  const dryRun = flags.enforce ? [] : after.dryRun;
  return {
    after,
    waiting: waitingRoutes(compiled),
    findings: newFindings(before, { snapshot, compiled, dryRun, isLive: before.isLive }),
    noEffect: whyNothingIsEnforced(snapshot, flags),
  };
}
