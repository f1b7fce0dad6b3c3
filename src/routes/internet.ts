// The end `internet`: public addresses.
import { compareRanges, contains, formatCidr, type IpRange, parseCidr } from '../model/ip-ranges.ts';
import { type NonEmpty, nonEmpty, type Peer } from '../model/network-policy.ts';
import { once } from '../model/once.ts';
import { failure, type Result, success } from '../model/result.ts';
import { type ClusterRanges, type EndProblem, outermost, type RangeName, routeEnd } from './route-end.ts';
import { fields } from './schema/fields.ts';

/** Public addresses. */
export const internetEnd = routeEnd({
  name: 'internet',
  schema: fields({}),
  description:
    'Public addresses, IPv4 and IPv6, without those of the cluster and without private, shared, link-local and other special ranges, so the metadata address of a cloud (169.254.169.254) stays closed. A route with it waits until the ranges of the cluster are known. For private networks outside the cluster, use `cidr`.',
  peers: (_, { ranges }) => outside(ranges),
  missingFact: ({ uncertain }) => {
    const old = rangeNames.filter((name) => uncertain?.has(name));
    return old.length === 0
      ? undefined
      : { ...unknown(old), message: `${unknown(old).message}; rules that are already enforced stay` };
  },
});

const rangeNames = ['pods', 'services', 'nodes'] as const;

/** What is not globally reachable according to the IANA IPv4 Special-Purpose Address Registry (RFC 6890), and multicast. */
const specialIPv4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24'],
  ...['203.0.113.0/24', '224.0.0.0/3'],
  // In Azure, the platform itself, which gives out secrets of the machine like a metadata address; it is no public host:
  // https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
  '168.63.129.16/32',
];

/** The same for IPv6; 6to4 (2002::/16) and Teredo (in 2001::/23) embed any IPv4 address. */
const specialIPv6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

/** How IPv6-only pods reach IPv4 (RFC 6052): the last 32 bits are an IPv4 address of any range. */
const translation = once(() => read('64:ff9b::/96'));

/** The public part of one range, if nothing in it belongs to the cluster. */
interface PublicRange {
  readonly whole: IpRange;
  readonly special: readonly IpRange[];
  readonly peer: Peer;
}

/** IPv6 is 2000::/3, the only unicast addresses that IANA has assigned for the internet (RFC 4291, section 2.4). */
const publicRanges = once((): readonly PublicRange[] => {
  const special = specialIPv4.map(read);
  return [
    publicRange(read('0.0.0.0/0'), special),
    publicRange(read('2000::/3'), specialIPv6.map(read)),
    publicRange(translation(), special.map(translated)),
  ];
});

/** Every public address, whatever the cluster is. */
export function publicPeers(): readonly Peer[] {
  return publicRanges().map(({ peer }) => peer);
}

/** What is outside is unknown until it is known what is inside: a rule must not be wider because something is unknown. */
function outside(ranges: ClusterRanges): Result<NonEmpty<Peer>, EndProblem> {
  const { pods, services, nodes } = outermost(ranges);
  if (pods === undefined || services === undefined || nodes === undefined) {
    const known = { pods, services, nodes };
    return failure(unknown(rangeNames.filter((name) => known[name] === undefined)));
  }
  const cluster = [...pods, ...services, ...nodes].map(read);
  const inside = [...cluster, ...cluster.filter(({ family }) => family === 4).map(translated)];
  const peers = nonEmpty(publicRanges().flatMap((range) => without(range, inside)));
  return peers === undefined ? failure(nothingOutside) : success(peers);
}

/** A range without what is inside the cluster; nothing if all of it is inside. */
function without({ whole, special, peer }: PublicRange, inside: readonly IpRange[]): readonly Peer[] {
  if (inside.some((range) => contains(range, whole))) return [];
  const cut = inside.filter(
    (range) => contains(whole, range) && !special.some((other) => contains(other, range)),
  );
  return [cut.length === 0 ? peer : publicRange(whole, [...special, ...cut]).peer];
}

/** Leaves out exceptions that others contain. */
function publicRange(whole: IpRange, special: readonly IpRange[]): PublicRange {
  const except: IpRange[] = [];
  for (const range of special.toSorted(compareRanges)) {
    const last = except.at(-1);
    if (last === undefined || !contains(last, range)) except.push(range);
  }
  return { whole, special, peer: { ipBlock: { cidr: formatCidr(whole), except: except.map(formatCidr) } } };
}

function translated({ prefix, first, last }: IpRange): IpRange {
  const base = translation();
  return { family: 6, prefix: base.prefix + prefix, first: base.first + first, last: base.first + last };
}

/** @throws if the text is no CIDR: the ranges of the cluster were parsed before */
function read(text: string): IpRange {
  const parsed = parseCidr(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

const rangeFields = { pods: 'podRanges', services: 'serviceRanges', nodes: 'nodeRanges' } as const;

function unknown(names: readonly RangeName[]): EndProblem {
  const missing = names.map((name) => `\`spec.cluster.${rangeFields[name]}\``);
  return {
    state: 'Pending',
    reason: 'ClusterRangesUnknown',
    message: `it is unknown which addresses are outside until all ranges of the cluster are known: a platform engineer sets ${missing.join(', ')} of the platform profile`,
  };
}

const nothingOutside: EndProblem = {
  state: 'Pending',
  reason: 'ClusterRangesUnknown',
  message:
    'the ranges of the cluster contain every address: a platform engineer fixes `spec.cluster` of the platform profile',
};
