// Sets of ports as numbers, so that equal sets have the same number and no union or intersection is computed twice.
// An analysis has few different sets, and uses each of them very often. Must not know whose ports they are.
import { getOrInsert } from '../model/groups.ts';
import { allPorts, formatPortSet, noPorts, type PortSet, portSets } from '../model/port-set.ts';

/** The number of a set of ports in one table. */
export type PortsId = number;

/** Numbers sets of ports in the order in which they first occur. */
export class PortTable {
  readonly #ids = new Map<string, PortsId>();
  readonly #sets: PortSet[] = [];
  readonly #unions = new Map<number, PortsId>();
  readonly #intersections = new Map<number, PortsId>();
  readonly #differences = new Map<number, PortsId>();
  /** No port; it is 0. */
  readonly none = this.idOf(noPorts);
  /** Every port. */
  readonly all = this.idOf(allPorts);

  /** The number of a set. */
  idOf(set: PortSet): PortsId {
    return getOrInsert(this.#ids, formatPortSet(set), () => this.#sets.push(set) - 1);
  }

  /** The set with a number from this table. */
  setOf(id: PortsId): PortSet {
    const set = this.#sets[id];
    if (set === undefined) throw new RangeError(`no set of ports has the number ${id}`);
    return set;
  }

  union(a: PortsId, b: PortsId): PortsId {
    if (a === b || b === this.none || a === this.all) return a;
    if (a === this.none || b === this.all) return b;
    return this.#combine(this.#unions, a, b, 'union');
  }

  intersection(a: PortsId, b: PortsId): PortsId {
    if (a === b || a === this.none || b === this.all) return a;
    if (b === this.none || a === this.all) return b;
    return this.#combine(this.#intersections, a, b, 'intersection');
  }

  /** What is in `a` and not in `b`. */
  difference(a: PortsId, b: PortsId): PortsId {
    if (a === this.none || b === this.none) return a;
    if (a === b || b === this.all) return this.none;
    return this.#combine(this.#differences, a, b, 'difference');
  }

  #combine(
    known: Map<number, PortsId>,
    a: PortsId,
    b: PortsId,
    operation: 'union' | 'intersection' | 'difference',
  ): PortsId {
    return getOrInsert(known, a * 2 ** 26 + b, () =>
      this.idOf(portSets[operation](this.setOf(a), this.setOf(b))),
    );
  }
}
