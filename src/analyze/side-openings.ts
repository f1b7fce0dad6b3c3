// Which workloads one side lets through on any port, whatever the other side says: found once for each different set of rules,
// from the sets of pods that the rules name, never pair by pair. Must not know what both sides together allow.
import { getOrInsert } from '../model/groups.ts';
import { portSets } from '../model/port-set.ts';
import type { AccessSignature, Grant } from './classes/access-signatures.ts';
import type { SourceClass, TargetClass } from './classes/equivalence-classes.ts';
import type { PodClass, Pods } from './classes/pod-classes.ts';
import type { PortTable } from './port-table.ts';
import { resolvePorts } from './rule-ports.ts';

/** Workloads next to each other in the order of the analysis: the indexes of the first and the last of them. */
export type WorkloadRun = readonly [first: number, last: number];

/** What one side of a workload lets through. */
export interface SideOpening {
  /** On any port. */
  readonly workloads: readonly WorkloadRun[];
  /** Whether everyone is let through on every port, as if no policy isolated the side. */
  readonly everyone: boolean;
}

/** One side of some pods, and the pods. */
export interface SideOfPods {
  readonly access: AccessSignature;
  readonly groups: SourceClass['groups'] | TargetClass['groups'];
}

/** For each workload, by its index, what its side lets through; pods with the same rules share one object. */
export function sideOpenings(
  sides: readonly SideOfPods[],
  pods: Pods,
  table: PortTable,
): readonly SideOpening[] {
  const byClass = Map.groupBy(pods.groups, ({ podClass }) => podClass.index);
  const indexesOf = (member: number) => (byClass.get(member) ?? []).map(({ index }) => index);
  const known = new Map<AccessSignature, SideOpening>();
  const found: SideOpening[] = pods.groups.map(() => ({ workloads: [], everyone: false }));
  for (const { access, groups } of sides) {
    const opening = getOrInsert(known, access, () => ({
      workloads:
        access.base === table.none
          ? runsOf(membersOf(access, pods.classes, table).flatMap(indexesOf))
          : runsOf([...pods.groups.keys()]),
      everyone: access.base === table.all,
    }));
    for (const { index } of groups) found[index] = opening;
  }
  return found;
}

/** The classes of pods to which any port is open, each once. */
function membersOf(
  { grants }: AccessSignature,
  classes: readonly PodClass[],
  table: PortTable,
): readonly number[] {
  const isOpen = ({ ports: { numbers, names } }: Grant, member: number) =>
    numbers !== table.none || !portSets.isEmpty(resolvePorts(names, classes[member]?.ports ?? []));
  return [
    ...new Set(grants.flatMap((grant) => grant.peers.members.filter((member) => isOpen(grant, member)))),
  ];
}

function runsOf(indexes: readonly number[]): readonly WorkloadRun[] {
  const runs: [number, number][] = [];
  for (const index of [...indexes].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === index - 1) last[1] = index;
    else runs.push([index, index]);
  }
  return runs;
}
