// Which workloads the peers of each rule mean, on any port, whatever the other side says: found once for each different set of
// peers, never pair by pair. Must not know what both sides together allow.
import { getOrInsert } from '../model/groups.ts';
import type { Direction } from '../model/network-policy.ts';
import type { AccessSignature } from './classes/access-signatures.ts';
import type { SourceClass, TargetClass } from './classes/equivalence-classes.ts';
import type { PeerSets } from './classes/peer-sets.ts';
import type { Pods } from './classes/pod-classes.ts';
import type { PolicyFacts } from './facts.ts';
import type { PortTable } from './port-table.ts';
import type { PolicyIndex } from './sides.ts';

/** Workloads next to each other in the order of the analysis: the indexes of the first and the last of them. */
export type WorkloadRun = readonly [first: number, last: number];

/** The workloads that the peers of a rule mean; rules with the same peers share one list. */
export interface RuleOpening {
  readonly policy: PolicyFacts;
  /** Its index in `ingress` or `egress`. */
  readonly rule: number;
  readonly workloads: readonly WorkloadRun[];
}

/** One side of some pods, and the pods. */
export interface SideOfPods {
  readonly access: AccessSignature;
  readonly groups: SourceClass['groups'] | TargetClass['groups'];
}

/** What the rules of one direction name: for each rule of a policy that isolates any pods in it. */
export function ruleOpenings(
  direction: Direction,
  pods: Pods,
  peers: PeerSets,
  { isolationOf }: PolicyIndex,
): readonly RuleOpening[] {
  const rules = new Set(pods.classes.flatMap((podClass) => isolationOf(podClass, direction).rules));
  const byClass = Map.groupBy(pods.groups, ({ podClass }) => podClass.index);
  const known = new Map<string, readonly WorkloadRun[]>();
  const everyone = runsOf([...pods.groups.keys()]);
  return [...rules].map(({ policy, index, peers: named }) => {
    const sets = named?.map((peer) => peers.of(peer));
    const key = sets?.map((set) => set.index).join(' ') ?? '';
    const workloads =
      sets === undefined
        ? everyone
        : getOrInsert(known, key, () => {
            const members = new Set(sets.flatMap((set) => set.members));
            return runsOf(
              [...members].flatMap((member) => (byClass.get(member) ?? []).map((group) => group.index)),
            );
          });
    return { policy, rule: index, workloads };
  });
}

/** The workloads, by their indexes, whose side lets everyone through on every port, as if no policy isolated it. */
export function openToEveryone(sides: readonly SideOfPods[], table: PortTable): ReadonlySet<number> {
  const open = sides.filter(({ access }) => access.base === table.all);
  return new Set(open.flatMap(({ groups }) => groups.map(({ index }) => index)));
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
