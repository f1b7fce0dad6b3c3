// Objects to add, as drafts: routes of a namespace become one profile, and rules for the same pods one NetworkPolicy.
// Must not know whether they would allow anything.
import { type SuggestedRoute, suggestedName, suggestProfile } from '../../api/suggested-profile.ts';
import { groupsBy } from '../../model/groups.ts';
import { canonicalJson, type Direction } from '../../model/network-policy.ts';
import type { Labels } from '../../model/selectors.ts';
import { toYaml } from '../output/formats.ts';
import type { ClusterSnapshot } from '../snapshot/cluster-snapshot.ts';

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

/** Whether there is nothing to add. */
export function isNothing({ routes, rules }: Additions): boolean {
  return routes.length + rules.length === 0;
}

/** The objects as YAML, each with a name that no object of the snapshot has: `kubectl apply` would overwrite it. */
export function objectsOf({ routes, rules }: Additions, snapshot: ClusterSnapshot): readonly string[] {
  const profiles = groupsBy(routes, ({ namespace }) => namespace).map((drafts) => {
    const [{ namespace, name }] = drafts;
    const different = groupsBy(drafts, ({ from, to, ports }) => canonicalJson([from, to, ports]));
    const named = different.map(([route], index) => {
      const before = different.slice(0, index).filter(([other]) => other.name === route.name);
      return { ...route, name: numbered(route.name, before.length) };
    });
    return suggestProfile(namespace, freeName(name, 'AppNetworkProfile', namespace, snapshot), ...named);
  });
  const taken = new Set<string>();
  const policies = groupsBy(rules, ({ namespace, matchLabels, direction }) =>
    canonicalJson([namespace, matchLabels, direction]),
  ).map((drafts) => {
    const [{ namespace, name }] = drafts;
    const free = freeName(name, 'NetworkPolicy', namespace, snapshot, taken);
    taken.add(free);
    return policyOf(free, drafts);
  });
  return [...profiles, ...policies];
}

function policyOf(name: string, drafts: readonly [RuleDraft, ...RuleDraft[]]): string {
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

function numbered(name: string, index: number): string {
  return index === 0 ? name : suggestedName(`${name}-${index + 1}`);
}

function freeName(
  name: string,
  kind: string,
  namespace: string,
  { objects }: ClusterSnapshot,
  alsoTaken: ReadonlySet<string> = new Set(),
): string {
  const siblings = objects.filter(
    (object) => object.kind === kind && object.metadata.namespace === namespace,
  );
  const taken = new Set([...siblings.map(({ metadata }) => metadata.name), ...alsoTaken]);
  let index = 0;
  while (taken.has(numbered(name, index))) index += 1;
  return numbered(name, index);
}
