// The temporary policies that keep connections open while a live namespace is being closed or opened: which of them are written now,
// and which are deleted. Must not know which other policies are desired.
import { aboutNamespace, type Finding } from '../model/findings.ts';
import { groupsBy } from '../model/groups.ts';
import { canonicalJson, type Direction, directions, type NonEmpty } from '../model/network-policy.ts';
import { compareKeys, type ObjectKey } from '../model/object-key.ts';
import type { ActualPolicies, DesiredPolicy, Owner } from '../model/policies.ts';
import { isTransitionName, transitionNameFor } from '../model/policy-names.ts';
import type { LabelSelector } from '../model/selectors.ts';
import { deletionOf, type PolicyChange, writeOf } from './changes.ts';
import type { PodsToOpen } from './changing-pods.ts';
import { foreignByName, freeName, nameTaken } from './free-names.ts';

/** The namespace whose temporary policies are planned. */
export interface TransitionInput {
  readonly namespace: string;
  readonly actual: ActualPolicies;
  /** Owns the temporary policies. */
  readonly transitionOwner: Owner;
}

/** What to do with temporary policies. */
export interface Transition {
  readonly open: readonly PolicyChange[];
  readonly close: readonly PolicyChange[];
  /** Findings that apply only until the plan is carried out. */
  readonly transient: readonly Finding[];
}

/** The pods that change between open and isolated, by direction. */
export type ChangingPods = ReadonlyMap<Direction, PodsToOpen>;

/** Plans the temporary policies of a namespace: none is needed if no pods change. */
export function planTransition(
  { namespace, actual, transitionOwner }: TransitionInput,
  changing: ChangingPods,
): Transition {
  const owned = actual.owned.toSorted(compareKeys);
  const present = owned.filter(({ name }) => isTransitionName(name));
  // A policy that is being deleted covers nothing any more, but keeps its name until it is gone.
  const usable = new Map(
    present.filter((policy) => !policy.beingDeleted).map((policy) => [policy.name, policy]),
  );
  const foreign = foreignByName(actual);
  const taken = new Set([
    ...foreign.keys(),
    ...present.filter((policy) => policy.beingDeleted).map(({ name }) => name),
  ]);
  const wanted = directionsByPods(changing).map((opening) => {
    // By its name: somebody may have edited the pods of one that is there.
    const name = freeName(transitionNameFor(opening.pods), taken);
    const existing = usable.get(name);
    const isForThese = existing !== undefined && isSame(existing.podSelector, opening.pods);
    const covered = directions.filter(
      (direction) =>
        opening.directions.includes(direction) || (isForThese && existing.isolates.includes(direction)),
    );
    const policy = transitionPolicy({ namespace, name }, covered, transitionOwner, opening.pods);
    return { name, pods: opening.pods, changes: writeOf(policy, existing) };
  });
  const open = wanted.flatMap(({ changes }) => changes);
  const hasPendingDeletion = owned.some(
    (policy) =>
      policy.beingDeleted &&
      !isTransitionName(policy.name) &&
      policy.isolates.some((direction) => changing.has(direction)),
  );
  // The next plan sees what is written now, and deletes it.
  const closing = open.length > 0 || hasPendingDeletion ? [] : [...usable.values()];
  const shown = [
    ...wanted.filter(({ changes }) => changes.length > 0),
    ...closing.map(({ name, podSelector }) => ({ name, pods: podSelector })),
  ];
  const renamed = shown.flatMap(({ name, pods }) => {
    const other = foreign.get(transitionNameFor(pods));
    return other === undefined ? [] : [nameTaken(other, name)];
  });
  return {
    open,
    close: closing.flatMap(deletionOf),
    transient: [...renamed, ...openedInPart(namespace, changing)],
  };
}

function isSame(a: LabelSelector, b: LabelSelector): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

/** The pods to open, each of them in the directions in which they change. */
function directionsByPods(
  changing: ChangingPods,
): readonly { readonly pods: LabelSelector; readonly directions: readonly Direction[] }[] {
  const all = [...changing].flatMap(([direction, { selectors }]) =>
    selectors.map((pods) => ({ pods, direction })),
  );
  return groupsBy(all, ({ pods }) => canonicalJson(pods)).map((alike) => ({
    pods: alike[0].pods,
    directions: alike.map(({ direction }) => direction),
  }));
}

/** The finding that not all pods can be kept open, so that some lose their connections for a moment. */
function openedInPart(namespace: string, changing: ChangingPods): readonly Finding[] {
  const partial = [...changing].filter(([, { isPartial }]) => isPartial).map(([direction]) => direction);
  if (partial.length === 0) return [];
  return [
    aboutNamespace(namespace, 'OpenedInPart', {
      message: `while \`${namespace}\` is closed or opened, some of its pods may lose connections (${partial.join(', ')}): the selectors of foreign policies are too complex to open only the pods that change`,
      hint: 'new connections work again once the policies are written; to avoid this, first give these pods a default deny of their own',
    }),
  ];
}

/** Allows everything in the given directions (at least one) to and from some pods of a namespace: `{}` is every pod. */
export function transitionPolicy(
  key: ObjectKey,
  directions: readonly Direction[],
  owner: Owner,
  podSelector: LabelSelector = {},
): DesiredPolicy {
  const everyone = [{}] as const;
  return {
    ...key,
    owner,
    description:
      'Allows everything for the few seconds in which the default policies are written or deleted, for pods that nothing else isolates before and after',
    spec: {
      podSelector,
      policyTypes: directions as NonEmpty<Direction>,
      ...(directions.includes('Ingress') ? { ingress: everyone } : {}),
      ...(directions.includes('Egress') ? { egress: everyone } : {}),
    },
  };
}
