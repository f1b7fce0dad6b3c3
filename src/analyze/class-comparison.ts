// What is gained and lost between two analysed inputs. It joins the equivalence classes before and after, so that pods which are alike at
// both moments are compared once. Must not know how the inputs differ.
import type { IpRange } from '../model/ip-ranges.ts';
import { type Direction, directions } from '../model/network-policy.ts';
import { everyAddress, mapAddresses } from './address-map.ts';
import type { AddressSide, AnalysisSnapshot } from './analysis-snapshot.ts';
import type { SourceClass, TargetClass } from './classes/equivalence-classes.ts';
import {
  addressBundle,
  type Bundle,
  BundlesByPorts,
  type ConnectionGroup,
  compareGroups,
  GroupBuilder,
} from './connections.ts';
import { type Joint, type JointOpen, joinClasses, joinOpen, joinPods } from './joint-classes.ts';
import type { PortsId, PortTable } from './port-table.ts';
import { cutsOf, type Row } from './reachability.ts';

/** Connections that are lost. */
export interface LostGroup extends ConnectionGroup {
  /**
   * `Ingress`: the destination does not let them in afterwards, whatever the source does; `Egress`: only the source does not send
   * them any more. Of ends that are gone: `Ingress`.
   */
  readonly deniedBy: Direction;
}

/** The changes. A connection that only gains some ports is in `gained` with these ports. */
export interface Difference {
  readonly gained: readonly ConnectionGroup[];
  readonly lost: readonly LostGroup[];
}

/** What was gained or lost, from one end. */
class Change {
  readonly gained = new BundlesByPorts();
  readonly lost = { Ingress: new BundlesByPorts(), Egress: new BundlesByPorts() };
  readonly #table: PortTable;

  constructor(table: PortTable) {
    this.#table = table;
  }

  /** @param letIn the ports on which the destination lets the source in afterwards */
  add(other: Bundle, before: PortsId, after: PortsId, letIn: () => PortsId): void {
    if (before === after) return;
    this.gained.add(other, this.#table.difference(after, before));
    const lost = this.#table.difference(before, after);
    if (lost === this.#table.none) return;
    const shut = this.#table.difference(lost, letIn());
    this.lost.Ingress.add(other, shut);
    this.lost.Egress.add(other, this.#table.difference(lost, shut));
  }
}

/** Goes through all pods that are alike at both moments, once as sources and once as targets of addresses. */
export class ClassComparison {
  readonly #before: AnalysisSnapshot;
  readonly #after: AnalysisSnapshot;
  readonly #table: PortTable;
  readonly #sources: readonly Joint<SourceClass>[];
  readonly #targets: readonly Joint<TargetClass>[];
  readonly #byBefore: ReadonlyMap<number | undefined, readonly Joint<TargetClass>[]>;
  readonly #byAfter: ReadonlyMap<number | undefined, readonly Joint<TargetClass>[]>;
  readonly #open: readonly JointOpen[];

  constructor(before: AnalysisSnapshot, after: AnalysisSnapshot, table: PortTable) {
    this.#before = before;
    this.#after = after;
    this.#table = table;
    const pods = joinPods(before.pods.groups, after.pods.groups);
    this.#sources = joinClasses(pods, before.reach.classes.sources, after.reach.classes.sources);
    this.#targets = joinClasses(pods, before.reach.classes.targets, after.reach.classes.targets);
    this.#byBefore = Map.groupBy(this.#targets, (target) => target.before?.index);
    this.#byAfter = Map.groupBy(this.#targets, (target) => target.after?.index);
    this.#open = joinOpen(before.reach.open, after.reach.open, this.#targets);
  }

  difference(): Difference {
    const outwards = this.#gather(this.#sources, (source) => this.#changeOfSource(source));
    const inwards = this.#gather(this.#targets, (target) => this.#changeOfTarget(target));
    return {
      gained: [...outwards.gained, ...inwards.gained.map(turned)].sort(compareGroups),
      lost: [...outwards.lost, ...inwards.lost.map(turned)].sort(compareGroups),
    };
  }

  #gather<Class>(ends: readonly Joint<Class>[], changeOf: (end: Joint<Class>) => Change): Difference {
    const gained = new GroupBuilder(this.#table);
    const lost = { Ingress: new GroupBuilder(this.#table), Egress: new GroupBuilder(this.#table) };
    for (const end of ends) {
      const change = changeOf(end);
      gained.addAll(end.bundle, change.gained);
      for (const direction of directions) lost[direction].addAll(end.bundle, change.lost[direction]);
    }
    return {
      gained: gained.groups(),
      lost: directions.flatMap((deniedBy) =>
        lost[deniedBy].groups().map((group) => ({ ...group, deniedBy })),
      ),
    };
  }

  /** What changes from these pods to others, and to addresses. */
  #changeOfSource({ before, after }: Joint<SourceClass>): Change {
    const change = new Change(this.#table);
    const letIn = (target: Joint<TargetClass>) => () => this.#after.portsLetIn(after, target.after);
    const rowBefore = this.#before.rowOf(before);
    const rowAfter = this.#after.rowOf(after);
    const inRows = new Set([...targetsIn(rowBefore, this.#byBefore), ...targetsIn(rowAfter, this.#byAfter)]);
    for (const target of inRows) {
      const portsBefore = this.#before.portsAt(rowBefore, target.before);
      change.add(target.bundle, portsBefore, this.#after.portsAt(rowAfter, target.after), letIn(target));
    }
    for (const open of this.#open) {
      const portsBefore = this.#before.openPorts(rowBefore, open.before);
      const portsAfter = this.#after.openPorts(rowAfter, open.after);
      if (portsBefore === portsAfter) continue;
      const others = open.targets.filter((target) => !inRows.has(target));
      for (const target of others) change.add(target.bundle, portsBefore, portsAfter, letIn(target));
    }
    this.#addAddresses(change, 'Egress', before && egressOf(before), after && egressOf(after));
    return change;
  }

  /** What changes from addresses to these pods. */
  #changeOfTarget({ before, after }: Joint<TargetClass>): Change {
    const change = new Change(this.#table);
    this.#addAddresses(change, 'Ingress', before && ingressOf(before), after && ingressOf(after));
    return change;
  }

  #addAddresses(
    change: Change,
    direction: Direction,
    before: AddressSide | undefined,
    after: AddressSide | undefined,
  ): void {
    const cuts = [before, after].flatMap((side) => (side === undefined ? [] : cutsOf(side.signature)));
    const portsBefore = (range: IpRange) => this.#before.portsOfRange(before, range);
    const portsAfter = (range: IpRange) => this.#after.portsOfRange(after, range);
    const gained = mapAddresses(everyAddress, cuts, (range) =>
      this.#table.difference(portsAfter(range), portsBefore(range)),
    );
    const lost = mapAddresses(everyAddress, cuts, (range) =>
      this.#table.difference(portsBefore(range), portsAfter(range)),
    );
    for (const { end, value } of gained) change.gained.add(addressBundle(end), value);
    for (const { end, value } of lost) change.lost[direction].add(addressBundle(end), value);
  }
}

function targetsIn(
  row: Row | undefined,
  joints: ReadonlyMap<number | undefined, readonly Joint<TargetClass>[]>,
): readonly Joint<TargetClass>[] {
  return [...(row?.ports.keys() ?? [])].flatMap((index) => joints.get(index) ?? []);
}

function egressOf({ egress, families }: SourceClass): AddressSide {
  return { signature: egress, families };
}

function ingressOf({ ingress, families }: TargetClass): AddressSide {
  return { signature: ingress, families };
}

function turned<Group extends ConnectionGroup>(group: Group): Group {
  return { ...group, from: group.to, to: group.from };
}
