// What to add, as drafts: routes of a namespace become entries of one of its profiles, or a new profile if it has none; rules for the same
// pods become one NetworkPolicy. Must not know whether they would allow anything.
import { freeSuggestedName, type SuggestedRoute } from '../../api/suggested-profile.ts';
import { fittingProfile, withDistinctNames } from '../../compile/local/fitting-profile.ts';
import { groupsBy } from '../../model/groups.ts';
import { canonicalJson, type Direction, type NonEmpty } from '../../model/network-policy.ts';
import type { Labels } from '../../model/selectors.ts';
import { objectsIn } from '../../view/cluster-view.ts';
import { toYaml } from '../output/formats.ts';
import type { ClusterSnapshot } from '../snapshot/cluster-snapshot.ts';
import {
  newObject,
  newProfile,
  profileObject,
  profileWith,
  type SuggestedChange,
} from './suggested-changes.ts';

/** A route to add to a namespace. */
export interface RouteDraft extends SuggestedRoute {
  readonly namespace: string;
}

/** A rule to add for some pods of a namespace. */
export interface RuleDraft {
  readonly namespace: string;
  readonly name: string;
  readonly matchLabels: Labels;
  readonly direction: Direction;
  readonly peer: object;
  /** Absent: every port. */
  readonly ports: readonly object[] | undefined;
}

/** What to add together. */
export interface Additions {
  readonly routes: readonly RouteDraft[];
  readonly rules: readonly RuleDraft[];
}

/** What to write: one change for each namespace with routes, and one for each new policy. */
export function changesFor(
  { routes, rules }: Additions,
  snapshot: ClusterSnapshot,
): readonly SuggestedChange[] {
  const profiles = groupsBy(routes, ({ namespace }) => namespace).map((drafts) =>
    changeForRoutes(drafts, snapshot),
  );
  const taken = new Set<string>();
  const policies = groupsBy(rules, ({ namespace, matchLabels, direction }) =>
    canonicalJson([namespace, matchLabels, direction]),
  ).map((drafts) => {
    const [{ namespace, name }] = drafts;
    const free = freeSuggestedName(name, [...namesOf('NetworkPolicy', namespace, snapshot), ...taken]);
    taken.add(free);
    return newObject(policyOf(free, drafts));
  });
  return [...profiles, ...policies];
}

/** Routes to add to one namespace: to the profile that fits best, or as a new one. */
function changeForRoutes(drafts: NonEmpty<RouteDraft>, snapshot: ClusterSnapshot): SuggestedChange {
  const [{ namespace, name }] = drafts;
  const different = groupsBy(drafts, ({ from, to }) => canonicalJson([from, to])).map(withAllPorts);
  const fitting = fittingProfile(objectsIn(snapshot.cluster.view().profiles, namespace), different);
  const existing = fitting && profileObject(fitting.profile, snapshot);
  if (fitting !== undefined && existing !== undefined) return profileWith(existing, fitting.added);
  // With the name of another object, it would overwrite that.
  const free = freeSuggestedName(name, namesOf('AppNetworkProfile', namespace, snapshot));
  return newProfile({ namespace, name: free }, withDistinctNames(different));
}

function policyOf(name: string, drafts: NonEmpty<RuleDraft>): string {
  const [{ namespace, matchLabels, direction }] = drafts;
  const [side, end] = direction === 'Ingress' ? ['ingress', 'from'] : ['egress', 'to'];
  const rules = groupsBy(drafts, ({ ports }) => canonicalJson([ports])).map((alike) => {
    const peers = groupsBy(alike, ({ peer }) => canonicalJson(peer)).map(([{ peer }]) => peer);
    const { ports } = alike[0];
    return { [end]: peers, ...(ports === undefined ? {} : { ports }) };
  });
  return toYaml({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace },
    spec: { podSelector: { matchLabels }, policyTypes: [direction], [side]: rules },
  }).trimEnd();
}

/** One route for the same ends. */
function withAllPorts(drafts: NonEmpty<RouteDraft>): SuggestedRoute {
  const [{ name, from, to }] = drafts;
  const ports = drafts.every((draft) => draft.ports !== undefined)
    ? [...new Set(drafts.flatMap((draft) => draft.ports ?? []))]
    : undefined;
  return { name, from, to, ports };
}

function namesOf(kind: string, namespace: string, { objects }: ClusterSnapshot): readonly string[] {
  return objects.flatMap((object) =>
    object.kind === kind && object.metadata.namespace === namespace ? [object.metadata.name] : [],
  );
}
