// Sets of ports over all protocols, with the operations that an analysis needs.
// Must not know names: a named port is resolved before it gets here.
import { everyPort, mergeIntervals, type PortInterval, type Protocol, protocols } from './ports.ts';

/** For each protocol its ports, as sorted intervals that neither overlap nor touch: equal sets are deeply equal. */
export type PortSet = Readonly<Record<Protocol, readonly PortInterval[]>>;

/** No port at all. */
export const noPorts: PortSet = { TCP: [], UDP: [], SCTP: [] };

/** Every port of every protocol. */
export const allPorts: PortSet = { TCP: [everyPort], UDP: [everyPort], SCTP: [everyPort] };

/** Some ports of one protocol. */
export function portSetOf(protocol: Protocol, intervals: readonly PortInterval[]): PortSet {
  return { ...noPorts, [protocol]: mergeIntervals(intervals) };
}

/** What is in one set or the other. */
export function unite(a: PortSet, b: PortSet): PortSet {
  return combine(a, b, (left, right) => mergeIntervals([...left, ...right]));
}

/** What is in both sets. */
export function intersect(a: PortSet, b: PortSet): PortSet {
  return combine(a, b, overlap);
}

/** What is in `a` and not in `b`. */
export function subtract(a: PortSet, b: PortSet): PortSet {
  return combine(a, b, (left, right) => overlap(left, complement(right)));
}

/** Whether there is no port in it. */
export function isEmpty(set: PortSet): boolean {
  return protocols.every((protocol) => set[protocol].length === 0);
}

/** Whether every port of every protocol is in it. */
export function isEveryPort(set: PortSet): boolean {
  return protocols.every((protocol) => {
    const [interval] = set[protocol];
    return interval?.first === everyPort.first && interval.last === everyPort.last;
  });
}

/** Whether every port of `inner` is in `outer`. */
export function covers(outer: PortSet, inner: PortSet): boolean {
  return isEmpty(subtract(inner, outer));
}

/** A text that is equal for equal sets, made of ports that a user can ask about: `all`, `none`, or as in `80, 8000-8100, 53/UDP`. */
export function formatPortSet(set: PortSet): string {
  if (isEveryPort(set)) return 'all';
  const parts = protocols.flatMap((protocol) =>
    set[protocol].map((interval) => formatInterval(interval) + (protocol === 'TCP' ? '' : `/${protocol}`)),
  );
  return parts.join(', ') || 'none';
}

function formatInterval({ first, last }: PortInterval): string {
  return first === last ? `${first}` : `${first}-${last}`;
}

type Intervals = readonly PortInterval[];

function combine(a: PortSet, b: PortSet, each: (a: Intervals, b: Intervals) => Intervals): PortSet {
  return { TCP: each(a.TCP, b.TCP), UDP: each(a.UDP, b.UDP), SCTP: each(a.SCTP, b.SCTP) };
}

function overlap(a: Intervals, b: Intervals): Intervals {
  return a.flatMap((left) =>
    b.flatMap((right) => {
      const first = Math.max(left.first, right.first);
      const last = Math.min(left.last, right.last);
      return first <= last ? [{ first, last }] : [];
    }),
  );
}

function complement(intervals: Intervals): Intervals {
  const edges = [
    everyPort.first - 1,
    ...intervals.flatMap(({ first, last }) => [first, last]),
    everyPort.last + 1,
  ];
  return Array.from({ length: edges.length / 2 }, (_, gap) => ({
    first: (edges[2 * gap] ?? 0) + 1,
    last: (edges[2 * gap + 1] ?? 0) - 1,
  })).filter(({ first, last }) => first <= last);
}
