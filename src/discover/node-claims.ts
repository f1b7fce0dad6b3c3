// What Nodes claim, without what no node can have. A kubelet writes the addresses of its own Node, and its pod ranges
// as long as it has none (NodeRestriction only protects some labels, taints and the Nodes of others). A compromised node
// must not turn the address at which a cloud gives out credentials into one of the cluster, nor the whole internet into its pods.
// Must not know what ranges are used for.

import { platformProfileName } from '../api/platform-network-profile.ts';
import type { Finding } from '../model/findings.ts';
import { contains, type IpRange, parseAddress, parseCidr } from '../model/ip-ranges.ts';
import { compareText } from '../model/object-key.ts';
import { once } from '../model/once.ts';
import { valuesIn } from '../model/result.ts';
import type { NodeFacts } from '../model/services.ts';
import type { UncertainFact } from '../view/cluster-view.ts';

/** The maximum that a machine gets from its cloud or its kubelet: 15 interfaces with an address of each family. */
export const maxAddresses = 32;

/** kube-controller-manager gives a node a /24 or a /64 by default; no node has room for more pods than these ranges contain. */
const widestPodRange = { 4: 16, 6: 48 } as const;

/** Ranges without hosts: this network, loopback, link-local, multicast, reserved (RFC 6890), and where clouds give out secrets. */
const nonHostRanges = once(() => {
  const cidrs = [
    ...['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'],
    ...['::/127', 'fe80::/10', 'ff00::/8'],
    ...['100.100.100.200/32', '168.63.129.16/32', 'fd00:ec2::254/128'],
  ];
  return valuesIn(cidrs.map(parseCidr));
});

/** The claims of Nodes that count, and findings about those that don't. */
export interface NodeClaims {
  readonly nodes: readonly NodeFacts[];
  /** The facts that may be larger than is known: a claim that is too wide may be right in part. */
  readonly uncertain: ReadonlySet<UncertainFact>;
  readonly findings: readonly Finding[];
}

/** The Nodes without what no node can have; each such claim is a finding. */
export function plausibleNodes(nodes: readonly NodeFacts[]): NodeClaims {
  const checked = [...nodes].sort((a, b) => compareText(a.name, b.name)).map(checkNode);
  return {
    nodes: checked.map(({ node }) => node),
    uncertain: new Set<UncertainFact>([
      ...(nodes.some(hasTooManyAddresses) ? (['nodeRanges'] as const) : []),
      ...(nodes.some(({ podRanges }) => podRanges.some(isTooWide)) ? (['podRanges'] as const) : []),
    ]),
    findings: checked.flatMap(({ findings }) => findings),
  };
}

function checkNode(node: NodeFacts): { readonly node: NodeFacts; readonly findings: readonly Finding[] } {
  const { name, addresses, podRanges } = node;
  const hasTooMany = hasTooManyAddresses(node);
  const strangeAddresses = hasTooMany ? addresses : addresses.filter(isNonHostAddress);
  const strangeRanges = podRanges.filter(isImplausiblePodRange);
  const addressTexts = hasTooMany
    ? [`${addresses.length} addresses, more than ${maxAddresses}`]
    : strangeAddresses.map((address) => `the address \`${address}\``);
  return {
    node: {
      name,
      addresses: addresses.filter((address) => !strangeAddresses.includes(address)),
      podRanges: podRanges.filter((range) => !strangeRanges.includes(range)),
    },
    findings: [
      ...addressTexts.map((what) => implausible(name, what, 'spec.cluster.nodeRanges')),
      ...strangeRanges.map((range) =>
        implausible(name, `the pod range \`${range}\``, 'spec.cluster.podRanges'),
      ),
    ],
  };
}

/** Something that is not an address, such as a name, is silently left out later. */
function isNonHostAddress(text: string): boolean {
  const parsed = parseAddress(text);
  return parsed.ok && nonHostRanges().some((range) => contains(range, parsed.value));
}

function hasTooManyAddresses({ addresses }: NodeFacts): boolean {
  return addresses.length > maxAddresses;
}

function isTooWide(text: string): boolean {
  const parsed = parseCidr(text);
  return parsed.ok && parsed.value.prefix < widestPodRange[parsed.value.family];
}

function isImplausiblePodRange(text: string): boolean {
  const parsed = parseCidr(text);
  if (!parsed.ok) return false;
  return isTooWide(text) || nonHostRanges().some((range) => overlaps(range, parsed.value));
}

function overlaps(a: IpRange, b: IpRange): boolean {
  return contains(a, b) || contains(b, a);
}

function implausible(node: string, what: string, path: string): Finding {
  return {
    code: 'NodeImplausible',
    subject: { kind: 'PlatformNetworkProfile', name: platformProfileName },
    path,
    message: `Node \`${node}\` claims ${what}, which no node can have: it does not count`,
    hint: `find out who wrote it, or set \`${path}\` of the platform profile`,
  };
}
