// Desired against actual policies of one namespace, as phases of changes that never cut a connection that is
// allowed before and after. Pure: the same input gives the same plan, and plan(x, x) is empty.
// Must not know why a policy is desired, nor how a change is sent.
import type { CompiledNamespace } from '../compile/compile.ts';
import { transitionName } from '../compile/names.ts';
import type { Finding } from '../model/findings.ts';
import { type Direction, directions, isolates } from '../model/network-policy.ts';
import { compareKeys, distinct } from '../model/object-key.ts';
import type { ActualPolicies, DesiredPolicy, OwnedPolicy, Owner, WithheldRule } from '../model/policies.ts';
import { selectsEverything } from '../model/selectors.ts';
import { deletionOf, type Phase, type PolicyChange, writeOf } from './changes.ts';
import { foreignFindings } from './foreign.ts';
import { freeName, namesTaken, nameTaken, withFreeNames } from './free-names.ts';
import { type Freeze, type Frozen, frozenAmong } from './frozen.ts';
import { transitionPolicy } from './transition.ts';
import { withEnforced } from './withheld.ts';

/** What a plan is made from. */
export interface PlanInput extends Freeze {
  readonly namespace: string;
  readonly desired: readonly DesiredPolicy[];
  /** What is not desired for lack of a fact, and stays where it is enforced already. */
  readonly withheld?: readonly WithheldRule[];
  /** What would be desired, in a dry run: nothing is done for it, but what stands in its way is told. */
  readonly rehearsed?: readonly DesiredPolicy[];
  readonly actual: ActualPolicies;
  /** Owns the temporary policy. */
  readonly platform: Owner;
  /**
   * Directions in which no live connection is to be protected, because the namespace is new, or because the ring was
   * complete and somebody took it away: these are closed at once.
   */
  readonly heldClosed: readonly Direction[];
}

/** What to do, and what to tell. */
export interface Plan {
  readonly phases: readonly Phase[];
  readonly findings: readonly Finding[];
  /** What is to be told too, but only until the plan is carried out. */
  readonly passing: readonly Finding[];
}

/** What is to be there, or only tried, in a namespace, and what stays as it is. */
export function wantedIn({
  enforcement,
  policies,
  withheld,
  frozenOwners,
  frozenMirrors,
  thawed,
  forbidden,
}: Pick<
  CompiledNamespace,
  'enforcement' | 'policies' | 'withheld' | 'frozenOwners' | 'frozenMirrors' | 'thawed' | 'forbidden'
>): Freeze & Pick<PlanInput, 'desired' | 'withheld' | 'rehearsed'> {
  const freeze = { frozenOwners, frozenMirrors, thawed, forbidden };
  return enforcement === 'Enforce'
    ? { ...freeze, desired: policies, withheld }
    : { ...freeze, desired: [], rehearsed: policies };
}

/**
 * Plans one namespace.
 *
 * Every allow policy is itself a deny for the pods that it selects: where a direction of a live namespace goes from
 * open to isolated or back, a temporary policy allows everything in it until the rest is written and settled.
 */
export function plan(given: PlanInput): Plan {
  const { withheld = [], actual } = given;
  const input = { ...given, desired: withEnforced(given.desired, withheld, actual.owned) };
  const frozen = frozenAmong(input.actual.owned, input.desired, input);
  const named = withFreeNames(input.desired, input.actual, frozen.mirrorNames);
  distinct(named.desired);
  const owned = [...input.actual.owned].sort(compareKeys);
  const lasting = owned.filter((policy) => !isTransitionName(policy.name));
  const lastingByName = new Map(lasting.map((policy) => [policy.name, policy]));
  const writes = named.desired.flatMap((policy) => {
    const existing = lastingByName.get(policy.name);
    return existing !== undefined && frozen.has(existing) ? [] : writeOf(policy, existing);
  });
  const narrowings = frozen.narrowed.flatMap((policy) => writeOf(policy, lastingByName.get(policy.name)));
  const wanted = new Set(named.desired.map((policy) => policy.name));
  const unwanted = lasting.filter((policy) => !wanted.has(policy.name) && !stays(policy, frozen, input));
  const changing = changingDirections(input, lasting, frozen);
  const temporary = planTransition(input, {
    changing,
    isAwaited: changing.some((direction) =>
      lasting.some((policy) => policy.beingDeleted && policy.isolates.includes(direction)),
    ),
    present: owned.filter((policy) => isTransitionName(policy.name)),
  });
  const allows = [...writes.filter((change) => !isDeny(change)), ...narrowings];
  const phases: Phase[] = [
    { purpose: 'open', changes: temporary.open },
    { purpose: 'deny', changes: writes.filter(isDeny) },
    // What is new goes before what changes: a policy may be narrowed because a new one allows the rest.
    { purpose: 'allow', changes: allows.filter(({ action }) => action === 'create') },
    { purpose: 'allow', changes: allows.filter(({ action }) => action === 'replace') },
    { purpose: 'prune', changes: unwanted.flatMap(deletionOf) },
    { purpose: 'close', changes: temporary.close },
  ];
  return {
    phases: phases.filter((phase) => phase.changes.length > 0),
    findings: [
      ...(input.rehearsed === undefined
        ? named
        : withFreeNames(input.rehearsed, input.actual, frozen.mirrorNames)
      ).findings,
      ...frozen.findings,
      ...foreignFindings(input.namespace, input.actual.foreign, isolatedBy(input.rehearsed ?? input.desired)),
    ],
    passing: temporary.passing,
  };
}

/** The uids of the owners for whom a plan has something to write. */
export function ownersLacking({ phases }: Pick<Plan, 'phases'>): ReadonlySet<string> {
  const changes = phases.flatMap((phase) => phase.changes);
  return new Set(changes.flatMap((change) => (change.action === 'delete' ? [] : [change.policy.owner.uid])));
}

/** Whether a policy is left although nobody desires it. */
function stays(policy: OwnedPolicy, frozen: Frozen, { keepsAll = false }: Freeze): boolean {
  return keepsAll || frozen.has(policy);
}

/** The directions in which pods of a namespace with these policies are isolated. */
export function isolatedBy(policies: readonly DesiredPolicy[]): readonly Direction[] {
  return directions.filter((direction) => policies.some((policy) => isolates(policy.spec, direction)));
}

interface TransitionState {
  readonly changing: readonly Direction[];
  /** Whether a policy that isolates such a direction waits for a finalizer. */
  readonly isAwaited: boolean;
  /** The temporary policies that there are, from a plan before this one. */
  readonly present: readonly OwnedPolicy[];
}

function planTransition(
  { namespace, actual, platform }: PlanInput,
  { changing, isAwaited, present }: TransitionState,
): Pick<Plan, 'passing'> & { open: readonly PolicyChange[]; close: readonly PolicyChange[] } {
  // One that is on its way out covers nothing any more, and has its name until it is gone.
  const usable = present.filter((policy) => !policy.beingDeleted);
  const dying = present.filter((policy) => policy.beingDeleted).map(({ name }) => name);
  const taken = namesTaken(actual);
  const name = usable[0]?.name ?? freeName(transitionName, new Set([...taken, ...dying]));
  const covered = directions.filter(
    (direction) =>
      changing.includes(direction) || usable.some((policy) => policy.isolates.includes(direction)),
  );
  const open =
    changing.length === 0 ? [] : writeOf(transitionPolicy({ namespace, name }, covered, platform), usable[0]);
  // What is written now is deleted by the plan that is made from seeing it.
  const close = open.length > 0 || isAwaited ? [] : usable.flatMap(deletionOf);
  const isTold = taken.has(transitionName) && open.length + close.length > 0;
  return { open, close, passing: isTold ? [nameTaken({ namespace, name: transitionName }, name)] : [] };
}

/**
 * The directions in which other pods are isolated afterwards than before, while there may be connections. Some pods may be
 * isolated without the others: by the policies of a profile that were left when the ring went with the platform profile.
 */
function changingDirections(
  input: PlanInput,
  lasting: readonly OwnedPolicy[],
  frozen: Frozen,
): readonly Direction[] {
  const staying = lasting.filter((policy) => stays(policy, frozen, input));
  return directions.filter((direction) => {
    const willBe = reachOf([...input.desired.map(isolationOf), ...staying], direction);
    if (reachOf(lasting, direction) === willBe) return false;
    if (willBe === 'every pod' && input.heldClosed.includes(direction)) return false;
    // Where somebody else's policy isolates every pod already, a temporary opening would be a hole.
    return !input.actual.foreign.some((policy) => policy.isolatesEveryPod.includes(direction));
  });
}

/** The pods that some policies isolate in a direction. */
function reachOf(policies: readonly Isolation[], direction: Direction): 'every pod' | 'some pods' | 'no pod' {
  const isolating = policies.filter((policy) => policy.isolates.includes(direction));
  if (isolating.some((policy) => policy.selectsEveryPod)) return 'every pod';
  return isolating.length > 0 ? 'some pods' : 'no pod';
}

type Isolation = Pick<OwnedPolicy, 'isolates' | 'selectsEveryPod'>;

function isolationOf({ spec }: DesiredPolicy): Isolation {
  return { isolates: spec.policyTypes, selectsEveryPod: selectsEverything(spec.podSelector) };
}

function isDeny(change: PolicyChange): boolean {
  return (
    change.action !== 'delete' &&
    change.policy.spec.ingress === undefined &&
    change.policy.spec.egress === undefined
  );
}

function isTransitionName(name: string): boolean {
  return name === transitionName || name.startsWith(`${transitionName}-`);
}
