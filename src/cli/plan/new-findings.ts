// The findings that a change brings: what `lint` and the statuses would say only once it is made.
// Must not know where the two sides come from, nor how it is printed.
import type { Compiled } from '../../compile/compile.ts';
import { type Finding, namespaceOfFinding, severityOf } from '../../model/findings.ts';
import type { ClusterSnapshot } from '../snapshot/cluster-snapshot.ts';
import { type LintFinding, profileFindings } from '../snapshot/profile-findings.ts';
import { withoutUndiscovered } from '../snapshot/undiscovered.ts';

/** One side of a comparison. */
export interface JudgedSide {
  readonly snapshot: ClusterSnapshot;
  readonly compiled: Compiled;
  /** The namespaces in which nothing is in force yet: their findings don't count. */
  readonly dryRun: readonly string[];
  /** Files don't know what the operator discovers: that is no finding about them. */
  readonly isLive: boolean;
}

/** The errors and warnings about what is in force afterwards that are not there before. */
export function newFindings(before: JudgedSide, after: JudgedSide): readonly LintFinding[] {
  const known = new Set(findingsInForce(before).map(keyOf));
  return findingsInForce(after).filter((finding) => !known.has(keyOf(finding)));
}

function findingsInForce({ snapshot, compiled, dryRun, isLive }: JudgedSide): readonly LintFinding[] {
  const all = profileFindings(snapshot, compiled);
  const kept = isLive ? all : withoutUndiscovered(all, snapshot.cluster).findings;
  const idle = new Set<string | undefined>(dryRun);
  return kept.filter((finding) => severityOf(finding) !== 'info' && !idle.has(namespaceOfFinding(finding)));
}

function keyOf({ code, subject, path, message }: Finding): string {
  return JSON.stringify([code, subject.kind, subject.namespace, subject.name, path, message]);
}
