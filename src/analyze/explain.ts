// Why a connection is allowed or denied: the answer of each side, by which rules of which policies, and what else to know.
// Must not know how the pair was found.
import { families } from '../model/ip-ranges.ts';
import type { Direction } from '../model/network-policy.ts';
import type { ObjectKey } from '../model/object-key.ts';
import { allPorts, noPorts, type PortSet, portSetOf, portSets } from '../model/port-set.ts';
import type { PortSpec } from '../model/ports.ts';
import type { PodClass } from './classes/pod-classes.ts';
import { type Endpoint, isSelf } from './endpoints.ts';
import type { PolicyFacts } from './facts.ts';
import { type ExplainedEnd, type Note, type Noted, notesOn, selfNote } from './notes.ts';
import { resolvePorts } from './rule-ports.ts';
import {
  isPods,
  type PairEnd,
  type PairSide,
  type PolicyIndex,
  portsOfPair,
  portsOfSide,
  type RuleMatch,
  sideOf,
} from './sides.ts';

/** What is known of one pair of ends. */
export interface Explanation {
  /** The part of the question that this explanation is about. */
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** Every port on which the connection is allowed. */
  readonly ports: PortSet;
  /** The requested port, as the destination's numbers; empty if it has no port with that name. */
  readonly asked?: PortSet;
  /** Whether everything that was asked about is allowed; without a port, whether anything is. */
  readonly allowed: boolean;
  readonly egress: SideExplanation;
  readonly ingress: SideExplanation;
  readonly notes: readonly Note[];
}

/** The answer of one side. */
export interface SideExplanation {
  readonly side: Direction;
  /**
   * `Isolated`: only what a rule allows; `Open`: no policy isolates the pods in this direction; `HostNetwork`: no policy
   * applies to them; `Outside`: no pods, so nothing is known of this side; `Self`: a pod and itself, which nothing denies.
   */
  readonly standing: PairSide['standing'] | 'Self';
  /** Every port that this side allows. */
  readonly ports: PortSet;
  /** Whether it allows everything that was asked about; without a port, anything. */
  readonly allows: boolean;
  /** The rules that let the other end through, on any port, in the order of policies. */
  readonly rules: readonly RuleReason[];
  /** The policies that isolate the pods, in the order of their keys: if they deny, these are the reason. */
  readonly policies: readonly PolicyReason[];
}

/** A policy of any author; with the profile that it was generated from, if it is ours. */
export interface PolicyReason extends ObjectKey {
  readonly owner?: NonNullable<PolicyFacts['owner']>;
}

/** A rule that lets the other end through. */
export interface RuleReason {
  readonly policy: PolicyReason;
  /** Its index in `ingress` or `egress`. */
  readonly rule: number;
  /** What it allows in this pair, with names resolved. */
  readonly ports: PortSet;
  /** The port names in it that the destination does not have: they allow nothing there. */
  readonly missing: readonly string[];
  /** Whether it allows any of the requested ports. */
  readonly allows: boolean;
  /** The routes or objects that ask for the rule, if the policy is ours. */
  readonly origins: readonly string[];
  /** The `ipBlock` that matches the pod's address, if nothing else in the rule matches it. */
  readonly block?: string;
}

/** The rules on both sides that let a pair through. */
export type RulesOfPair = Readonly<Record<'egress' | 'ingress', readonly RuleReason[]>>;

/** Two ends of a pair, and what they are. */
export interface Pair {
  readonly from: ExplainedEnd;
  readonly to: ExplainedEnd;
}

/** Explains one pair. @param known of the cluster: see `podAddresses`, and its CNI */
export function explainPair(
  { from, to }: Pair,
  port: PortSpec | undefined,
  index: PolicyIndex,
  known: Pick<Noted, 'mayHoldPods' | 'cni'>,
): Explanation {
  const asked = port && numbersOf(port, to.seenAs);
  const common = { from: from.end, to: to.end, ...(asked === undefined ? {} : { asked }) };
  if (isSelf(from.end, to.end)) {
    const sides = { egress: selfSide('Egress'), ingress: selfSide('Ingress') };
    return { ...common, ...sides, ports: allPorts, allowed: true, notes: [selfNote] };
  }
  const egress = sideOf(from.seenAs, to.seenAs, 'Egress', index);
  const ingress = sideOf(to.seenAs, from.seenAs, 'Ingress', index);
  const ports = portsOfPair(from.seenAs, to.seenAs, egress, ingress);
  const allowed = allows(ports, asked);
  return {
    ...common,
    ports,
    allowed,
    egress: explainSide('Egress', egress, asked),
    ingress: explainSide('Ingress', ingress, asked),
    notes: notesOn({ from, to, egress, ingress, allowed, port, asked, ...known }),
  };
}

/** The rules of both sides that let a pair through, on any port: as `explainPair`, without the rest. */
export function rulesOfPair({ from, to }: Pair, index: PolicyIndex): RulesOfPair {
  return {
    egress: rulesOf(sideOf(from.seenAs, to.seenAs, 'Egress', index), undefined),
    ingress: rulesOf(sideOf(to.seenAs, from.seenAs, 'Ingress', index), undefined),
  };
}

function rulesOf(side: PairSide, asked: PortSet | undefined): readonly RuleReason[] {
  return (side.standing === 'Isolated' ? side.matches : []).map((match) => reasonOf(match, asked));
}

/** The state of pods in one direction, for any other end. */
export function standingOf(
  pods: PodClass,
  direction: Direction,
  index: PolicyIndex,
): Pick<SideExplanation, 'standing' | 'policies'> {
  if (pods.hostNetwork) return { standing: 'HostNetwork', policies: [] };
  const policies = index.isolationOf(pods, direction).policies.map(policyReason);
  return { standing: policies.length === 0 ? 'Open' : 'Isolated', policies };
}

function selfSide(side: Direction): SideExplanation {
  return { side, standing: 'Self', ports: allPorts, allows: true, rules: [], policies: [] };
}

function numbersOf(port: PortSpec, to: PairEnd): PortSet {
  const { protocol } = port;
  if ('interval' in port) return portSetOf(protocol, [port.interval]);
  return isPods(to) ? resolvePorts([{ protocol, port: port.name }], to.ports) : noPorts;
}

function allows(ports: PortSet, asked: PortSet | undefined): boolean {
  if (asked === undefined) return !portSets.isEmpty(ports);
  return !portSets.isEmpty(asked) && portSets.covers(ports, asked);
}

function explainSide(direction: Direction, side: PairSide, asked: PortSet | undefined): SideExplanation {
  const ports = portSets.union(...families.map((family) => portsOfSide(side, family)));
  return {
    side: direction,
    standing: side.standing,
    ports,
    allows: allows(ports, asked),
    rules: rulesOf(side, asked),
    policies: (side.standing === 'Isolated' ? side.policies : []).map(policyReason),
  };
}

function reasonOf({ rule, ports, missing, block }: RuleMatch, asked: PortSet | undefined): RuleReason {
  return {
    policy: policyReason(rule.policy),
    rule: rule.index,
    ports,
    missing,
    allows: !portSets.isEmpty(portSets.intersection(ports, asked ?? allPorts)),
    origins: rule.policy.origins?.[rule.index] ?? [],
    ...(block === undefined ? {} : { block }),
  };
}

function policyReason({ namespace, name, owner }: PolicyFacts): PolicyReason {
  return { namespace, name, ...(owner === undefined ? {} : { owner }) };
}
