// What an end without a name of its own is, as far as the platform profile and what was discovered tell: the API server, a node, a
// Service, a pod. Must not know policies.
import { readRange } from '../../analyze/endpoints.ts';
import { addressOwner } from '../../compile/platform/address-owners.ts';
import { clusterServicesOf } from '../../compile/platform/cluster-services.ts';
import type { IpRange } from '../../model/ip-ranges.ts';
import type { Rule } from '../../model/network-policy.ts';
import { formatKey } from '../../model/object-key.ts';
import type { PortSpec } from '../../model/ports.ts';
import type { RouteEndValue } from '../../routes/index.ts';
import type { RouteSide } from '../../routes/route-end.ts';
import type { ClusterSnapshot } from '../snapshot/cluster-snapshot.ts';
import type { Question } from './answer.ts';
import { type ResolvedEnd, servicesAt } from './find-end.ts';
import { bringsPorts, nameForPeople } from './named-route-ends.ts';

/** What an end without a name of its own is. */
export interface KnownEnd {
  /** For people, as in `the API server`. */
  readonly name: string;
  /** The end of a route that means it; absent if there is none. */
  readonly end?: RouteEndValue;
  /** The question names that end, and means no more and no less. */
  readonly isNamed?: true;
  /** That end has ports of its own. */
  readonly bringsPorts?: true;
  /** What to ask about instead; absent if the answer is right for the address. */
  readonly advice?: string;
}

/** What is known of the two ends of a question. */
export type KnownEnds = { readonly [Side in RouteSide]?: KnownEnd };

/** The question about an address. */
interface AskedAddress {
  readonly address: IpRange;
  /** Whether connections come from it, or lead to it. */
  readonly side: RouteSide;
  readonly port: PortSpec | undefined;
}

/** What the addresses and the ends of routes in a question are; nothing about pods, what is outside the cluster, or what nobody knows. */
export function knownEndsIn({ from, to, port }: Question, snapshot: ClusterSnapshot): KnownEnds {
  const [source, target] = [
    knownEnd(from, { side: 'from', port }, snapshot),
    knownEnd(to, { side: 'to', port }, snapshot),
  ];
  return { ...(source && { from: source }), ...(target && { to: target }) };
}

function knownEnd(
  end: ResolvedEnd,
  { side, port }: Omit<AskedAddress, 'address'>,
  snapshot: ClusterSnapshot,
): KnownEnd | undefined {
  if (end.kind === 'route end') {
    const own = side === 'to' && bringsPorts(end) ? ({ bringsPorts: true } as const) : {};
    return { name: nameForPeople(end, side), end: end.value, isNamed: true, ...own };
  }
  if (end.kind !== 'addresses') return undefined;
  const address = readRange(end.ends[0].cidr);
  const isSingle = address.first === address.last;
  return (
    inCluster({ address, side, port }, snapshot) ?? (isSingle ? serviceAt(address, snapshot) : undefined)
  );
}

/** A Service whose pods are not known: the others are answered as themselves. */
function serviceAt(address: IpRange, { facts }: ClusterSnapshot): KnownEnd | undefined {
  const [service] = servicesAt(address, facts);
  return service && { name: `the ClusterIP of Service \`${formatKey(service)}\`` };
}

function inCluster(asked: AskedAddress, { cluster }: ClusterSnapshot): KnownEnd | undefined {
  const view = cluster.view();
  const decoded = view.platform?.decoded;
  if (!decoded?.ok) return undefined;
  const { address, side, port } = asked;
  const services = clusterServicesOf(view, decoded.value.spec);
  switch (addressOwner(address, side, services, (rule) => isPortOf(rule, port))) {
    case 'kubernetesAPI':
      return { name: 'the API server', end: { kubernetesAPI: {} }, bringsPorts: true };
    case 'nodes':
      return { name: 'a node', end: { nodes: {} } };
    case 'services':
      return { name: 'a Service that is not known', advice: 'name the Service: `service/namespace/name`' };
    case 'pods':
      return { name: 'a pod that is not known', advice: 'name the pod or its workload' };
    case undefined:
      return undefined;
  }
}

function isPortOf({ ports }: Rule, wanted: PortSpec | undefined): boolean {
  if (wanted === undefined || ports === undefined) return true;
  if ('name' in wanted || wanted.protocol !== 'TCP') return false;
  const { first, last } = wanted.interval;
  return ports.some(({ port }) => typeof port === 'number' && first <= port && port <= last);
}
