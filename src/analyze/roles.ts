// Classes of pods that are alike as sources, and those that are alike as targets, whatever namespace they are in: where
// nothing is isolated there is one of each, however many pods there are. Must not know which connections follow.
import type { RulePort } from './facts.ts';
import { PeerSets } from './peer-sets.ts';
import type { PodClass, PodGroup, Pods } from './pod-classes.ts';
import type { PortTable } from './port-table.ts';
import { type Profile, Profiles } from './profiles.ts';
import { resolvePorts } from './rule-ports.ts';
import { type Family, familiesOf, type PolicyIndex } from './sides.ts';

/** Pods that reach the same. */
export interface SourceRole {
  readonly index: number;
  readonly groups: readonly PodGroup[];
  readonly families: readonly Family[];
  /** What they may reach. */
  readonly egress: Profile;
  /** The sets by which others let them in. */
  readonly memberOf: ReadonlySet<number>;
}

/** Pods that are reached by the same. */
export interface TargetRole {
  readonly index: number;
  readonly groups: readonly PodGroup[];
  readonly families: readonly Family[];
  /** What may reach them. */
  readonly ingress: Profile;
  /** The sets by which others may reach them. */
  readonly memberOf: ReadonlySet<number>;
  /** One of them, which resolves the names of ports as all of them do. */
  readonly podClass: PodClass;
}

/** The roles of all pods. */
export interface Roles {
  readonly sources: readonly SourceRole[];
  readonly targets: readonly TargetRole[];
}

/** Finds the roles of all pods. */
export function assignRoles({ classes, groups }: Pods, index: PolicyIndex, table: PortTable): Roles {
  const sets = new PeerSets(classes, index.labelsOf);
  const egress = new Profiles('Egress', index, sets, table);
  const ingress = new Profiles('Ingress', index, sets, table);
  const sides = classes.map((podClass) => ({
    podClass,
    families: familiesOf(podClass),
    egress: egress.of(podClass),
    ingress: ingress.of(podClass),
  }));
  const letIn = membershipsIn(ingress.all, classes.length);
  const reached = membershipsIn(egress.all, classes.length);
  const names = namesIn(egress.all);
  const groupsByClass = Map.groupBy(groups, ({ podClass }) => podClass.index);
  const groupsOf = (alike: readonly { readonly podClass: PodClass }[]): readonly PodGroup[] =>
    alike
      .flatMap(({ podClass }) => groupsByClass.get(podClass.index) ?? [])
      .sort((a, b) => a.index - b.index);
  const sources = alikeBy(sides, ({ podClass, families, egress: { index: profile } }) =>
    [profile, families, letIn[podClass.index]].join(' '),
  );
  const targets = alikeBy(sides, ({ podClass, families, ingress: { index: profile } }) => {
    const named = names.map((name) => table.idOf(resolvePorts([name], podClass.ports)));
    return [profile, families, reached[podClass.index], named].join(' ');
  });
  return {
    sources: sources.map(({ first, all }, role) => {
      const memberOf = new Set(letIn[first.podClass.index]);
      return { index: role, groups: groupsOf(all), families: first.families, egress: first.egress, memberOf };
    }),
    targets: targets.map(({ first, all }, role) => {
      const { podClass, families, ingress: profile } = first;
      const memberOf = new Set(reached[podClass.index]);
      return { index: role, groups: groupsOf(all), families, ingress: profile, memberOf, podClass };
    }),
  };
}

/** Items that have the same key, in the order of the first of each. */
function alikeBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): readonly { readonly first: T; readonly all: readonly T[] }[] {
  const byKey = new Map<string, { readonly first: T; readonly all: T[] }>();
  for (const item of items) {
    const key = keyOf(item);
    const alike = byKey.get(key);
    if (alike === undefined) byKey.set(key, { first: item, all: [item] });
    else alike.all.push(item);
  }
  return [...byKey.values()];
}

/** For each class the sets that these profiles grant something to and that it is in, ascending. */
function membershipsIn(profiles: readonly Profile[], classes: number): readonly (readonly number[])[] {
  const memberOf: number[][] = Array.from({ length: classes }, () => []);
  const sets = new Set(profiles.flatMap(({ grants }) => grants.map(({ peers }) => peers)));
  for (const { index, members } of [...sets].sort((a, b) => a.index - b.index)) {
    for (const member of members) memberOf[member]?.push(index);
  }
  return memberOf;
}

function namesIn(profiles: readonly Profile[]): readonly RulePort[] {
  const lists = new Set(profiles.flatMap(({ grants }) => grants.map(({ ports }) => ports.names)));
  return [...lists].flat();
}
