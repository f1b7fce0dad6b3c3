// The two sides of one connection: which rules of the source's policies allow it, and which of the destination's.
// Looks at one pair at a time; must not know how many there are.
//
// "For a connection from a source pod to a destination pod to be allowed, both the egress policy on the source pod and
// the ingress policy on the destination pod need to allow the connection"
// (https://kubernetes.io/docs/concepts/services-networking/network-policies/).

import { contains, type Family, families, type IpRange } from '../model/ip-ranges.ts';
import type { Direction } from '../model/network-policy.ts';
import { allPorts, type PortSet, portSets } from '../model/port-set.ts';
import { type Labels, selects } from '../model/selectors.ts';
import type { PodClass } from './classes/pod-classes.ts';
import type { PolicyFacts } from './facts.ts';
import { type ContainerPort, missingNames } from './rule-ports.ts';
import { isBlock, type ParsedBlock, type ParsedPeer, type ParsedRule, type PodPeer } from './rules.ts';

/** One end of a pair: pods that no policy distinguishes, or addresses of no pod that no policy distinguishes. */
export type PairEnd = PodClass | { readonly range: IpRange };

/** A rule that lets the other end through. */
export interface RuleMatch {
  readonly rule: ParsedRule;
  readonly ports: PortSet;
  /** The port names in it that the destination does not have. */
  readonly missing: readonly string[];
  /** The families in which it does: both, unless only an `ipBlock` matches. */
  readonly families: readonly Family[];
  /** The `ipBlock` that matches the address of a pod, if nothing else in the rule matches it. */
  readonly block?: string;
}

/** The answer of one side about a pair. */
export type PairSide =
  /** Addresses: their side is not known. */
  | { readonly standing: 'Outside' }
  /** No policy applies to a pod in the host network. */
  | { readonly standing: 'HostNetwork' }
  /** No policy isolates the pods in this direction, so everything is allowed. */
  | { readonly standing: 'Open' }
  | {
      readonly standing: 'Isolated';
      readonly policies: readonly PolicyFacts[];
      /** All rules of the policies. */
      readonly rules: readonly ParsedRule[];
      /** Those that let the other end through, on any port. */
      readonly matches: readonly RuleMatch[];
    };

/** The policies that isolate a class of pods in one direction, with their rules. */
export interface Isolation {
  readonly policies: readonly PolicyFacts[];
  readonly rules: readonly ParsedRule[];
}

/** What a side needs to know of other pods and namespaces. */
export interface PolicyIndex {
  readonly isolationOf: (podClass: PodClass, direction: Direction) => Isolation;
  readonly labelsOf: (namespace: string) => Labels;
  /** The ports of a rule at a destination, see `resolvePorts`. */
  readonly portsOf: (rule: ParsedRule, declared: readonly ContainerPort[]) => PortSet;
}

/** Whether an end is pods, not addresses. */
export function isPods(end: PairEnd): end is PodClass {
  return !('range' in end);
}

/** The answer of `self` in this direction about traffic with `other`. */
export function sideOf(self: PairEnd, other: PairEnd, direction: Direction, index: PolicyIndex): PairSide {
  if (!isPods(self)) return { standing: 'Outside' };
  if (self.hostNetwork) return { standing: 'HostNetwork' };
  const { policies, rules } = index.isolationOf(self, direction);
  if (policies.length === 0) return { standing: 'Open' };
  const destination = direction === 'Ingress' ? self : other;
  const declared = isPods(destination) ? destination.ports : [];
  const matches = rules.flatMap((rule) => {
    const how = matchPeers(rule, other, index);
    return how === undefined
      ? []
      : [{ rule, ports: index.portsOf(rule, declared), missing: missingNames(rule.ports, declared), ...how }];
  });
  return { standing: 'Isolated', policies, rules, matches };
}

/** The ports on which a side allows traffic of one family. */
export function portsOfSide(side: PairSide, family: Family): PortSet {
  if (side.standing !== 'Isolated') return allPorts;
  const matches = side.matches.filter((match) => match.families.includes(family));
  return portSets.union(...matches.map(({ ports }) => ports));
}

/** The ports on which both sides allow traffic, in any family that both ends have. */
export function portsOfPair(from: PairEnd, to: PairEnd, egress: PairSide, ingress: PairSide): PortSet {
  const common = familiesOf(from).filter((family) => familiesOf(to).includes(family));
  return portSets.union(
    ...common.map((family) =>
      portSets.intersection(portsOfSide(egress, family), portsOfSide(ingress, family)),
    ),
  );
}

/** The families of an end; both if its addresses are not known. */
export function familiesOf(end: PairEnd): readonly Family[] {
  const known = isPods(end) ? end.addresses : [end.range];
  return known.length === 0
    ? families
    : families.filter((family) => known.some((range) => range.family === family));
}

type Match = Pick<RuleMatch, 'families' | 'block'>;

function matchPeers({ peers }: ParsedRule, other: PairEnd, index: PolicyIndex): Match | undefined {
  if (peers === undefined) return { families };
  if (peers.some((peer) => isSelected(peer, other, index))) return { families };
  const blocks = peers.filter(isBlock).filter((block) => familiesIn(block, other).length > 0);
  const [first] = blocks;
  if (first === undefined) return undefined;
  const matched = families.filter((family) => blocks.some((block) => block.range.family === family));
  return { families: matched, ...(isPods(other) ? { block: first.cidr } : {}) };
}

function isSelected(peer: ParsedPeer, other: PairEnd, { labelsOf }: PolicyIndex): boolean {
  return !isBlock(peer) && isPods(other) && selectsPods(peer, other.namespace, other, labelsOf);
}

/**
 * Whether a peer selects pods of a namespace. A selector does not match a pod in the host network: for most CNIs its traffic belongs to
 * its node (the concept page).
 */
export function selectsPods(
  { namespace, namespaceSelector, podSelector }: PodPeer,
  place: string,
  { labels, hostNetwork }: Pick<PodClass, 'labels' | 'hostNetwork'>,
  labelsOf: PolicyIndex['labelsOf'],
): boolean {
  if (hostNetwork) return false;
  const isThere =
    namespaceSelector === undefined ? namespace === place : selects(namespaceSelector, labelsOf(place));
  return isThere && selects(podSelector, labels);
}

/** With iptables an `ipBlock` also matches the addresses of pods; other CNIs, such as Cilium, match pods by labels only. */
function familiesIn(block: ParsedBlock, other: PairEnd): readonly Family[] {
  const addresses = isPods(other) ? other.addresses : [other.range];
  return addresses.filter((address) => isIn(block, address)).map(({ family }) => family);
}

/** Whether the block contains a range that no CIDR of a policy cuts. */
export function isIn({ range, except }: ParsedBlock, inner: IpRange): boolean {
  return contains(range, inner) && !except.some((hole) => contains(hole, inner));
}
