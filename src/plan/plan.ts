// Desired against actual policies of one namespace, as phases of changes that never cut a connection that is
// allowed before and after. Pure: the same input gives the same plan, and plan(x, x) is empty.
// Must not know why a policy is desired, nor how a change is sent.
import type { CompiledNamespace } from '../compile/compile.ts';
import type { Finding } from '../model/findings.ts';
import { type Direction, directions } from '../model/network-policy.ts';
import { compareKeys, type ObjectKey, requireDistinct } from '../model/object-key.ts';
import type { ActualPolicies, DesiredPolicy, OwnedPolicy, WithheldRule } from '../model/policies.ts';
import { isPauseName, isTransitionName } from '../model/policy-names.ts';
import { selectsEverything } from '../model/selectors.ts';
import { deletionOf, type Phase, type PolicyChange, policyKey, writeOf } from './changes.ts';
import { type IsolatingPolicy, type PodsToOpen, podsThatChange } from './changing-pods.ts';
import { foreignFindings } from './foreign.ts';
import { withFreeNames } from './free-names.ts';
import { type Freeze, type Frozen, frozenAmong } from './frozen.ts';
import { pauseChanges } from './pause-changes.ts';
import { type ChangingPods, planTransition, type TransitionInput } from './transition.ts';
import { withEnforced } from './withheld.ts';

/** The input of a plan. */
export interface PlanInput extends Freeze, TransitionInput {
  readonly desired: readonly DesiredPolicy[];
  /** Rules that are not desired because a fact is missing, and stay if they are enforced. */
  readonly withheld?: readonly WithheldRule[];
  /** What would be desired, in a dry run: nothing is written for it, but obstacles are reported. */
  readonly dryRunPolicies?: readonly DesiredPolicy[];
  /**
   * Directions in which there is no live connection to protect, because the namespace is new, or because the ring was
   * complete and somebody removed it: these are closed at once.
   */
  readonly keptIsolated: readonly Direction[];
}

/** What to do, and what to report. */
export interface Plan {
  readonly phases: readonly Phase[];
  readonly findings: readonly Finding[];
  /** Findings that apply only until the plan is carried out. */
  readonly transient: readonly Finding[];
}

/** What should exist in a namespace, or is only tried, and what stays as it is. */
export function desiredState({
  enforcement,
  policies,
  withheld,
  frozenOwners,
  frozenMirrors,
  unfrozen,
  forbidden,
}: Pick<
  CompiledNamespace,
  'enforcement' | 'policies' | 'withheld' | 'frozenOwners' | 'frozenMirrors' | 'unfrozen' | 'forbidden'
>): Freeze & Pick<PlanInput, 'desired' | 'withheld' | 'dryRunPolicies'> {
  const freeze = { frozenOwners, frozenMirrors, unfrozen, forbidden };
  return enforcement === 'Enforce'
    ? { ...freeze, desired: policies, withheld }
    : { ...freeze, desired: [], dryRunPolicies: policies };
}

/**
 * Plans one namespace.
 *
 * Every allow policy also denies the rest to the pods that it selects. So if a direction of a live namespace goes from
 * open to isolated or back, a temporary policy allows everything in it until the rest is written and settled.
 */
export function plan(given: PlanInput): Plan {
  const { withheld = [], actual, dryRunPolicies, keepsAll = false } = given;
  const input = { ...given, desired: withEnforced(given.desired, withheld, actual.owned) };
  const frozen = frozenAmong(actual.owned, input.desired, input);
  const named = withFreeNames(input.desired, actual, frozen.mirrorNames);
  const tried = dryRunPolicies && withFreeNames(dryRunPolicies, actual, frozen.mirrorNames);
  requireDistinct(named.desired);
  const current = actual.owned.filter(({ name }) => !isTransitionName(name)).sort(compareKeys);
  const isKept = (policy: OwnedPolicy) => !isPause(policy) && (keepsAll || frozen.has(policy));
  const transition = planTransition(input, podsToOpen(input, current, current.filter(isKept)));
  const writes = writesOf(named.desired, current, frozen);
  const pauses = pauseChanges(writes, current);
  const allows = writes.filter((change) => !isDeny(change) && !isPause(policyKey(change)));
  const wanted = new Set(named.desired.map(({ name }) => name));
  const unwanted = current.filter((policy) => !wanted.has(policy.name) && !isKept(policy));
  const phases = [
    { purpose: 'pause', changes: pauses.first },
    { purpose: 'open', changes: transition.open },
    { purpose: 'deny', changes: writes.filter(isDeny) },
    // New policies go before changed ones: a policy may be narrowed because a new one allows the rest.
    { purpose: 'allow', changes: allows.filter(({ action }) => action === 'create') },
    { purpose: 'allow', changes: allows.filter(({ action }) => action === 'replace') },
    { purpose: 'prune', changes: unwanted.flatMap(deletionOf) },
    { purpose: 'prune', changes: pauses.last },
    { purpose: 'close', changes: transition.close },
  ] satisfies readonly Phase[];
  return {
    phases: requireUnused(phases, actual).filter((phase) => phase.changes.length > 0),
    findings: [
      ...(tried ?? named).findings,
      ...frozen.findings,
      ...foreignFindings(input.namespace, actual.foreign, isolatedBy(dryRunPolicies ?? input.desired)),
    ],
    transient: transition.transient,
  };
}

/**
 * The phases, none of which creates a policy that exists.
 *
 * @throws Error if one does: a bug in this program, which the API server would refuse again and again
 */
function requireUnused(phases: readonly Phase[], { owned, foreign }: ActualPolicies): readonly Phase[] {
  const existing = new Set([...owned, ...foreign].map(({ name }) => name));
  for (const change of phases.flatMap(({ changes }) => changes)) {
    if (change.action === 'create' && existing.has(change.policy.name))
      throw new Error(`the plan creates the policy \`${change.policy.name}\`, which exists`);
  }
  return phases;
}

/** What has to be written: a policy that stays as it is, or that only loses rules, is not replaced by the desired one. */
function writesOf(
  desired: readonly DesiredPolicy[],
  current: readonly OwnedPolicy[],
  frozen: Frozen,
): readonly PolicyChange[] {
  const byName = new Map(current.map((policy) => [policy.name, policy]));
  const written = desired.filter(({ name }) => {
    const existing = byName.get(name);
    return existing === undefined || !frozen.has(existing);
  });
  return [...written, ...frozen.narrowed].flatMap((policy) => writeOf(policy, byName.get(policy.name)));
}

/** The uids of the owners for whom a plan has something to write. */
export function ownersToWrite({ phases }: Pick<Plan, 'phases'>): ReadonlySet<string> {
  const changes = phases.flatMap((phase) => phase.changes);
  return new Set(changes.flatMap((change) => (change.action === 'delete' ? [] : [change.policy.owner.uid])));
}

/** The directions in which pods of a namespace with these policies are isolated. */
export function isolatedBy(policies: readonly DesiredPolicy[]): readonly Direction[] {
  return directions.filter((direction) => policies.some(({ spec }) => spec.policyTypes.includes(direction)));
}

/** The directions in which these policies isolate every pod of a namespace, apart from a transition. */
export function isolatedNow(owned: readonly OwnedPolicy[]): readonly Direction[] {
  const lasting = owned.filter(({ name }) => !isTransitionName(name));
  return directions.filter((direction) => isolatesEveryPod(lasting, direction));
}

function isolatesEveryPod(policies: readonly IsolatingPolicy[], direction: Direction): boolean {
  return policies.some(
    ({ isolates, podSelector }) => isolates.includes(direction) && selectsEverything(podSelector),
  );
}

/**
 * The pods that are isolated after and not before, or the other way round, while there may be connections; by direction.
 * Some pods may be isolated without the others: by foreign policies, or by policies of a profile that stayed when the
 * ring was deleted with the platform profile.
 */
function podsToOpen(
  input: PlanInput,
  current: readonly OwnedPolicy[],
  kept: readonly OwnedPolicy[],
): ChangingPods {
  const { foreign } = input.actual;
  // The policy of a pause allows everything: other policies isolate, as soon as it is deleted.
  const before = [...current.filter((policy) => !isPause(policy)), ...foreign];
  const desired = input.desired.filter((policy) => !isPause(policy));
  const after = [...desired.map(isolationOf), ...kept, ...foreign];
  const changing = new Map<Direction, PodsToOpen>();
  for (const direction of directions) {
    if (isolatesEveryPod(after, direction) && input.keptIsolated.includes(direction)) continue;
    const toOpen = podsThatChange(before, after, direction);
    if (toOpen.selectors.length > 0 || toOpen.isPartial) changing.set(direction, toOpen);
  }
  return changing;
}

function isolationOf({ spec }: DesiredPolicy): IsolatingPolicy {
  return { isolates: spec.policyTypes, podSelector: spec.podSelector };
}

function isPause({ name }: ObjectKey): boolean {
  return isPauseName(name);
}

function isDeny(change: PolicyChange): boolean {
  return (
    change.action !== 'delete' &&
    change.policy.spec.ingress === undefined &&
    change.policy.spec.egress === undefined
  );
}
