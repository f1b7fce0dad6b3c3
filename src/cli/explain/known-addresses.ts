// What an address is, as far as the platform profile and what was discovered tell: the API server, a node, a Service, a pod.
// Must not know the question, nor policies.

import { readRange } from '../../analyze/endpoints.ts';
import { clusterServicesOf } from '../../compile/platform/cluster-services.ts';
import { contains, type IpRange, parseStoredCidr } from '../../model/ip-ranges.ts';
import type { Peer, Rule } from '../../model/network-policy.ts';
import { formatKey } from '../../model/object-key.ts';
import type { PortSpec } from '../../model/ports.ts';
import type { ClusterSnapshot } from '../snapshot/cluster-snapshot.ts';
import type { Question } from './answer.ts';
import { servicesAt } from './find-end.ts';

/** What an address is. */
export interface KnownAddress {
  /** For people, as in `the API server`. */
  readonly name: string;
  /** The end of a route that means it; absent if there is none. */
  readonly end?: object;
  /** That end has ports of its own. */
  readonly bringsPorts?: true;
  /** What to ask about instead; absent if the answer is right for the address. */
  readonly advice?: string;
}

/** The question about an address. */
interface AskedAddress {
  readonly address: IpRange;
  /** Whether connections come from it, or lead to it. */
  readonly side: 'from' | 'to';
  readonly port: PortSpec | undefined;
}

/** What the address in a question is; `undefined` if there is none, if it is outside the cluster, or if nobody knows. */
export function knownAddressIn(
  { from, to, port }: Question,
  snapshot: ClusterSnapshot,
): KnownAddress | undefined {
  const sides = [
    { side: 'from', end: from },
    { side: 'to', end: to },
  ] as const;
  for (const { side, end } of sides) {
    if (end.kind !== 'addresses') continue;
    const [first, ...others] = end.ends;
    if (others.length > 0) return { name: 'the internet', end: { internet: {} } };
    const address = readRange(first.cidr);
    const isSingle = address.first === address.last;
    const asked = { address, side, port };
    return inCluster(asked, snapshot) ?? (isSingle ? serviceAt(address, snapshot) : undefined);
  }
  return undefined;
}

/** A Service whose pods are not known: the others are answered as themselves. */
function serviceAt(address: IpRange, { facts }: ClusterSnapshot): KnownAddress | undefined {
  const [service] = servicesAt(address, facts);
  return service && { name: `the ClusterIP of Service \`${formatKey(service)}\`` };
}

function inCluster(asked: AskedAddress, { cluster }: ClusterSnapshot): KnownAddress | undefined {
  const view = cluster.view();
  const decoded = view.platform?.decoded;
  if (!decoded?.ok) return undefined;
  const { address, side, port } = asked;
  const { apiServer, controlPlane, ranges } = clusterServicesOf(view, decoded.value.spec);
  const isIn = (cidrs: readonly string[] = []) => cidrs.some((cidr) => holds(cidr, address));
  const api =
    side === 'to'
      ? apiServer.some((rule) => hasPeer(rule.peers, address) && isPortOf(rule, port))
      : hasPeer(controlPlane, address);
  if (api) return { name: 'the API server', end: { kubernetesAPI: {} }, bringsPorts: true };
  if (isIn(ranges.nodes)) return { name: 'a node', end: { nodes: {} } };
  if (isIn(ranges.services)) {
    return { name: 'a Service that is not known', advice: 'name the Service: `service/namespace/name`' };
  }
  if (isIn(ranges.pods)) return { name: 'a pod that is not known', advice: 'name the pod or its workload' };
  return undefined;
}

function hasPeer(peers: readonly Peer[], address: IpRange): boolean {
  return peers.some((peer) => 'ipBlock' in peer && holds(peer.ipBlock.cidr, address));
}

function holds(cidr: string, address: IpRange): boolean {
  const range = parseStoredCidr(cidr);
  return range.ok && contains(range.value, address);
}

function isPortOf({ ports }: Rule, wanted: PortSpec | undefined): boolean {
  if (wanted === undefined || ports === undefined) return true;
  if ('name' in wanted || wanted.protocol !== 'TCP') return false;
  const { first, last } = wanted.interval;
  return ports.some(({ port }) => typeof port === 'number' && first <= port && port <= last);
}
