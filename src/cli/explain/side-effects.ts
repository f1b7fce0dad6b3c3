// What else changes if a suggestion is applied: connections that nobody asked about.
// Must not know what the suggestion is.
import type { Difference } from '../../analyze/class-comparison.ts';
import { type Connection, connectionsOf } from '../../analyze/connections.ts';
import { type Endpoint, isSameWorkload, isWorkload, readRange } from '../../analyze/endpoints.ts';
import type { Explanation } from '../../analyze/explain.ts';
import type { AnalysisInput } from '../../analyze/facts.ts';
import { nameSome } from '../../model/counted.ts';
import { groupsBy } from '../../model/groups.ts';
import { contains } from '../../model/ip-ranges.ts';
import { allPorts, formatPortSet, portSets } from '../../model/port-set.ts';
import { formatPorts } from '../../model/port-texts.ts';
import { endNames } from '../output/end-names.ts';
import { isUnserved } from './offered-instead.ts';
import { podsOf } from './single-out.ts';

/** Connections that change, but were not asked about. */
export interface SideEffects {
  readonly opened: readonly Connection[];
  readonly closed: readonly Connection[];
  /** Also closed, but nothing is known to listen there. */
  readonly unused: readonly Connection[];
}

/** What changes beside what was asked about. @param before the state before the change */
export function sideEffects(
  before: AnalysisInput,
  { gained, lost }: Difference,
  asked: readonly Explanation[],
): SideEffects {
  const opened = [...connectionsOf(gained)].map((connection) => {
    const meant = asked.filter(
      ({ from, to }) => isWithin(connection.from, from, before) && isWithin(connection.to, to, before),
    );
    const ports = portSets.union(...meant.map((part) => part.asked ?? allPorts));
    return { ...connection, ports: portSets.difference(connection.ports, ports) };
  });
  const isUnused = ({ to, ports }: Connection) => isUnserved({ to, asked: ports }, before);
  const { closed = [], unused = [] } = Object.groupBy(connectionsOf(lost), (each) =>
    isUnused(each) ? 'unused' : 'closed',
  );
  return { opened: opened.filter(({ ports }) => !portSets.isEmpty(ports)), closed, unused };
}

/** How many connections are side effects that somebody may notice. */
export function countEffects({ opened, closed }: SideEffects): number {
  return opened.length + closed.length;
}

/** For people, one line for each kind of change. @param isIsolating whether policies are added that isolate pods */
export function formatEffects(
  { opened, closed, unused }: SideEffects,
  isIsolating: boolean,
): readonly string[] {
  const why = isIsolating ? ': its selector isolates pods that nothing isolates yet' : '';
  return [
    ...(opened.length === 0 ? [] : [`what is suggested also opens ${nameConnections(opened)}`]),
    ...(closed.length === 0 ? [] : [`what is suggested also closes ${nameConnections(closed)}${why}`]),
    ...(unused.length === 0
      ? []
      : [`what is suggested also closes ${nameConnections(unused)}, where nothing is known to listen`]),
  ];
}

const maxNamed = 4;

function nameConnections(connections: readonly Connection[]): string {
  const alike = groupsBy(connections, ({ to, ports }) => `${endNames([to])} ${formatPortSet(ports)}`);
  const named = alike.map((group) => {
    const from = nameSome(endNames(group.map((each) => each.from)), maxNamed);
    return `${from} -> ${endNames([group[0].to])} on ${formatPorts(group[0].ports)}`;
  });
  return nameSome(named, maxNamed);
}

/** Whether everything that an end means is meant by another one. */
function isWithin(inner: Endpoint, outer: Endpoint, facts: AnalysisInput): boolean {
  if (isWorkload(inner) || isWorkload(outer)) {
    if (!isWorkload(inner) || !isWorkload(outer) || !isSameWorkload(inner, outer)) return false;
    return podsOf(inner, facts).every(({ name = '' }) => outer.pods?.includes(name) ?? true);
  }
  const range = readRange(inner.cidr);
  const holes = (outer.except ?? []).map(readRange);
  const left = (inner.except ?? []).map(readRange);
  return (
    contains(readRange(outer.cidr), range) &&
    holes.every((hole) => !contains(hole, range)) &&
    holes.every((hole) => !contains(range, hole) || left.some((other) => contains(other, hole)))
  );
}
