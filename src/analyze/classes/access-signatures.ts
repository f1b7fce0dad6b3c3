// What the policies of a pod class allow in one direction, without irrelevant differences: two classes whose policies
// differ only in their names have the same signature. Must not know the other side.
import { getOrInsert } from '../../model/groups.ts';
import type { Direction } from '../../model/network-policy.ts';
import type { PortsId, PortTable } from '../port-table.ts';
import { hasNames, type RulePort, resolvePorts } from '../rule-ports.ts';
import type { PolicyIndex } from '../sides.ts';
import type { PeerSet, PeerSets } from './peer-sets.ts';
import type { PodClass } from './pod-classes.ts';

/** The ports of a rule: numbers, and names that each destination resolves for itself. */
export interface PortDemand {
  readonly numbers: PortsId;
  /** Names with their protocol; each distinct list of them is one object. */
  readonly names: readonly RulePort[];
}

/** What some pods allow in one direction. */
export interface AccessSignature {
  readonly index: number;
  /** The ports that are open to everyone: all if no policy isolates. */
  readonly base: PortsId;
  /** What is open to some, but not to everyone; each set once. */
  readonly grants: readonly Grant[];
}

/** Pods, or a block of addresses, and the ports that are open to them. */
export interface Grant {
  readonly peers: PeerSet;
  readonly ports: PortDemand;
}

/** Finds the access signatures of one direction. */
export class AccessSignatures {
  readonly #direction: Direction;
  readonly #index: PolicyIndex;
  readonly #sets: PeerSets;
  readonly #table: PortTable;
  readonly #demands = new Map<readonly RulePort[], PortDemand>();
  readonly #names = new Map<string, readonly RulePort[]>();
  readonly #byKey = new Map<string, AccessSignature>();

  constructor(direction: Direction, index: PolicyIndex, sets: PeerSets, table: PortTable) {
    this.#direction = direction;
    this.#index = index;
    this.#sets = sets;
    this.#table = table;
  }

  /** Every signature that was found, by index. */
  get all(): readonly AccessSignature[] {
    return [...this.#byKey.values()];
  }

  /** What these pods allow. */
  of(pods: PodClass): AccessSignature {
    const { policies, rules } = this.#index.isolationOf(pods, this.#direction);
    if (policies.length === 0) return this.#intern(this.#table.all, []);
    let base = this.#table.none;
    const granted = new Map<PeerSet, PortDemand>();
    const grant = (peers: PeerSet, ports: PortDemand) => {
      const before = granted.get(peers);
      granted.set(peers, before === undefined ? ports : this.#unite(before, ports));
    };
    for (const rule of rules) {
      const demand = this.#demandOf(rule.ports, pods);
      if (demand.numbers === this.#table.none && demand.names.length === 0) continue;
      for (const peer of rule.peers ?? []) grant(this.#sets.of(peer), demand);
      if (rule.peers !== undefined) continue;
      base = this.#table.union(base, demand.numbers);
      // Only pods have port names.
      if (demand.names.length > 0) grant(this.#sets.everyPod(), demand);
    }
    const grants = [...granted].map(([peers, ports]) => ({ peers, ports }));
    return base === this.#table.all ? this.#intern(base, []) : this.#intern(base, grants);
  }

  #intern(base: PortsId, grants: readonly Grant[]): AccessSignature {
    const sorted = [...grants].sort((a, b) => a.peers.index - b.peers.index);
    const key = [base, ...sorted.map((grant) => `${grant.peers.index}:${formatDemand(grant.ports)}`)].join(
      ' ',
    );
    return getOrInsert(this.#byKey, key, () => ({ index: this.#byKey.size, base, grants: sorted }));
  }

  /** Names are resolved here if the pods are the destination. */
  #demandOf(ports: readonly RulePort[] | undefined, pods: PodClass): PortDemand {
    if (ports === undefined) return this.#numbersOnly(this.#table.all);
    if (this.#direction === 'Ingress' && hasNames(ports)) {
      return this.#numbersOnly(this.#table.idOf(resolvePorts(ports, pods.ports)));
    }
    return getOrInsert(this.#demands, ports, () => ({
      numbers: this.#table.idOf(resolvePorts(ports, [])),
      names: this.#namesOf(ports.filter(({ port }) => typeof port === 'string')),
    }));
  }

  #numbersOnly(numbers: PortsId): PortDemand {
    return { numbers, names: this.#namesOf([]) };
  }

  #unite(a: PortDemand, b: PortDemand): PortDemand {
    const names = a.names === b.names ? a.names : this.#namesOf([...a.names, ...b.names]);
    return { numbers: this.#table.union(a.numbers, b.numbers), names };
  }

  #namesOf(ports: readonly RulePort[]): readonly RulePort[] {
    const distinct = new Map(ports.map((port) => [formatName(port), port]));
    const key = [...distinct.keys()].sort().join(' ');
    return getOrInsert(this.#names, key, () => [...distinct.values()]);
  }
}

function formatDemand({ numbers, names }: PortDemand): string {
  return [numbers, ...names.map(formatName).sort()].join(',');
}

function formatName({ protocol = 'TCP', port }: RulePort): string {
  return `${port}/${protocol}`;
}
