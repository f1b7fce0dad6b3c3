// What in the cluster has an address, as far as the platform profile and what was discovered tell.
// Must not know routes, nor single Services and pods.
import { contains, type IpRange, parseStoredCidr } from '../../model/ip-ranges.ts';
import type { Peer, Rule } from '../../model/network-policy.ts';
import type { RangeName, RouteSide } from '../../routes/route-end.ts';
import type { ClusterServices } from './cluster-services.ts';

/** What has an address: the API server, or the control plane as a source; or everything of a range. */
export type AddressOwner = 'kubernetesAPI' | RangeName;

/**
 * What has all of these addresses; `undefined` if nothing in the cluster is known to.
 *
 * @param side whether connections come from them, or lead to them
 * @param answers whether the API server answers what is asked about, on the ports of a rule
 */
export function addressOwner(
  addresses: IpRange,
  side: RouteSide,
  { apiServer, controlPlane, ranges }: ClusterServices,
  answers: (rule: Rule) => boolean = () => true,
): AddressOwner | undefined {
  const isApi =
    side === 'to'
      ? apiServer.some((rule) => isAmong(rule.peers, addresses) && answers(rule))
      : isAmong(controlPlane, addresses);
  if (isApi) return 'kubernetesAPI';
  return (['nodes', 'services', 'pods'] as const).find((name) =>
    ranges[name]?.some((cidr) => isWithin(cidr, addresses)),
  );
}

function isAmong(peers: readonly Peer[], addresses: IpRange): boolean {
  return peers.some((peer) => 'ipBlock' in peer && isWithin(peer.ipBlock.cidr, addresses));
}

function isWithin(cidr: string, addresses: IpRange): boolean {
  const range = parseStoredCidr(cidr);
  return range.ok && contains(range.value, addresses);
}
