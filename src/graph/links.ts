// Connections from the view of one workload, as a drawing merges them: all of IPv4 and all of IPv6 are one place.
// Must not know why a connection is allowed.
import type { Analysis } from '../analyze/analysis.ts';
import type { Connection } from '../analyze/connections.ts';
import {
  type AddressEnd,
  type Endpoint,
  endpointKey,
  isWorkload,
  type WorkloadEnd,
} from '../analyze/endpoints.ts';
import { formatPortSet, type PortSet } from '../model/port-set.ts';

/** Addresses that are drawn as one place. */
export interface Addresses {
  readonly ends: readonly AddressEnd[];
}

/** What a workload reaches at another one or at addresses (Egress), or what reaches it from addresses (Ingress). */
export interface Link {
  readonly workload: WorkloadEnd;
  readonly other: WorkloadEnd | Addresses;
  readonly direction: 'Egress' | 'Ingress';
  readonly ports: PortSet;
}

/** Equal for equal places. */
export function placeKey(end: WorkloadEnd | Addresses): string {
  return 'ends' in end ? end.ends.map(endpointKey).join(' and ') : endpointKey(end);
}

/**
 * The number of connections to draw, without creating them one by one.
 *
 * @param only namespaces that one of the ends must be in; empty: all
 */
export function countLinks(analysis: Analysis, only: readonly string[]): number {
  return analysis.groups().reduce((sum, { from, to }) => {
    const mine = (ends: readonly Endpoint[]) => ends.filter((end) => isIn(end, only)).length;
    return sum + mine(from) * to.length + (from.length - mine(from)) * mine(to);
  }, 0);
}

/**
 * Every connection except those of a workload with itself.
 *
 * @param only namespaces that one of the ends must be in; empty: all
 */
export function linksOf(analysis: Analysis, only: readonly string[]): readonly Link[] {
  const links = [...analysis.connections()]
    .filter(({ from, to }) => isIn(from, only) || isIn(to, only))
    .flatMap(linkOf);
  const alike = Map.groupBy(links, ({ workload, other, direction, ports }) =>
    'ends' in other ? `${direction} ${endpointKey(workload)} ${formatPortSet(ports)}` : undefined,
  );
  return [...alike].flatMap(([key, group]) => (key === undefined ? group : familiesTogether(group)));
}

function isIn(end: Endpoint, only: readonly string[]): boolean {
  return only.length === 0 || (isWorkload(end) && only.includes(end.workload.namespace));
}

function linkOf({ from, to, ports }: Connection): readonly Link[] {
  if (isWorkload(from)) {
    const other = isWorkload(to) ? to : { ends: [to] };
    const isSame = endpointKey(from) === endpointKey(to);
    return isSame ? [] : [{ workload: from, other, direction: 'Egress', ports }];
  }
  return isWorkload(to) ? [{ workload: to, other: { ends: [from] }, direction: 'Ingress', ports }] : [];
}

/** Merges links whose addresses are whole families and that differ only in these. */
function familiesTogether(group: readonly Link[]): readonly Link[] {
  const endsOf = ({ other }: Link) => ('ends' in other ? other.ends : []);
  const whole = group.filter((link) =>
    endsOf(link).some(({ cidr }) => cidr === '0.0.0.0/0' || cidr === '::/0'),
  );
  const [first] = whole;
  if (first === undefined || whole.length < 2) return group;
  const rest = group.filter((link) => !whole.includes(link));
  return [{ ...first, other: { ends: whole.flatMap(endsOf) } }, ...rest];
}
