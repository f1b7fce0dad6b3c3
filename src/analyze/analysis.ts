// The analysis: NetworkPolicies and pods in, who reaches whom on which ports, and why, out. Pure, exact, and independent of
// the order of its input. Speaks of NetworkPolicies, whoever wrote them; must not know a profile.
import { contains } from '../model/ip-ranges.ts';
import type { Direction } from '../model/network-policy.ts';
import { compareText } from '../model/object-key.ts';
import { isEmpty, type PortSet } from '../model/port-set.ts';
import type { PortSpec } from '../model/ports.ts';
import { compareRanges } from './address-map.ts';
import {
  type AddressEnd,
  type Endpoint,
  formatEndpoint,
  isSameWorkload,
  isWorkload,
  type WorkloadEnd,
} from './endpoints.ts';
import { type Explanation, explainPair, type Pair } from './explain.ts';
import type { AnalysisInput, PodFacts } from './facts.ts';
import { type Lens, lensOf } from './lens.ts';
import { outsideParts, outsidePorts, readRange } from './outside.ts';
import { classify, type PodClass, type PodGroup, type Pods } from './pod-classes.ts';
import { indexPolicies } from './policy-index.ts';
import { type PairEnd, type PolicyIndex, portsOfPair, sideOf } from './sides.ts';

/** What one end can reach at another; what is not listed is denied. */
export interface Connection {
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** Never empty. */
  readonly ports: PortSet;
}

/**
 * Analyses what NetworkPolicies mean.
 *
 * - A connection of a workload with itself is between two of its pods. A bare pod with itself is never listed: "a Pod
 *   cannot block access to itself" (the concept page).
 * - Addresses are those that are no pod's. A range of which policies say different things is split: two connections, from
 *   `10.0.0.0/8 except 10.1.0.0/16` and from `10.1.0.0/16`; and as far as one thing is said of it, it is one range, whatever
 *   other pods' policies say of its parts. Between addresses nothing is listed.
 * - Where policies tell the pods of one workload apart, each group of pods that are alike is an end of its own.
 */
export function analyze(input: AnalysisInput, lens: Lens = lensOf(input.policies)): Analysis {
  return new Analysis(input, lens);
}

/** An analysed input, to be asked. */
export class Analysis {
  readonly input: AnalysisInput;
  readonly #pods: Pods;
  readonly #index: PolicyIndex;

  constructor(input: AnalysisInput, lens: Lens) {
    this.input = input;
    this.#pods = classify(input.workloads, lens);
    this.#index = indexPolicies(input, this.#pods.classes);
  }

  /** All workloads, sorted; those whose pods policies tell apart in groups of pods. */
  get workloads(): readonly WorkloadEnd[] {
    return this.#pods.groups.map(({ end }) => end);
  }

  /**
   * Everything that is allowed, by source and then by destination, workloads before addresses; one by one, as it is asked
   * for: there may be as many as pairs of workloads.
   */
  *connections(): Generator<Connection, void> {
    const { groups } = this.#pods;
    for (const from of groups) {
      for (const to of groups) yield* this.#between(from, to);
      for (const { end, ports } of outsidePorts(from.podClass, 'Egress', this.#index)) {
        yield { from: from.end, to: end, ports };
      }
    }
    yield* this.#inwards();
  }

  /**
   * Explains the connection from one end to another; nothing is known of one between addresses.
   *
   * @param from a workload, some of its pods, an address or a CIDR
   * @param port what is asked for; absent: anything
   * @returns one explanation for each part of the ends of which policies say the same; usually just one
   */
  explain(from: Endpoint, to: Endpoint, port?: PortSpec): readonly Explanation[] {
    return this.#pairs(from, to).map((pair) => explainPair(pair, port, this.#index));
  }

  /** The workloads of this name, of whatever kind; where there is none, the pod of this name. */
  named(namespace: string, name: string): readonly WorkloadEnd[] {
    const here = this.#pods.groups.filter(({ end }) => end.workload.namespace === namespace);
    const workloads = here.filter(({ end }) => end.workload.name === name);
    if (workloads.length > 0) return workloads.map(({ end }) => end);
    return here
      .filter(({ pods }) => pods.some((pod) => pod.name === name))
      .map(({ end }) => ({ workload: end.workload, pods: [name] }));
  }

  /**
   * The workloads with a pod at one of these addresses.
   *
   * @param cidr an address or a CIDR
   */
  at(cidr: string): readonly WorkloadEnd[] {
    const range = readRange(cidr);
    return this.#pods.groups.flatMap(({ end, pods }) => {
      const there = pods.filter(({ addresses }) =>
        addresses.some((each) => contains(range, readRange(each))),
      );
      if (there.length === 0) return [];
      const names = there.flatMap(({ name }) => name ?? []).sort();
      return [{ workload: end.workload, pods: names }];
    });
  }

  *#between(from: PodGroup, to: PodGroup): Generator<Connection, void> {
    if (from === to && from.isSingle) return;
    const egress = sideOf(from.podClass, to.podClass, 'Egress', this.#index);
    const ingress = sideOf(to.podClass, from.podClass, 'Ingress', this.#index);
    const ports = portsOfPair(from.podClass, to.podClass, egress, ingress);
    if (!isEmpty(ports)) yield { from: from.end, to: to.end, ports };
  }

  *#inwards(): Generator<Connection, void> {
    const all = this.#pods.groups.flatMap((to) =>
      outsidePorts(to.podClass, 'Ingress', this.#index).map((outside) => ({ ...outside, to: to.end })),
    );
    // The sort is stable: the destinations of one source stay in their order.
    all.sort(
      (a, b) => compareRanges(a.range, b.range) || compareText(formatEndpoint(a.end), formatEndpoint(b.end)),
    );
    for (const { end, to, ports } of all) yield { from: end, to, ports };
  }

  #pairs(from: Endpoint, to: Endpoint): readonly Pair[] {
    if (isWorkload(from)) {
      const sources = this.#podsOf(from);
      if (isWorkload(to)) {
        const targets = this.#podsOf(to);
        return sources.flatMap((source) => targets.map((target) => pairOf(source, target)));
      }
      return sources.flatMap((source) =>
        this.#outside(to, source, 'Egress').map((part) => pairOf(source, part)),
      );
    }
    if (!isWorkload(to)) return [];
    return this.#podsOf(to).flatMap((target) =>
      this.#outside(from, target, 'Ingress').map((part) => pairOf(part, target)),
    );
  }

  /** Addresses, in parts of which the policies of the pods say the same. */
  #outside(addresses: AddressEnd, { is }: Located<PodClass>, direction: Direction): readonly Located[] {
    const parts = outsideParts(addresses, is, direction, this.#index);
    return parts.map(({ end, range }) => ({ name: end, is: { range } }));
  }

  /** The pods that an end means, in groups that policies can't tell apart. */
  #podsOf(meant: WorkloadEnd): readonly Located<PodClass>[] {
    return this.#pods.groups
      .filter(({ end }) => isSameWorkload(end, meant))
      .flatMap(({ end, pods, podClass, isSingle }): readonly Located<PodClass>[] => {
        const wanted = pods.filter(({ name = '' }) => meant.pods?.includes(name) ?? true);
        if (wanted.length === 0) return [];
        const names = wanted.flatMap(({ name }) => name ?? []).sort(compareText);
        const name = wanted.length === pods.length ? end : { workload: end.workload, pods: names };
        const isOne = isSingle || (meant.pods !== undefined && wanted.length === 1);
        return [{ name, is: podClass, ...(isOne ? { pod: wanted[0] } : {}) }];
      });
  }
}

/** An end, and what it is to policies. */
interface Located<T extends PairEnd = PairEnd> {
  readonly name: Endpoint;
  readonly is: T;
  /** Where it is one pod, and no other can be meant. */
  readonly pod?: PodFacts | undefined;
}

function pairOf(from: Located, to: Located): Pair {
  return { from, to, isSelf: from.pod !== undefined && from.pod === to.pod };
}
