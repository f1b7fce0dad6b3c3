// The address ranges of the cluster: of its pods and nodes from the Nodes, of its Services from the ServiceCIDRs.
// Must not know what they are used for.
import type { Discovered } from '../api/platform-status.ts';
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

/** The ranges of one kind that are known now. */
export interface DiscoveredRanges {
  /** All of them, or why they can't be listed. */
  readonly ranges: Result<readonly string[], UnknownReason>;
  /** If they can't be listed: fewer, wider ranges that contain all of them, or the last ones that did. */
  readonly within?: readonly string[];
  /** Whether there may be others: the kind can't be read, or some object does not publish its ranges yet. */
  readonly isPartial: boolean;
}

/**
 * The ranges of each kind. Those of pods are known if Kubernetes assigns them to nodes, and not the CNI.
 *
 * @param nodes those whose claims count
 * @param previous its wider ranges stay if they contain all of the current ones: one more node must not change them
 */
export function discoverRanges(
  nodes: Observed['nodes'],
  serviceCidrs: Observed['serviceCidrs'],
  previous: NonNullable<Discovered['cluster']>,
): Readonly<Record<'podRanges' | 'serviceRanges' | 'nodeRanges', DiscoveredRanges>> {
  const pods = nodes?.map(({ podRanges }) => podRanges.map(parseCidr));
  const services = serviceCidrs?.map(({ ranges }) => ranges.map(parseCidr));
  const addresses = nodes?.map((node) => node.addresses.map(parseAddress));
  return {
    podRanges: limitedRanges('the pod ranges of the nodes', pods, previous.podsWithin),
    serviceRanges: limitedRanges('the ranges of the ServiceCIDRs', services, previous.servicesWithin),
    nodeRanges: limitedRanges('the addresses of the nodes', addresses, previous.nodesWithin),
  };
}

/** @param parsed the ranges of each object */
function limitedRanges(
  what: string,
  parsed: readonly (readonly Result<IpRange, string>[])[] | undefined,
  before: readonly string[] | undefined,
): DiscoveredRanges {
  const unlisted = (why: string, isPartial: boolean, within = before): DiscoveredRanges => ({
    ranges: failure(`${what} ${why}`),
    isPartial,
    ...(within && { within }),
  });
  if (parsed === undefined) return unlisted("can't be read", true);
  const byObject = parsed.map(valuesIn);
  const ranges = byObject.flat();
  if (ranges.length === 0) return unlisted('do not exist', true);
  const isPartial = byObject.some((each) => each.length === 0);
  const merged = mergeRanges(ranges);
  if (merged.length <= maxRanges) return { ranges: success(merged.map(formatCidr)), isPartial };
  const tooMany = `are ${merged.length} separate ranges, more than ${maxRanges}`;
  const covers = coverRanges([...valuesIn((before ?? []).map(parseCidr)), ...merged], maxRanges);
  // The ranges that contained all of them may no longer do so: then it is unknown where the others are.
  return addsTooManyPublic(covers, merged)
    ? unlisted(tooMany, true)
    : unlisted(tooMany, isPartial, covers.map(formatCidr));
}

/** Whether ranges that cover others contain too many other public addresses. */
function addsTooManyPublic(covers: readonly IpRange[], ranges: readonly IpRange[]): boolean {
  const besides = addressSets.difference(addressSetOf(covers), addressSetOf(ranges));
  const added = addressSets.intersection(besides, publicAddresses());
  return families.some((family) => countAddresses(added, family) > maxAddedPublic[family]);
}

const publicAddresses = once(() => addressesAmong(publicPeers()));
