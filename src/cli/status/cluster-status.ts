// What Ringfence does in each namespace: its mode, and how far its policies and routes are.
// Must not know whether the facts come from files or from a cluster, nor how they are printed.
import type { EgressMode, Enforcement } from '../../api/egress.ts';
import { platformProfileName } from '../../api/platform-network-profile.ts';
import { platformNetworkProfileStatus } from '../../api/platform-status.ts';
import type { CompiledRoute } from '../../compile/across/route-states.ts';
import { type CompiledNamespace, compile } from '../../compile/compile.ts';
import type { OutsideReason } from '../../compile/platform/membership.ts';
import { readStatus } from '../../kube/object-status.ts';
import { parseWallTime } from '../../kube/wall-time.ts';
import { namespaceOfFinding } from '../../model/findings.ts';
import type { ObjectKey } from '../../model/object-key.ts';
import type { ActualPolicies } from '../../model/policies.ts';
import { isTransitionName } from '../../model/policy-names.ts';
import type { ClusterFacts } from '../../objects/cluster-facts.ts';
import { foreignByName, freeName } from '../../plan/free-names.ts';
import { whyNotRinged } from '../../plan/profile-status.ts';
import type { PauseFacts } from '../../view/cluster-view.ts';
import { allFindings } from '../lint/all-findings.ts';
import { type ReportedFailure, reportedFailures } from '../snapshot/failing-namespaces.ts';
import type { LoadedSnapshot } from '../snapshot/load-snapshot.ts';
import type { LintFinding } from '../snapshot/profile-findings.ts';
import { type WaitingRoute, waitingRoutes } from '../snapshot/waiting-routes.ts';
import { type OperatorSign, signBeside } from './operator-sign.ts';

/** The state of a route of a namespace. */
export interface RouteLine
  extends Pick<CompiledRoute, 'state' | 'reason' | 'message' | 'hint' | 'suggestion'> {
  readonly profile: string;
  readonly route: string;
}

/** What Ringfence does in one namespace. */
export interface NamespaceStatus {
  readonly namespace: string;
  /** Absent for a namespace that is not ringed. */
  readonly enforcement: Enforcement | undefined;
  /** Why it is not ringed. */
  readonly outside: OutsideReason | undefined;
  /** Why nothing is denied in it, not even once a dry run ends, in words. */
  readonly open: string | undefined;
  /** The strictest of the modes that apply. */
  readonly egress: EgressMode;
  /** The rule of the platform profile that applies. */
  readonly rule: string | undefined;
  /** Whether it is being closed or opened: a temporary policy keeps its connections open until the others are in place. */
  readonly changing: boolean;
  /**
   * How many policies it has besides, which files don't know, and how many it has once it is enforced. `missing`: how many of these it
   * lacks by name, where it is enforced; two that are left over do not make up for two that are missing.
   */
  readonly policies: {
    readonly existing: number | undefined;
    readonly desired: number;
    readonly missing: number | undefined;
  };
  readonly routes: readonly RouteLine[];
  /** The routes of other namespaces that it does not let in, ordered by namespace. */
  readonly waiting: readonly WaitingRoute[];
  /** When the last of the pauses ends that open it now, as RFC 3339; absent if none does. */
  readonly pausedUntil: string | undefined;
  /** All that `lint` finds. */
  readonly findings: readonly LintFinding[];
  /** Why the operator can't write its policies, as it reports it itself. */
  readonly failure: ReportedFailure | undefined;
}

/** What Ringfence does in a cluster. */
export interface ClusterStatus {
  /** Absent for files. */
  readonly operator?: OperatorSign;
  /** Ordered by name; none without a readable platform profile. */
  readonly namespaces: readonly NamespaceStatus[];
  /** The findings about the cluster as a whole. */
  readonly findings: readonly LintFinding[];
}

/** Which status is asked for. */
export interface StatusRequest {
  /** The namespace to show; if unset: all. */
  readonly only: string | undefined;
  /** The last sign of the operator; absent for files, where no policies exist either. */
  readonly operator: OperatorSign | undefined;
}

/** The status of the known namespaces. */
export function clusterStatusOf(snapshot: LoadedSnapshot, { only, operator }: StatusRequest): ClusterStatus {
  const { cluster } = snapshot;
  const compiled = compile(cluster.view());
  const waiting = waitingRoutes(compiled);
  const findings = Map.groupBy(allFindings(snapshot, compiled).findings, namespaceOfFinding);
  const failures = reportedFailures(cluster);
  return {
    ...(operator === undefined ? {} : { operator: signBeside(operator, isReported(cluster)) }),
    namespaces: compiled.namespaces
      .filter(({ namespace }) => only === undefined || namespace === only)
      .map((each) => ({
        ...statusOf(each, operator && cluster.policiesIn(each.namespace)),
        waiting: waiting.get(each.namespace) ?? [],
        findings: findings.get(each.namespace) ?? [],
        failure: failures.get(each.namespace),
      })),
    findings: findings.get(undefined) ?? [],
  };
}

function statusOf(
  compiled: CompiledNamespace,
  actual: ActualPolicies | undefined,
): Omit<NamespaceStatus, 'findings' | 'failure' | 'waiting'> {
  const { namespace, enforcement, outsideReason, egress, rule, policies, profiles, pauses } = compiled;
  const existing = actual?.owned.map(({ name }) => name);
  const lasting = existing?.filter((name) => !isTransitionName(name));
  return {
    namespace,
    enforcement,
    outside: outsideReason,
    open: whyNotRinged(compiled)?.why,
    egress,
    rule,
    changing: lasting?.length !== existing?.length,
    policies: {
      existing: lasting?.length,
      desired: policies.length,
      missing: enforcement === 'Enforce' && actual !== undefined ? missingIn(actual, policies) : undefined,
    },
    // In a dry run nothing is closed that it could open.
    pausedUntil: enforcement === 'Enforce' ? lastEnd(pauses) : undefined,
    routes: profiles.flatMap(({ profile, routes }) =>
      routes.map(({ route, state, reason, message, hint, suggestion }) => ({
        profile: profile.name,
        route: route.name,
        ...{ state, reason, message },
        ...(hint && { hint }),
        ...(suggestion && { suggestion }),
      })),
    ),
  };
}

function lastEnd(pauses: readonly PauseFacts[]): string | undefined {
  return pauses
    .flatMap(({ decoded, isOver }) => (decoded.ok && !isOver ? [decoded.value.spec.until] : []))
    .toSorted((a, b) => (parseWallTime(a) ?? 0) - (parseWallTime(b) ?? 0))
    .at(-1);
}

/** How many policies do not exist: one whose name a foreign object has is under another name. */
function missingIn(actual: ActualPolicies, desired: readonly ObjectKey[]): number {
  const existing = new Set(actual.owned.map(({ name }) => name));
  const taken = foreignByName(actual);
  return desired.filter(({ name }) => !existing.has(freeName(name, taken))).length;
}

/** Whether the operator has reported about the platform profile as it is. */
function isReported(cluster: ClusterFacts): boolean {
  const stored = cluster.stores.platforms.get({ namespace: '', name: platformProfileName });
  const { observedGeneration } = readStatus(platformNetworkProfileStatus, stored?.status);
  return observedGeneration !== undefined && observedGeneration === cluster.view().platform?.generation;
}
