// Desired against actual policies of one namespace, as phases of changes that never cut a connection that is
// allowed before and after. Pure: the same input gives the same plan, and plan(x, x) is empty.
// Must not know why a policy is desired, nor how a change is sent.
import type { CompiledNamespace } from '../compile/compile.ts';
import type { Finding } from '../model/findings.ts';
import { groupsBy } from '../model/groups.ts';
import { canonicalJson, type Direction, directions, isolates } from '../model/network-policy.ts';
import { compareKeys, requireDistinct } from '../model/object-key.ts';
import type { ActualPolicies, DesiredPolicy, OwnedPolicy, Owner, WithheldRule } from '../model/policies.ts';
import { isTransitionName, transitionNameFor } from '../model/policy-names.ts';
import { type LabelSelector, selectsEverything } from '../model/selectors.ts';
import { deletionOf, type Phase, type PolicyChange, writeOf } from './changes.ts';
import { type IsolatingPolicy, type PodsToOpen, podsThatChange } from './changing-pods.ts';
import { foreignFindings } from './foreign.ts';
import { freeName, namesTaken, nameTaken, withFreeNames } from './free-names.ts';
import { type Freeze, type Frozen, frozenAmong } from './frozen.ts';
import { openedInPart } from './opened-in-part.ts';
import { transitionPolicy } from './transition.ts';
import { withEnforced } from './withheld.ts';

/** The input of a plan. */
export interface PlanInput extends Freeze {
  readonly namespace: string;
  readonly desired: readonly DesiredPolicy[];
  /** Rules that are not desired because a fact is missing, and stay if they are enforced. */
  readonly withheld?: readonly WithheldRule[];
  /** What would be desired, in a dry run: nothing is written for it, but obstacles are reported. */
  readonly dryRunPolicies?: readonly DesiredPolicy[];
  readonly actual: ActualPolicies;
  /** Owns the temporary policy. */
  readonly transitionOwner: Owner;
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
  const { withheld = [], actual } = given;
  const input = { ...given, desired: withEnforced(given.desired, withheld, actual.owned) };
  const frozen = frozenAmong(input.actual.owned, input.desired, input);
  const named = withFreeNames(input.desired, input.actual, frozen.mirrorNames);
  requireDistinct(named.desired);
  const owned = [...input.actual.owned].sort(compareKeys);
  const current = owned.filter((policy) => !isTransitionName(policy.name));
  const currentByName = new Map(current.map((policy) => [policy.name, policy]));
  const writes = named.desired.flatMap((policy) => {
    const existing = currentByName.get(policy.name);
    return existing !== undefined && frozen.has(existing) ? [] : writeOf(policy, existing);
  });
  const narrowings = frozen.narrowed.flatMap((policy) => writeOf(policy, currentByName.get(policy.name)));
  const wanted = new Set(named.desired.map((policy) => policy.name));
  const unwanted = current.filter((policy) => !wanted.has(policy.name) && !isKept(policy, frozen, input));
  const changing = podsToOpen(input, current, frozen);
  const temporary = planTransition(input, {
    changing,
    hasPendingDeletion: current.some(
      (policy) => policy.beingDeleted && policy.isolates.some((direction) => changing.has(direction)),
    ),
    present: owned.filter((policy) => isTransitionName(policy.name)),
  });
  const allows = [...writes.filter((change) => !isDeny(change)), ...narrowings];
  const phases: Phase[] = [
    { purpose: 'open', changes: temporary.open },
    { purpose: 'deny', changes: writes.filter(isDeny) },
    // New policies go before changed ones: a policy may be narrowed because a new one allows the rest.
    { purpose: 'allow', changes: allows.filter(({ action }) => action === 'create') },
    { purpose: 'allow', changes: allows.filter(({ action }) => action === 'replace') },
    { purpose: 'prune', changes: unwanted.flatMap(deletionOf) },
    { purpose: 'close', changes: temporary.close },
  ];
  return {
    phases: phases.filter((phase) => phase.changes.length > 0),
    findings: [
      ...(input.dryRunPolicies === undefined
        ? named
        : withFreeNames(input.dryRunPolicies, input.actual, frozen.mirrorNames)
      ).findings,
      ...frozen.findings,
      ...foreignFindings(
        input.namespace,
        input.actual.foreign,
        isolatedBy(input.dryRunPolicies ?? input.desired),
      ),
    ],
    transient: temporary.transient,
  };
}

/** The uids of the owners for whom a plan has something to write. */
export function ownersToWrite({ phases }: Pick<Plan, 'phases'>): ReadonlySet<string> {
  const changes = phases.flatMap((phase) => phase.changes);
  return new Set(changes.flatMap((change) => (change.action === 'delete' ? [] : [change.policy.owner.uid])));
}

/** Whether a policy stays although nobody desires it. */
function isKept(policy: OwnedPolicy, frozen: Frozen, { keepsAll = false }: Freeze): boolean {
  return keepsAll || frozen.has(policy);
}

/** The directions in which pods of a namespace with these policies are isolated. */
export function isolatedBy(policies: readonly DesiredPolicy[]): readonly Direction[] {
  return directions.filter((direction) => policies.some((policy) => isolates(policy.spec, direction)));
}

interface TransitionState {
  /** The directions in which pods change between open and isolated, and which pods. */
  readonly changing: ReadonlyMap<Direction, PodsToOpen>;
  /** Whether a policy that isolates such a direction waits for a finalizer. */
  readonly hasPendingDeletion: boolean;
  /** The existing temporary policies, from an earlier plan. */
  readonly present: readonly OwnedPolicy[];
}

function planTransition(
  input: PlanInput,
  { changing, hasPendingDeletion, present }: TransitionState,
): Pick<Plan, 'transient'> & { open: readonly PolicyChange[]; close: readonly PolicyChange[] } {
  const { namespace, actual, transitionOwner } = input;
  // A policy that is being deleted covers nothing any more, but keeps its name until it is gone.
  const usable = new Map(
    present
      .filter((policy) => !policy.beingDeleted)
      .map((policy) => [canonicalJson(policy.podSelector), policy]),
  );
  const beingDeleted = present.filter((policy) => policy.beingDeleted).map(({ name }) => name);
  const taken = namesTaken(actual);
  const wanted = directionsByPods(changing).map((opening) => {
    const existing = usable.get(canonicalJson(opening.pods));
    const first = transitionNameFor(opening.pods);
    const name = existing?.name ?? freeName(first, new Set([...taken, ...beingDeleted]));
    const covered = directions.filter(
      (direction) => opening.directions.includes(direction) || existing?.isolates.includes(direction),
    );
    const policy = transitionPolicy({ namespace, name }, covered, transitionOwner, opening.pods);
    return { first, name, changes: writeOf(policy, existing) };
  });
  const open = wanted.flatMap(({ changes }) => changes);
  // The next plan sees what is written now, and deletes it.
  const close = open.length > 0 || hasPendingDeletion ? [] : [...usable.values()].flatMap(deletionOf);
  const shown = [
    ...wanted.filter(({ changes }) => changes.length > 0),
    ...(close.length === 0 ? [] : usable.values()).map(({ name, podSelector }) => ({
      first: transitionNameFor(podSelector),
      name,
    })),
  ];
  return {
    open,
    close,
    transient: [
      ...shown.flatMap(({ first, name }) =>
        taken.has(first) ? [nameTaken({ namespace, name: first }, name)] : [],
      ),
      ...openedInPart(namespace, changing),
    ],
  };
}

/** The pods to open, each of them in the directions in which they change. */
function directionsByPods(
  changing: ReadonlyMap<Direction, PodsToOpen>,
): readonly { readonly pods: LabelSelector; readonly directions: readonly Direction[] }[] {
  const all = [...changing].flatMap(([direction, { selectors }]) =>
    selectors.map((pods) => ({ pods, direction })),
  );
  return groupsBy(all, ({ pods }) => canonicalJson(pods)).map((alike) => ({
    pods: alike[0].pods,
    directions: alike.map(({ direction }) => direction),
  }));
}

/**
 * The pods that are isolated after and not before, or the other way round, while there may be connections; by direction.
 * Some pods may be isolated without the others: by foreign policies, or by policies of a profile that stayed when the
 * ring was deleted with the platform profile.
 */
function podsToOpen(
  input: PlanInput,
  lasting: readonly OwnedPolicy[],
  frozen: Frozen,
): ReadonlyMap<Direction, PodsToOpen> {
  const { foreign } = input.actual;
  const before = [...lasting, ...foreign];
  const after = [
    ...input.desired.map(isolationOf),
    ...lasting.filter((policy) => isKept(policy, frozen, input)),
    ...foreign,
  ];
  const changing = new Map<Direction, PodsToOpen>();
  for (const direction of directions) {
    const isolatesEveryPod = after.some(
      ({ isolates, podSelector }) => isolates.includes(direction) && selectsEverything(podSelector),
    );
    if (isolatesEveryPod && input.keptIsolated.includes(direction)) continue;
    const toOpen = podsThatChange(before, after, direction);
    if (toOpen.selectors.length > 0 || toOpen.isPartial) changing.set(direction, toOpen);
  }
  return changing;
}

function isolationOf({ spec }: DesiredPolicy): IsolatingPolicy {
  return { isolates: spec.policyTypes, podSelector: spec.podSelector };
}

function isDeny(change: PolicyChange): boolean {
  return (
    change.action !== 'delete' &&
    change.policy.spec.ingress === undefined &&
    change.policy.spec.egress === undefined
  );
}
