// NetworkPolicy specs (networking.k8s.io/v1) as plain data, in the fully defaulted form that the API server stores.
// The types make one trap impossible: a rule whose peer list is empty, which would mean everyone.
import { hash } from 'node:crypto';
import type { Protocol } from './ports.ts';
import { type LabelSelector, type Labels, selects } from './selectors.ts';

/** A list with at least one entry. */
export type NonEmpty<T> = readonly [T, ...T[]];

/** The same list if it has an entry; `undefined` if it has none, because an empty list in a policy would mean everyone. */
export function nonEmpty<T>([first, ...rest]: Iterable<T>): NonEmpty<T> | undefined {
  return first === undefined ? undefined : [first, ...rest];
}

/** The directions of traffic, from the view of the selected pods. */
export const directions = ['Ingress', 'Egress'] as const;

/** A direction of traffic, from the view of the selected pods. */
export type Direction = (typeof directions)[number];

/** The other end must match both namespace and pods in one peer (two peers would be alternatives). */
export type Peer =
  | { readonly namespaceSelector?: LabelSelector; readonly podSelector?: LabelSelector }
  | { readonly ipBlock: { readonly cidr: string; readonly except?: readonly string[] } };

/** The selector of a peer's namespaces; `undefined` for addresses, and for pods of the policy's own namespace. */
export function namespaceSelectorOf(peer: Peer): LabelSelector | undefined {
  return 'ipBlock' in peer ? undefined : peer.namespaceSelector;
}

/** Whether a peer selects pods of another namespace with these labels. */
export function selectsNamespace(peer: Peer, labels: Labels): boolean {
  const selector = namespaceSelectorOf(peer);
  return selector !== undefined && selects(selector, labels);
}

/** The addresses of some CIDRs as peers; none if these are not known. */
export function blockPeers(
  cidrs: readonly string[] = [],
): readonly { readonly ipBlock: { readonly cidr: string } }[] {
  return cidrs.map((cidr) => ({ ipBlock: { cidr } }));
}

/** A pod's port; `port` absent means every port of the protocol, `endPort` makes a range. */
export interface PolicyPort {
  readonly protocol: Protocol;
  readonly port?: number | string;
  readonly endPort?: number;
}

/** An ingress rule; `from` absent means everyone, and an empty list cannot be written. */
export interface IngressRule {
  readonly from?: NonEmpty<Peer>;
  readonly ports?: NonEmpty<PolicyPort>;
}

/** An egress rule; `to` absent means everyone, and an empty list cannot be written. */
export interface EgressRule {
  readonly to?: NonEmpty<Peer>;
  readonly ports?: NonEmpty<PolicyPort>;
}

/** A rule of either direction: the other ends, and the ports of the destination; `ports` absent means all. */
export interface Rule {
  readonly peers: NonEmpty<Peer>;
  readonly ports?: NonEmpty<PolicyPort>;
}

/** What Ringfence writes: `policyTypes` always present, because its absence includes Ingress. */
export interface NetworkPolicySpec {
  readonly podSelector: LabelSelector;
  readonly policyTypes: NonEmpty<Direction>;
  readonly ingress?: NonEmpty<IngressRule>;
  readonly egress?: NonEmpty<EgressRule>;
}

/**
 * A port that nothing serves. It is added to the port names of every rule that has no number: kube-router (2.1, `policy.go` in
 * `pkg/controllers/netpol`) opens every port if a rule has no number and no selected pod has the names. Numbers instead of the
 * names would be wrong: pods may differ in what a name means.
 */
export const standInPort = 1;

/** Whether a port of a rule exists only because kube-router needs a number beside the names of the others. */
export function isStandIn(
  port: Partial<PolicyPort>,
  { ports = [] }: { readonly ports?: readonly Partial<PolicyPort>[] | undefined },
): boolean {
  if (port.port !== standInPort || port.endPort !== undefined || ports.length < 2) return false;
  return ports.every((each) => each === port || typeof each.port === 'string');
}

function withNumber(ports: NonEmpty<PolicyPort>): NonEmpty<PolicyPort> {
  const [{ protocol }] = ports;
  const isNamed = ports.every(({ port }) => typeof port === 'string');
  return isNamed ? [...ports, { protocol, port: standInPort }] : ports;
}

/**
 * The spec of a policy that allows `rules` in one direction, and nothing in the other. If all ports of a rule are names, it
 * also allows the stand-in port.
 */
export function allowing(
  podSelector: LabelSelector,
  direction: Direction,
  [first, ...rest]: NonEmpty<Rule>,
): NetworkPolicySpec {
  const common = { podSelector, policyTypes: [direction] } as const;
  return direction === 'Ingress'
    ? { ...common, ingress: [ingressRule(first), ...rest.map(ingressRule)] }
    : { ...common, egress: [egressRule(first), ...rest.map(egressRule)] };
}

function ingressRule({ peers, ports }: Rule): IngressRule {
  return { from: peers, ...(ports === undefined ? {} : { ports: withNumber(ports) }) };
}

function egressRule({ peers, ports }: Rule): EgressRule {
  return { to: peers, ...(ports === undefined ? {} : { ports: withNumber(ports) }) };
}

/** A rule for some peers on some ports; `undefined` means all ports. */
export function ruleOn(peers: NonEmpty<Peer>, ports: NonEmpty<PolicyPort> | undefined): Rule {
  return { peers, ...(ports === undefined ? {} : { ports }) };
}

/** A rule for peers, of which there may be none: then `undefined`, since an empty list would mean everyone. */
export function ruleFor(
  [first, ...rest]: readonly Peer[],
  ports: NonEmpty<PolicyPort> | undefined,
): Rule | undefined {
  return first === undefined ? undefined : ruleOn([first, ...rest], ports);
}

/**
 * A short text that is equal for equal specs. The order of keys does not matter, nor do empty lists and an empty
 * `matchLabels`, which the API server drops (`omitempty` in apimachinery `meta/v1`).
 *
 * @param spec any JSON value, as it came from the API server or from the compiler; `undefined` if there is none
 */
export function fingerprint(spec: unknown): string {
  return hash('sha256', canonicalJson(spec), 'base64url').slice(0, 22);
}

/** JSON that is the same text for equal specs. Every policy is compared by it often, so it allocates few objects. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'absent';
  const fields = value as Readonly<Record<string, unknown>>;
  let text = '';
  for (const name of Object.keys(fields).sort()) {
    const field = fields[name];
    if (field === undefined || isDropped(name, field)) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonicalJson(field)}`;
  }
  return `{${text}}`;
}

/** Other empty objects mean something: an empty `podSelector` in a peer selects every pod. */
function isDropped(name: string, field: unknown): boolean {
  if (Array.isArray(field)) return field.length === 0;
  return (
    name === 'matchLabels' && field !== null && typeof field === 'object' && Object.keys(field).length === 0
  );
}
