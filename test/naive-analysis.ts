// The analysis in its plainest form: one pod, one other, one port at a time, straight from the words of the API's docs.
// Shares no code with src/analyze on purpose. Nothing here is fast.
import ipaddr from 'ipaddr.js';
import type { AnalysisInput, PodFacts, PolicyFacts, PolicyPeer, PolicyRule } from '../src/analyze/facts.ts';
import type { RulePort } from '../src/analyze/rule-ports.ts';
import type { Protocol } from '../src/model/ports.ts';
import type { LabelSelector, Labels } from '../src/model/selectors.ts';

/** One pod, or one address that is no pod's. */
export type NaiveEnd = { readonly namespace: string; readonly pod: PodFacts } | { readonly address: string };

/** Whether `from` may talk to `to` on this port. */
export type NaiveAnalysis = (from: NaiveEnd, to: NaiveEnd, protocol: Protocol, port: number) => boolean;

/** Evaluates an input for one connection at a time. */
export function naiveAnalysis(input: AnalysisInput): NaiveAnalysis {
  const read = new Reader();
  return (from, to, protocol, port) =>
    (['ipv4', 'ipv6'] as const).some((family) => {
      if (!mayHave(from, family, read) || !mayHave(to, family, read)) return false;
      const asked = { protocol, port, to, family, read };
      return sideAllows(input, from, to, 'Egress', asked) && sideAllows(input, to, from, 'Ingress', asked);
    });
}

type Block = NonNullable<PolicyPeer['ipBlock']>;

interface Asked {
  readonly protocol: Protocol;
  readonly port: number;
  readonly to: NaiveEnd;
  readonly family: 'ipv4' | 'ipv6';
  readonly read: Reader;
}

function addressesOf(end: NaiveEnd): readonly string[] {
  return 'address' in end ? [end.address] : end.pod.addresses;
}

function mayHave(end: NaiveEnd, family: Asked['family'], read: Reader): boolean {
  const addresses = addressesOf(end);
  return addresses.length === 0 || addresses.some((address) => read.address(address).kind() === family);
}

function sideAllows(
  input: AnalysisInput,
  self: NaiveEnd,
  other: NaiveEnd,
  direction: 'Ingress' | 'Egress',
  asked: Asked,
): boolean {
  if ('address' in self || self.pod.hostNetwork) return true;
  const isolating = input.policies.filter(
    ({ namespace, spec }) =>
      namespace === self.namespace &&
      naivelySelects(spec.podSelector, self.pod.labels) &&
      affects(spec, direction),
  );
  if (isolating.length === 0) return true;
  return isolating.some((policy) => {
    const rules: readonly PolicyRule[] =
      (direction === 'Ingress' ? policy.spec.ingress : policy.spec.egress) ?? [];
    return rules.some(
      (rule) =>
        peersMatch(input, policy, rule.from ?? rule.to, other, asked) && portsMatch(rule.ports, asked),
    );
  });
}

function affects({ policyTypes, egress }: PolicyFacts['spec'], direction: 'Ingress' | 'Egress'): boolean {
  if (policyTypes !== undefined && policyTypes.length > 0) return policyTypes.includes(direction);
  return direction === 'Ingress' || (egress ?? []).length > 0;
}

function peersMatch(
  input: AnalysisInput,
  policy: PolicyFacts,
  peers: readonly PolicyPeer[] | undefined,
  other: NaiveEnd,
  asked: Asked,
): boolean {
  if (peers === undefined || peers.length === 0) return true;
  return peers.some((peer) => {
    const { ipBlock } = peer;
    if (ipBlock === undefined) return isSelected(input, policy, peer, other);
    return addressesOf(other).some((address) => isInBlock(ipBlock, address, asked));
  });
}

function isInBlock({ cidr, except = [] }: Block, address: string, { family, read }: Asked): boolean {
  const parsed = read.address(address);
  if (parsed.kind() !== family) return false;
  const isIn = (text: string) => {
    const [network, prefix] = read.cidr(text);
    return network.kind() === family && parsed.match(network, prefix);
  };
  return isIn(cidr) && !except.some(isIn);
}

/** Reads each text once: reading is all that takes time here. */
class Reader {
  readonly address = once((text) => ipaddr.parse(text));
  readonly cidr = once((text) => ipaddr.parseCIDR(text));
}

function once<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const value = known.get(text) ?? read(text);
    known.set(text, value);
    return value;
  };
}

function isSelected(
  input: AnalysisInput,
  policy: PolicyFacts,
  { namespaceSelector, podSelector }: PolicyPeer,
  other: NaiveEnd,
): boolean {
  if ('address' in other || other.pod.hostNetwork) return false;
  if (namespaceSelector === undefined) {
    if (other.namespace !== policy.namespace) return false;
  } else {
    const labels = input.namespaces.find(({ name }) => name === other.namespace)?.labels ?? {};
    const all = { ...labels, 'kubernetes.io/metadata.name': other.namespace };
    if (!naivelySelects(namespaceSelector, all)) return false;
  }
  return podSelector === undefined || naivelySelects(podSelector, other.pod.labels);
}

function portsMatch(ports: readonly RulePort[] | undefined, { protocol, port, to }: Asked): boolean {
  if (ports === undefined || ports.length === 0) return true;
  return ports.some((rule) => {
    if ((rule.protocol ?? 'TCP') !== protocol) return false;
    if (rule.port === undefined) return true;
    if (typeof rule.port === 'number') return rule.port <= port && port <= (rule.endPort ?? rule.port);
    return (
      'pod' in to &&
      to.pod.ports.some(
        (each) => each.name === rule.port && each.protocol === protocol && each.number === port,
      )
    );
  });
}

/** A label selector, requirement by requirement. */
function naivelySelects({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean {
  const expressions = [
    ...Object.entries(matchLabels).map(([key, value]) => ({ key, operator: 'In', values: [value] })),
    ...matchExpressions,
  ];
  return expressions.every(({ key, operator, values = [] }) => {
    const isThere = Object.hasOwn(labels, key);
    const isListed = isThere && values.includes(labels[key] ?? '');
    return { In: isListed, NotIn: !isListed, Exists: isThere, DoesNotExist: !isThere }[operator];
  });
}
