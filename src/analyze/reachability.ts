// Which class reaches which. It is computed from the few sets of peers in the policies on both sides, not by testing
// every pair, so the cost is proportional to the answer. Must not know why.
import { getOrInsert, groupsBy } from '../model/groups.ts';
import type { Family, IpRange } from '../model/ip-ranges.ts';
import { type AddressValue, everyAddress, mapAddresses } from './address-map.ts';
import type { AccessSignature, Grant, PortDemand } from './classes/access-signatures.ts';
import type { EquivalenceClasses, SourceClass, TargetClass } from './classes/equivalence-classes.ts';
import type { PortsId, PortTable } from './port-table.ts';
import { resolvePorts } from './rule-ports.ts';
import { isIn } from './sides.ts';

/** What a source reaches: these ports of these targets, and at all other targets what both sides leave open to everyone. */
export interface Row {
  readonly source: SourceClass;
  /** By the index of the target; the set may be empty. */
  readonly ports: ReadonlyMap<number, PortsId>;
}

/** Targets that leave the same ports open to everyone. */
export interface OpenTargets {
  readonly index: number;
  readonly base: PortsId;
  readonly families: readonly Family[];
  readonly classes: readonly TargetClass[];
}

/** Ports by the kind of peer that opens them: an address of one family, or a selector. */
type Channels = Record<'any' | Family, PortsId>;

/** Finds what each class reaches. */
export class Reachability {
  readonly classes: EquivalenceClasses;
  /** Targets that leave any port open to everyone. */
  readonly open: readonly OpenTargets[];
  readonly #table: PortTable;
  /** For each set, the targets that let its members in, and how often. */
  readonly #letting = new Map<number, TargetClass[]>();
  /** For each set, the targets that are members. */
  readonly #members = new Map<number, TargetClass[]>();
  readonly #openMembers = new Map<number, TargetClass[]>();
  readonly #outside = new Map<string, readonly AddressValue<PortsId>[]>();
  readonly #resolved = new Map<PortDemand['names'], Map<number, PortsId>>();

  constructor(classes: EquivalenceClasses, table: PortTable) {
    this.classes = classes;
    this.#table = table;
    for (const targetClass of classes.targets) {
      for (const { peers } of targetClass.ingress.grants) addTo(this.#letting, peers.index, targetClass);
      for (const set of targetClass.memberOf) {
        addTo(this.#members, set, targetClass);
        if (targetClass.ingress.base !== table.none) addTo(this.#openMembers, set, targetClass);
      }
    }
    const open = classes.targets.filter(({ ingress }) => ingress.base !== table.none);
    const alike = groupsBy(open, ({ ingress, families }) => `${ingress.base} ${families}`);
    this.open = alike.map((all, index) => {
      const [{ ingress, families }] = all;
      return { index, base: ingress.base, families, classes: all };
    });
  }

  /** What a source reaches. */
  rowOf(source: SourceClass): Row {
    const { egress } = source;
    const granted = new Map(egress.grants.map((grant) => [grant.peers.index, grant]));
    const ports = new Map<number, PortsId>();
    for (const target of this.#candidates(source)) {
      if (!ports.has(target.index)) ports.set(target.index, this.#between(source, granted, target));
    }
    return { source, ports };
  }

  /** Every target of a row that is reached on any port, with its ports. */
  *targetsIn(row: Row): Generator<readonly [TargetClass, PortsId], void> {
    for (const [index, ports] of row.ports) {
      const target = this.classes.targets[index];
      if (target !== undefined && ports !== this.#table.none) yield [target, ports];
    }
    for (const open of this.open) {
      const ports = this.openPorts(row.source, open);
      if (ports === this.#table.none) continue;
      for (const targetClass of open.classes)
        if (!row.ports.has(targetClass.index)) yield [targetClass, ports];
    }
  }

  /** The ports of targets without an entry of their own in a row. */
  openPorts(source: SourceClass, { base, families }: Pick<OpenTargets, 'base' | 'families'>): PortsId {
    const isPossible = families.some((family) => source.families.includes(family));
    return isPossible ? this.#table.intersection(source.egress.base, base) : this.#table.none;
  }

  /** The ports of one target. */
  portsAt({ source, ports }: Row, { index, ingress, families }: TargetClass): PortsId {
    return ports.get(index) ?? this.openPorts(source, { base: ingress.base, families });
  }

  /** The ports on which a target lets a source in, whatever the policies of the source say. */
  portsLetIn({ memberOf, families }: SourceClass, target: TargetClass): PortsId {
    const common = families.filter((family) => target.families.includes(family));
    return this.#meet(this.#channels(this.#table.all), this.#into(target, memberOf), common);
  }

  /** The addresses that a side leaves open, in these families; some of them may have no open port. */
  outside(signature: AccessSignature, among: readonly Family[]): readonly AddressValue<PortsId>[] {
    const blocks = signature.grants.filter(({ peers }) => peers.block !== undefined);
    const allowed = blocks.map(({ peers, ports }) => `${peers.index}:${ports.numbers}`);
    const key = [among, signature.base, ...allowed].join(' ');
    return getOrInsert(this.#outside, key, () => {
      const whole = everyAddress.filter(({ family }) => among.includes(family));
      return mapAddresses(whole, cutsOf(signature), (range) => this.portsOfRange(signature, range));
    });
  }

  /** The ports that a side leaves open to the addresses of a range that are in no smaller cut. */
  portsOfRange({ base, grants }: AccessSignature, range: IpRange): PortsId {
    return grants
      .filter(({ peers: { block } }) => block !== undefined && isIn(block, range))
      .reduce((ports, grant) => this.#table.union(ports, grant.ports.numbers), base);
  }

  /** Every target with more than what it leaves open to everyone; a target may occur twice. */
  #candidates({ egress, memberOf }: SourceClass): readonly TargetClass[] {
    const open = egress.grants.map(({ peers }) => this.#openMembers.get(peers.index) ?? []);
    const letting = [...memberOf].map((set) => this.#letting.get(set) ?? []);
    if (egress.base !== this.#table.none) return [...open, ...letting].flat();
    const reached = egress.grants.map(({ peers }) => this.#members.get(peers.index) ?? []);
    // Both sides have to allow it, so it is enough to look at the side that names fewer.
    return [...open, ...(countIn(letting) < countIn(reached) ? letting : reached)].flat();
  }

  #between(
    { egress, memberOf, families }: SourceClass,
    granted: ReadonlyMap<number, Grant>,
    target: TargetClass,
  ): PortsId {
    const out = this.#channels(egress.base);
    if (granted.size < target.memberOf.size) {
      for (const grant of egress.grants)
        if (target.memberOf.has(grant.peers.index)) this.#add(out, grant, target);
    } else {
      for (const set of target.memberOf) this.#add(out, granted.get(set), target);
    }
    return this.#meet(
      out,
      this.#into(target, memberOf),
      families.filter((family) => target.families.includes(family)),
    );
  }

  #into(target: TargetClass, memberOf: SourceClass['memberOf']): Channels {
    const into = this.#channels(target.ingress.base);
    for (const grant of target.ingress.grants)
      if (memberOf.has(grant.peers.index)) this.#add(into, grant, target);
    return into;
  }

  #channels(base: PortsId): Channels {
    return { any: base, 4: this.#table.none, 6: this.#table.none };
  }

  #add(channels: Channels, grant: Grant | undefined, target: TargetClass): void {
    if (grant === undefined) return;
    const through = grant.peers.block?.range.family ?? 'any';
    channels[through] = this.#table.union(channels[through], this.#resolve(grant.ports, target));
  }

  #resolve({ numbers, names }: PortDemand, target: TargetClass): PortsId {
    if (names.length === 0) return numbers;
    const byTarget = getOrInsert(this.#resolved, names, () => new Map());
    const found = getOrInsert(byTarget, target.index, () =>
      this.#table.idOf(resolvePorts(names, target.podClass.ports)),
    );
    return this.#table.union(numbers, found);
  }

  #meet(out: Channels, into: Channels, families: readonly Family[]): PortsId {
    return families
      .map((family) =>
        this.#table.intersection(
          this.#table.union(out.any, out[family]),
          this.#table.union(into.any, into[family]),
        ),
      )
      .reduce((all, ports) => this.#table.union(all, ports), this.#table.none);
  }
}

/** The ranges that cut the addresses in one entry of a side. */
export function cutsOf({ grants }: AccessSignature): readonly IpRange[] {
  return grants.flatMap(({ peers: { block } }) =>
    block === undefined ? [] : [block.range, ...block.except],
  );
}

function addTo(index: Map<number, TargetClass[]>, set: number, targetClass: TargetClass): void {
  getOrInsert(index, set, () => []).push(targetClass);
}

function countIn(lists: readonly (readonly unknown[])[]): number {
  return lists.reduce((sum, list) => sum + list.length, 0);
}
