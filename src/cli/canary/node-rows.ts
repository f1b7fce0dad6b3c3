// What the clients of the canary say of each node: of its ingress those that tried its listeners, of its egress its own client.
// Must not know whether policies are in force in the cluster: the operator decides that.
import { silentAfterMs } from '../../canary/canary-verdict.ts';
import type { StoredReport } from '../../canary/receipts.ts';
import { type CanaryCheck, isOfClient } from '../../canary/report.ts';
import { compareText } from '../../model/object-key.ts';

/** What is known of one direction of a node. */
export const nodeStates = ['InForce', 'NotInForce', 'CutOff', 'Unclear', 'Untried'] as const;

/** See `nodeStates`. */
export type NodeState = (typeof nodeStates)[number];

/** One node. */
export interface NodeRow {
  readonly node: string;
  readonly ingress: NodeState;
  readonly egress: NodeState;
  /** How long its client waited for the last change of a policy, in milliseconds. */
  readonly effectMs?: number;
  /** How long ago its client reported, in milliseconds; absent where no client takes part. */
  readonly reportedMs?: number;
}

/** A row for each node that a report says something of, ordered by name. */
export function nodeRows(all: readonly StoredReport[]): readonly NodeRow[] {
  const reports = all.filter(({ report }) => isOfClient(report));
  const tried = reports.flatMap(({ report }) => report.checks.map(({ node }) => node));
  const names = new Set([...reports.map(({ node }) => node), ...tried]);
  return [...names].sort(compareText).map((node) => rowOf(node, reports));
}

function rowOf(node: string, all: readonly StoredReport[]): NodeRow {
  // As for the operator, nothing follows from what was said long ago.
  const reports = all.filter((report) => ageOf(report) < silentAfterMs);
  // A client that was replaced may have left its report.
  const [newest] = all
    .filter((each) => each.node === node)
    .toSorted((one, other) => ageOf(one) - ageOf(other));
  const own = reports.find((each) => each === newest);
  const checks = (some: readonly StoredReport[], direction: CanaryCheck['direction']) =>
    some.flatMap(({ report }) => report.checks.filter((check) => check.direction === direction));
  const atItsListeners = checks(reports, 'Ingress').filter((check) => check.node === node);
  const ms = own?.report.marker?.ms;
  return {
    node,
    ingress: stateOf(atItsListeners),
    egress: stateOf(own === undefined ? [] : checks([own], 'Egress')),
    ...(ms === undefined ? {} : { effectMs: ms }),
    ...(newest?.ageMs === undefined ? {} : { reportedMs: Math.round(newest.ageMs) }),
  };
}

function ageOf({ ageMs = 0 }: StoredReport): number {
  return ageMs;
}

/** The worst that is certain. */
function stateOf(checks: readonly CanaryCheck[]): NodeState {
  const isCertain = (wanted: CanaryCheck['outcome']) =>
    checks.some(({ outcome, confirmed }) => outcome === wanted && confirmed);
  if (checks.length === 0) return 'Untried';
  if (isCertain('open')) return 'NotInForce';
  if (isCertain('cut')) return 'CutOff';
  return checks.every(({ outcome }) => outcome === 'holds') ? 'InForce' : 'Unclear';
}
