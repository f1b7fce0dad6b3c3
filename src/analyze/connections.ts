// Connections one by one, and in groups: one group is everything from some ends to others on the same ports. A cluster in which
// nothing is isolated is one group, for any number of pods. Must not know how connections are found.
import { getOrInsert } from '../model/groups.ts';
import type { PortSet } from '../model/port-set.ts';
import { compareEnds, type Endpoint, endpointKey, isSelf, isWorkload } from './endpoints.ts';
import type { PortsId, PortTable } from './port-table.ts';

/** What one end can reach at another; what is not listed is denied. */
export interface Connection {
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** Never empty. */
  readonly ports: PortSet;
}

/** What each of some ends reaches at each of others; a single pod on both sides is not listed as reaching itself. */
export interface ConnectionGroup {
  /** At least one, sorted. */
  readonly from: readonly Endpoint[];
  /** At least one, sorted. */
  readonly to: readonly Endpoint[];
  /** Never empty. */
  readonly ports: PortSet;
}

/** Whether an end is pods of a namespace. */
export function isInNamespace(end: Endpoint, namespace: string): boolean {
  return isWorkload(end) && end.workload.namespace === namespace;
}

/** The connections that begin or end in one of these namespaces; without any, all connections. */
export function groupsOfNamespaces<Group extends ConnectionGroup>(
  groups: readonly Group[],
  namespaces: readonly string[],
): readonly Group[] {
  if (namespaces.length === 0) return groups;
  const isInside = (end: Endpoint) => namespaces.some((namespace) => isInNamespace(end, namespace));
  return groups
    .flatMap((group) => [
      { ...group, from: group.from.filter(isInside) },
      {
        ...group,
        from: group.from.filter((end) => !isInside(end)),
        to: group.to.filter(isInside),
      },
    ])
    .filter(({ from, to }) => from.some((source) => to.some((target) => !isSelf(source, target))));
}

/** Ends that always occur together, under a unique name, or a number from 0 on. */
export interface Bundle {
  readonly key: string | number;
  readonly ends: readonly Endpoint[];
}

/** What one source reaches. */
export class BundlesByPorts {
  readonly all = new Map<PortsId, Bundle[]>();

  add(to: Bundle, ports: PortsId): void {
    getOrInsert(this.all, ports, () => []).push(to);
  }
}

/** Collects what each source reaches, in as few groups as possible: one for the same targets and ports. */
export class GroupBuilder {
  readonly #table: PortTable;
  readonly #drafts = new Map<string, { from: Bundle[]; to: readonly Bundle[]; ports: PortsId }>();
  /** The numbers of names, which are below zero. */
  readonly #numbers = new Map<string, number>();

  constructor(table: PortTable) {
    this.#table = table;
  }

  /** Adds everything that one source reaches, by ports. */
  addAll(from: Bundle, reached: BundlesByPorts): void {
    for (const [ports, to] of reached.all) this.#add(from, to, ports);
  }

  #add(from: Bundle, to: readonly Bundle[], ports: PortsId): void {
    if (ports === this.#table.none) return;
    const keys = Int32Array.from(to, ({ key }) => this.#numberOf(key)).sort();
    getOrInsert(this.#drafts, `${ports} ${keys.join(' ')}`, () => ({ from: [], to, ports })).from.push(from);
  }

  /** Numbers are sorted much faster than names. */
  #numberOf(key: string | number): number {
    return typeof key === 'number' ? key : getOrInsert(this.#numbers, key, () => -1 - this.#numbers.size);
  }

  /** All groups, in no particular order. */
  groups(): readonly ConnectionGroup[] {
    return [...this.#drafts.values()]
      .map(({ from, to, ports }) => ({
        from: sortedEnds(from),
        to: sortedEnds(to),
        ports: this.#table.setOf(ports),
      }))
      .filter(isMoreThanSelf);
  }
}

/** The bundle of one address end. */
export function addressBundle(end: Endpoint): Bundle {
  return { key: endpointKey(end), ends: [end] };
}

/** Orders groups by their sources, then by their targets. */
export function compareGroups(a: ConnectionGroup, b: ConnectionGroup): number {
  return compareLists(a.from, b.from) || compareLists(a.to, b.to);
}

/** The connections of groups that have none in common, by source, then by destination. */
export function* connectionsOf(groups: readonly ConnectionGroup[]): Generator<Connection, void> {
  const sources = new Map<string, { readonly from: Endpoint; readonly groups: ConnectionGroup[] }>();
  for (const group of groups) {
    for (const from of group.from) {
      getOrInsert(sources, endpointKey(from), () => ({ from, groups: [] })).groups.push(group);
    }
  }
  for (const { from, groups: own } of [...sources.values()].sort((a, b) => compareEnds(a.from, b.from))) {
    const targets = own.flatMap(({ to, ports }) => to.map((end) => ({ from, to: end, ports })));
    yield* targets.filter(({ to }) => !isSelf(from, to)).sort((a, b) => compareEnds(a.to, b.to));
  }
}

function isMoreThanSelf({ from, to }: ConnectionGroup): boolean {
  const [source] = from;
  const [target] = to;
  return from.length > 1 || to.length > 1 || !source || !target || !isSelf(source, target);
}

function sortedEnds(bundles: readonly Bundle[]): readonly Endpoint[] {
  return bundles.flatMap(({ ends }) => ends).sort(compareEnds);
}

function compareLists(a: readonly Endpoint[], b: readonly Endpoint[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    const order = right === undefined ? 1 : compareEnds(left, right);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
