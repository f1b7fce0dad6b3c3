// The differences between two snapshots: policies, connections, and which namespaces are isolated. Pure.
// Must not know how it is printed.
import type { LostGroup } from '../../analyze/class-comparison.ts';
import { compare } from '../../analyze/compare.ts';
import { type ConnectionGroup, groupsOfNamespaces } from '../../analyze/connections.ts';
import { type Endpoint, endpointKey, isWorkload, type WorkloadEnd } from '../../analyze/endpoints.ts';
import type { AnalysisInput, PolicyFacts } from '../../analyze/facts.ts';
import { offeredPorts } from '../../analyze/offered-ports.ts';
import { isolationOf } from '../../analyze/rules.ts';
import { withoutStandIns } from '../../analyze/stand-ins.ts';
import { getOrInsert, groupsBy, remembering } from '../../model/groups.ts';
import { canonicalJson, type Direction, directions, fingerprint } from '../../model/network-policy.ts';
import { compareKeys, compareText, formatKey } from '../../model/object-key.ts';
import { isPauseName, isTransitionName } from '../../model/policy-names.ts';
import { formatPortSet, noPorts, type PortSet, portSets } from '../../model/port-set.ts';
import { selectsEverything } from '../../model/selectors.ts';

/** What can happen to a policy. A renamed one has the same content under another name. */
export const policyChangeKinds = ['added', 'changed', 'renamed', 'removed'] as const;

/** A policy that is added, changed or removed. */
export interface PolicyDifference {
  readonly change: (typeof policyChangeKinds)[number];
  /** The new state; the old one if the policy is removed. */
  readonly policy: PolicyFacts;
  /** The old state, if it is changed or renamed. It has another name if a successor replaces it. */
  readonly before?: PolicyFacts;
}

/** Why to check a connection before it is gained or lost. */
export type Danger =
  /** Gained by every address of a family. */
  | 'FromAnywhere'
  /** Gained by addresses outside. */
  | 'FromOutside'
  /** Gained to every address of a family. */
  | 'ToAnywhere'
  /** Lost between ends that both exist before and after, on ports that are offered or to addresses outside. */
  | 'Lost';

/** Connections that are gained or lost. */
export interface ConnectionChange extends ConnectionGroup {
  readonly change: 'gained' | 'lost';
  /** Of lost ones: see `LostGroup`. */
  readonly deniedBy?: Direction;
  readonly dangers: readonly Danger[];
  /** Of lost ports to workloads, those that a container declares or to which a Service leads: somebody is likely to use these. */
  readonly offered?: PortSet;
  /** One of its ends is new, or removed. */
  readonly because: 'NewEnd' | 'EndGone' | 'Policies';
}

/** A namespace of which every pod becomes isolated in a direction, or is no longer isolated. */
export interface IsolationChange {
  readonly namespace: string;
  readonly direction: Direction;
  readonly isolated: boolean;
}

/** Everything that changes. */
export interface Changes {
  /** By namespace and name. */
  readonly policies: readonly PolicyDifference[];
  /** Dangerous ones first. */
  readonly connections: readonly ConnectionChange[];
  readonly isolation: readonly IsolationChange[];
}

/** Compares what is in force before and after. @param only the namespace whose changes count; if unset: all */
export function changesBetween(before: AnalysisInput, after: AnalysisInput, only?: string): Changes {
  const { gained, lost } = compare(withoutStandIns(before), withoutStandIns(after));
  const [existed, exists] = [existsIn(before), existsIn(after)];
  const splitByOffer = offerSplitter(offeredPorts(before));
  const ofNamespace = <Group extends ConnectionGroup>(groups: readonly Group[]) =>
    groupsOfNamespaces(groups, only === undefined ? [] : [only]);
  const connections = [
    ...ofNamespace(gained)
      .flatMap((group) => splitByEnds(group, existed))
      .map((part) => gain(part, existed)),
    ...ofNamespace(lost)
      .flatMap((group) => splitByEnds(group, exists))
      .flatMap(splitByOffer)
      .map((part) => lose(part, exists)),
  ];
  const isShown = ({ namespace }: { readonly namespace: string }) => only === undefined || namespace === only;
  return {
    policies: policyChanges(before.policies.filter(isShown), after.policies.filter(isShown)),
    connections: connections.sort((a, b) => b.dangers.length - a.dangers.length),
    isolation: isolationChanges(before, after).filter(isShown),
  };
}

/** Whether anything changes at all. */
export function isEmptyChange({ policies, connections, isolation }: Changes): boolean {
  return policies.length + connections.length + isolation.length === 0;
}

function policyChanges(
  before: readonly PolicyFacts[],
  after: readonly PolicyFacts[],
): readonly PolicyDifference[] {
  const was = new Map(before.map((policy) => [formatKey(policy), policy]));
  const is = new Set(after.map(formatKey));
  const removed = before.filter((policy) => !is.has(formatKey(policy)));
  const added = after.filter((policy) => !was.has(formatKey(policy)));
  const predecessors = predecessorsOf(added, removed);
  const succeeded = new Set(predecessors.values());
  return [
    ...after.flatMap((policy) => changeOf(policy, was.get(formatKey(policy)) ?? predecessors.get(policy))),
    ...removed
      .filter((policy) => !succeeded.has(policy))
      .map((policy) => ({ change: 'removed' as const, policy })),
  ].sort((a, b) => compareKeys(a.policy, b.policy));
}

/**
 * By added policy, the policy that it replaces: of the same profile, for the same pods and directions. A
 * new version may use other names. If there are several candidates, there is no replacement.
 */
function predecessorsOf(
  added: readonly PolicyFacts[],
  removed: readonly PolicyFacts[],
): ReadonlyMap<PolicyFacts, PolicyFacts> {
  const old = Map.groupBy(removed, placeOf);
  return new Map(
    [...Map.groupBy(added, placeOf)].flatMap(([place, successors]) => {
      const [successor, ...others] = successors;
      const [predecessor, ...twins] = old.get(place) ?? [];
      const isClear = others.length + twins.length === 0;
      return isClear && successor?.owner && predecessor ? [[successor, predecessor] as const] : [];
    }),
  );
}

/** What two policies have in common if one replaces the other. A temporary policy replaces no lasting one. */
function placeOf({ namespace, name, owner, spec }: PolicyFacts): string {
  const purpose = isPauseName(name) ? 'pause' : isTransitionName(name) ? 'transition' : 'lasting';
  return canonicalJson([namespace, owner?.kind, owner?.name, purpose, spec.podSelector, isolationOf(spec)]);
}

function changeOf(policy: PolicyFacts, before: PolicyFacts | undefined): readonly PolicyDifference[] {
  if (before === policy) return [];
  if (before === undefined) return [{ change: 'added', policy }];
  if (fingerprint(before.spec) !== fingerprint(policy.spec)) return [{ change: 'changed', policy, before }];
  return before.name === policy.name ? [] : [{ change: 'renamed', policy, before }];
}

/** Whether an end exists in a snapshot: its workload does, or it is addresses. */
type Exists = (end: Endpoint) => boolean;

function existsIn({ workloads }: AnalysisInput): Exists {
  const existing = new Set(workloads.map((workload) => endpointKey({ workload })));
  return (end) => !isWorkload(end) || existing.has(endpointKey({ workload: end.workload }));
}

/** Connections of new or removed ends are judged differently from those between ends that stay. */
function splitByEnds<Group extends ConnectionGroup>(group: Group, exists: Exists): readonly Group[] {
  const split = (ends: readonly Endpoint[]) =>
    [ends.filter(exists), ends.filter((end) => !exists(end))].filter((some) => some.length > 0);
  return split(group.from).flatMap((from) => split(group.to).map((to) => ({ ...group, from, to })));
}

/** Lost connections with what their targets offer; see `ConnectionChange`. */
type JudgedLoss = LostGroup & Pick<ConnectionChange, 'offered'>;

/** Divides the targets of a group by the ports that they offer. */
function offerSplitter(offered: ReadonlyMap<string, PortSet>): (group: LostGroup) => readonly JudgedLoss[] {
  // Many workloads offer the same, and are in very many groups.
  const sets = new Map<string, PortSet>();
  const offeredBy = remembering(({ workload }: WorkloadEnd) => {
    const ports = offered.get(endpointKey({ workload })) ?? noPorts;
    return getOrInsert(sets, formatPortSet(ports), () => ports);
  });
  return (group) => {
    const lost = remembering((ports: PortSet) => {
      const both = portSets.intersection(group.ports, ports);
      return { both, text: formatPortSet(both) };
    });
    const outside = group.to.filter((end) => !isWorkload(end));
    const alike = groupsBy(group.to.filter(isWorkload), (end) => lost(offeredBy(end)).text);
    return [
      ...(outside.length === 0 ? [] : [{ ...group, to: outside }]),
      ...alike.map((to) => ({ ...group, to, offered: lost(offeredBy(to[0])).both })),
    ];
  };
}

function gain(group: ConnectionGroup, existed: Exists): ConnectionChange {
  const isNew = ![...group.from, ...group.to].every(existed);
  const dangers: Danger[] = [];
  if (group.from.some(isEverywhere)) dangers.push('FromAnywhere');
  else if (group.from.some((end) => !isWorkload(end))) dangers.push('FromOutside');
  // A workload that nobody fences reaches everything from the start.
  if (!isNew && group.to.some(isEverywhere)) dangers.push('ToAnywhere');
  return { ...group, change: 'gained', dangers, because: isNew ? 'NewEnd' : 'Policies' };
}

function lose(group: JudgedLoss, exists: Exists): ConnectionChange {
  const stays = [...group.from, ...group.to].every(exists);
  return {
    ...{ ...group, change: 'lost' },
    dangers: stays && isLikelyUsed(group) ? ['Lost'] : [],
    because: stays ? 'Policies' : 'EndGone',
  };
}

/** Whether lost connections lead to ports that are offered, or to addresses outside, of which nobody knows. */
export function isLikelyUsed({ offered }: Pick<ConnectionChange, 'offered'>): boolean {
  return offered === undefined || !portSets.isEmpty(offered);
}

function isEverywhere(end: Endpoint): boolean {
  return !isWorkload(end) && (end.cidr === '0.0.0.0/0' || end.cidr === '::/0');
}

function isolationChanges(before: AnalysisInput, after: AnalysisInput): readonly IsolationChange[] {
  const [was, is] = [isolatedIn(before), isolatedIn(after)];
  const known = new Set([...before.namespaces, ...after.namespaces].map(({ name }) => name));
  return [...known].sort(compareText).flatMap((namespace) =>
    directions.flatMap((direction) => {
      const isolated = is.has(`${direction} ${namespace}`);
      return was.has(`${direction} ${namespace}`) === isolated ? [] : [{ namespace, direction, isolated }];
    }),
  );
}

function isolatedIn({ policies }: AnalysisInput): ReadonlySet<string> {
  const whole = policies.filter(({ spec }) => selectsEverything(spec.podSelector));
  return new Set(
    whole.flatMap(({ spec, namespace }) => isolationOf(spec).map((direction) => `${direction} ${namespace}`)),
  );
}
