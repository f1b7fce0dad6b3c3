// Lists everything that is allowed, one by one in order or in groups: rows of classes are expanded to connections of pods.
// Must not know how a row is found.
import { remembering } from '../model/groups.ts';
import type { PortSet } from '../model/port-set.ts';
import type { AddressValue } from './address-map.ts';
import type { SourceClass, TargetClass } from './classes/equivalence-classes.ts';
import type { Pods } from './classes/pod-classes.ts';
import {
  addressBundle,
  type Bundle,
  BundlesByPorts,
  type Connection,
  type ConnectionGroup,
  compareGroups,
  connectionsOf,
  GroupBuilder,
} from './connections.ts';
import { type Endpoint, isSelf } from './endpoints.ts';
import type { PortsId, PortTable } from './port-table.ts';
import type { Reachability } from './reachability.ts';

/** What a source reaches at one end. */
interface Reached {
  readonly end: Endpoint;
  readonly ports: PortSet;
}

/** How many expanded rows are kept for the next pods of the same class: a limit on memory. */
const keptEnds = 1_000_000;

/** Lists connections. */
export class Listing {
  readonly #pods: Pods;
  readonly #reach: Reachability;
  readonly #table: PortTable;

  constructor(pods: Pods, reach: Reachability, table: PortTable) {
    this.#pods = pods;
    this.#reach = reach;
    this.#table = table;
  }

  /** All of them, by source and then by destination, workloads before addresses. */
  *connections(): Generator<Connection, void> {
    const { sources } = this.#reach.classes;
    const classOf = new Map(
      sources.flatMap((sourceClass) => sourceClass.groups.map((group) => [group, sourceClass])),
    );
    const rows = new Map<SourceClass, readonly Reached[]>();
    let kept = 0;
    for (const group of this.#pods.groups) {
      const sourceClass = classOf.get(group);
      if (sourceClass === undefined) continue;
      const row = rows.get(sourceClass) ?? this.#reachedBy(sourceClass);
      if (sourceClass.groups.length > 1 && !rows.has(sourceClass) && kept + row.length <= keptEnds) {
        rows.set(sourceClass, row);
        kept += row.length;
      }
      const from = group.end;
      for (const { end, ports } of row) if (!isSelf(from, end)) yield { from, to: end, ports };
    }
    yield* connectionsOf(this.#inwards());
  }

  /** All of them in groups, sorted. */
  groups(): readonly ConnectionGroup[] {
    const builder = new GroupBuilder(this.#table);
    const bundles = remembering(bundleOf);
    for (const source of this.#reach.classes.sources) {
      const reached = new BundlesByPorts();
      const row = this.#reach.rowOf(source);
      for (const [target, ports] of this.#reach.targetsIn(row)) reached.add(bundles(target), ports);
      for (const { end, value } of this.#outwards(source)) reached.add(addressBundle(end), value);
      builder.addAll(bundleOf(source), reached);
    }
    return [...builder.groups(), ...this.#inwards()].sort(compareGroups);
  }

  /** Everything from addresses, found by what they reach. */
  #inwards(): readonly ConnectionGroup[] {
    const builder = new GroupBuilder(this.#table);
    for (const target of this.#reach.classes.targets) {
      const sources = new BundlesByPorts();
      for (const { end, value } of this.#reach.outside(target.ingress, target.families)) {
        sources.add(addressBundle(end), value);
      }
      builder.addAll(bundleOf(target), sources);
    }
    return builder.groups().map(({ from, to, ports }) => ({ from: to, to: from, ports }));
  }

  #outwards({ egress, families }: SourceClass): readonly AddressValue<PortsId>[] {
    return this.#reach.outside(egress, families).filter(({ value }) => value !== this.#table.none);
  }

  /** What the pods of a class reach, sorted. */
  #reachedBy(source: SourceClass): readonly Reached[] {
    const row = this.#reach.rowOf(source);
    const reached = [...this.#reach.targetsIn(row)].flatMap(([{ groups }, ports]) =>
      groups.map((group) => ({ index: group.index, end: group.end, ports: this.#table.setOf(ports) })),
    );
    reached.sort((a, b) => a.index - b.index);
    const outwards = this.#outwards(source).map(({ end, value }) => ({
      end,
      ports: this.#table.setOf(value),
    }));
    return [...reached, ...outwards];
  }
}

function bundleOf({ index, groups }: SourceClass | TargetClass): Bundle {
  return { key: index, ends: groups.map(({ end }) => end) };
}
