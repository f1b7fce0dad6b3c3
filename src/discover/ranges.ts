// The address ranges of the cluster: of its pods and nodes from the Nodes, of its Services from the ServiceCIDRs.
// Must not know what they are used for.
import { addressSetOf, addressSets, countAddresses } from '../model/address-set.ts';
import { families, formatCidr, type IpRange, parseAddress, parseCidr } from '../model/ip-ranges.ts';
import { coverRanges, mergeRanges } from '../model/merged-ranges.ts';
import { once } from '../model/once.ts';
import { addressesAmong } from '../model/reach.ts';
import { failure, type Result, success, valuesIn } from '../model/result.ts';
import { publicPeers } from '../routes/internet.ts';
import type { Observed, UnknownReason } from './observed.ts';

/** An autoscaler must not rewrite every policy: if there are more separate ranges, the profile has to name them. */
export const maxRanges = 32;

/**
 * How many public addresses without a known owner fewer, wider ranges may contain: one in 4,000 of IPv4, and thousands of times what
 * one site gets of IPv6. With more, `internet` would leave out too much, and a single node could exclude all of it.
 */
const maxAddedPublic = { 4: 1n << 20n, 6: 1n << 96n } as const;

/** The ranges that are known now. */
export interface DiscoveredRanges {
  /** All of them, or why they can't be listed. */
  readonly ranges: Result<readonly string[], UnknownReason>;
  /** If there are too many to list: fewer, wider ranges that contain all of them. */
  readonly within?: readonly string[];
  /** Whether there may be others: the kind can't be read, or some object does not publish its ranges yet. */
  readonly isPartial: boolean;
}

/**
 * The ranges of node addresses.
 *
 * @param within ranges that contained all of them before: one more node must not change them
 */
export function discoverNodeRanges(
  nodes: Observed['nodes'],
  within: readonly string[] = [],
): DiscoveredRanges {
  const addresses = nodes?.map((node) => node.addresses.map(parseAddress));
  return limitedRanges('the addresses of the nodes', addresses, within);
}

/** The ranges of pod addresses, if Kubernetes assigns them to nodes and not the CNI; as `nodeRanges`. */
export function discoverPodRanges(
  nodes: Observed['nodes'],
  within: readonly string[] = [],
): DiscoveredRanges {
  return limitedRanges(
    'the pod ranges of the nodes',
    nodes?.map((node) => node.podRanges.map(parseCidr)),
    within,
  );
}

/** The ranges of Service addresses; as `nodeRanges`. */
export function discoverServiceRanges(
  cidrs: Observed['serviceCidrs'],
  within: readonly string[] = [],
): DiscoveredRanges {
  return limitedRanges(
    'the ranges of the ServiceCIDRs',
    cidrs?.map((cidr) => cidr.ranges.map(parseCidr)),
    within,
  );
}

/** @param parsed the ranges of each object */
function limitedRanges(
  what: string,
  parsed: readonly (readonly Result<IpRange, string>[])[] | undefined,
  before: readonly string[],
): DiscoveredRanges {
  if (parsed === undefined) return { ranges: failure(`${what} can't be read`), isPartial: true };
  const byObject = parsed.map(valuesIn);
  const ranges = byObject.flat();
  const isPartial = byObject.some((each) => each.length === 0) || ranges.length === 0;
  if (ranges.length === 0) return { ranges: failure(`${what} do not exist`), isPartial };
  const merged = mergeRanges(ranges);
  if (merged.length <= maxRanges) return { ranges: success(merged.map(formatCidr)), isPartial };
  const failed = failure(`${what} are ${merged.length} separate ranges, more than ${maxRanges}`);
  const old = valuesIn(before.map(parseCidr));
  const covers = coverRanges([...old, ...merged], maxRanges);
  // The ranges that contained all of them may no longer do so: then it is unknown where the others are.
  if (addsTooManyPublic(covers, merged)) return { ranges: failed, isPartial: true };
  return { ranges: failed, within: covers.map(formatCidr), isPartial };
}

/** Whether ranges that cover others contain too many other public addresses. */
function addsTooManyPublic(covers: readonly IpRange[], ranges: readonly IpRange[]): boolean {
  const besides = addressSets.difference(addressSetOf(covers), addressSetOf(ranges));
  const added = addressSets.intersection(besides, publicAddresses());
  return families.some((family) => countAddresses(added, family) > maxAddedPublic[family]);
}

const publicAddresses = once(() => addressesAmong(publicPeers()));
