// The analysis: it takes NetworkPolicies and pods, and answers who reaches whom on which ports, and why. Pure, exact, and
// independent of the order of its input. It takes policies of any author and must not know profiles.
import type { CniFacts } from '../model/cni-facts.ts';
import { contains } from '../model/ip-ranges.ts';
import type { Direction } from '../model/network-policy.ts';
import { compareText } from '../model/object-key.ts';
import type { PortSpec } from '../model/ports.ts';
import type { Result } from '../model/result.ts';
import type { ServiceFacts } from '../model/services.ts';
import { type AtomicPredicates, predicatesOf } from './classes/atomic-predicates.ts';
import { type EquivalenceClasses, findEquivalenceClasses } from './classes/equivalence-classes.ts';
import { LabelSelections } from './classes/label-selections.ts';
import { findPodClasses, type PodClass, type PodGroup, type Pods } from './classes/pod-classes.ts';
import type { Connection, ConnectionGroup } from './connections.ts';
import {
  type AddressEnd,
  type Endpoint,
  endpointKey,
  isWorkload,
  readRange,
  type WorkloadEnd,
} from './endpoints.ts';
import {
  type Explanation,
  explainPair,
  type Pair,
  type RulesOfPair,
  rulesOfPair,
  type SideExplanation,
  standingOf,
} from './explain.ts';
import type { AnalysisInput } from './facts.ts';
import { Listing } from './listing.ts';
import type { ExplainedEnd } from './notes.ts';
import { outsideParts } from './outside-parts.ts';
import { type MayHoldPods, podAddresses } from './pod-addresses.ts';
import { indexPolicies } from './policy-index.ts';
import { PortTable } from './port-table.ts';
import { Reachability } from './reachability.ts';
import { RuleReader } from './rule-reader.ts';
import { followService, type NoTarget, type ServiceTarget } from './service-targets.ts';
import { openToEveryone, type RuleOpening, ruleOpenings } from './side-openings.ts';
import type { PolicyIndex } from './sides.ts';

/**
 * Analyses NetworkPolicies.
 *
 * - A connection of a workload with itself is between two of its pods. One pod with itself is never listed: "a Pod cannot
 *   block access to itself" (the concept page).
 * - Addresses are those that belong to no pod. If policies treat parts of a range differently, it is split: two
 *   connections, from `10.0.0.0/8 except 10.1.0.0/16` and from `10.1.0.0/16`. If they treat all of it alike, it stays one
 *   range, whatever the policies of other pods say about its parts. Connections between addresses are not listed.
 * - If policies distinguish the pods of one workload, each group of equal pods is an end of its own.
 */
export function analyze(input: AnalysisInput, predicates?: AtomicPredicates): Analysis {
  const reader = new RuleReader();
  return new Analysis(input, predicates ?? predicatesOf(input.policies, reader), reader);
}

/** Pods of one workload that policies can't distinguish. */
type PodsEnd = ExplainedEnd & { readonly seenAs: PodClass };

/** An analysed input, which answers questions. */
export class Analysis {
  readonly input: AnalysisInput;
  readonly #pods: Pods;
  readonly #byWorkload: ReadonlyMap<string, readonly PodGroup[]>;
  readonly #index: PolicyIndex;
  readonly #known: { readonly mayHoldPods: MayHoldPods; readonly cni: CniFacts };
  readonly #table = new PortTable();
  readonly #classes: EquivalenceClasses;
  readonly #listing: Listing;

  constructor(input: AnalysisInput, predicates: AtomicPredicates, reader: RuleReader) {
    this.input = input;
    this.#pods = findPodClasses(input.workloads, predicates);
    this.#byWorkload = Map.groupBy(this.#pods.groups, ({ end: { workload } }) => endpointKey({ workload }));
    const selections = new LabelSelections(this.#pods.labelSets);
    this.#index = indexPolicies(input, this.#pods, selections, reader);
    this.#known = { mayHoldPods: podAddresses(input), cni: input.cni ?? {} };
    this.#classes = findEquivalenceClasses(this.#pods, this.#index, selections, this.#table);
    const reachability = new Reachability(this.#classes, this.#table);
    this.#listing = new Listing(this.#pods, reachability, this.#table);
  }

  /** All workloads, sorted; a workload whose pods policies distinguish appears once for each group of pods. */
  get workloads(): readonly WorkloadEnd[] {
    return this.#pods.groups.map(({ end }) => end);
  }

  /**
   * Everything that is allowed, by source and then by destination, workloads before addresses. One by one, as it is
   * consumed: there may be as many as pairs of workloads.
   */
  connections(): Iterable<Connection> {
    return this.#listing.connections();
  }

  /**
   * The same in groups, sorted: the ends of a group reach the same ends on the same ports. A cluster in which nothing is isolated has
   * two groups. A workload is a source in at most as many groups as there are different sets of ports on which it reaches others.
   */
  groups(): readonly ConnectionGroup[] {
    return this.#listing.groups();
  }

  /**
   * Explains the connection from one end to another; between two addresses nothing is known.
   *
   * @param from a workload, some of its pods, an address or a CIDR
   * @param port the port in question; absent: any
   * @returns one explanation for each part of the ends that policies treat alike; usually just one
   */
  explain(from: Endpoint, to: Endpoint, port?: PortSpec): readonly Explanation[] {
    return this.#pairs(from, to).map((pair) => explainPair(pair, port, this.#index, this.#known));
  }

  /** The rules that let a connection through: one answer for each part of the ends, as `explain`, but only the rules. */
  rules(from: Endpoint, to: Endpoint): readonly RulesOfPair[] {
    return this.#pairs(from, to).map((pair) => rulesOfPair(pair, this.#index));
  }

  /** The state of each of `workloads` under the policies in one direction, and the policies that isolate it. */
  standings(direction: Direction): readonly Pick<SideExplanation, 'standing' | 'policies'>[] {
    return this.#pods.groups.map(({ podClass }) => standingOf(podClass, direction, this.#index));
  }

  /** What each rule of a direction lets through, whatever the other side says: without looking at each pair. */
  openings(direction: Direction): readonly RuleOpening[] {
    return ruleOpenings(direction, this.#pods, this.#classes.peers, this.#index);
  }

  /** The indexes of the `workloads` whose own side lets through everyone on every port in this direction. */
  openToEveryone(direction: Direction): ReadonlySet<number> {
    const { sources, targets } = this.#classes;
    const sides =
      direction === 'Egress'
        ? sources.map(({ egress, groups }) => ({ access: egress, groups }))
        : targets.map(({ ingress, groups }) => ({ access: ingress, groups }));
    return openToEveryone(sides, this.#table);
  }

  /** The workloads with this name, of any kind; if there is none, the pod with this name. */
  workloadsNamed(namespace: string, name: string): readonly WorkloadEnd[] {
    const here = this.#pods.groups.filter(({ end }) => end.workload.namespace === namespace);
    const workloads = here.filter(({ end }) => end.workload.name === name);
    if (workloads.length > 0) return workloads.map(({ end }) => end);
    return here
      .filter(({ pods }) => pods.some((pod) => pod.name === name))
      .map(({ end }) => ({ workload: end.workload, pods: [name] }));
  }

  /** The targets of the ports of a Service; the reason if it has no pods. */
  serviceTargets(service: ServiceFacts): Result<readonly ServiceTarget[], NoTarget> {
    return followService(service, this.#pods.groups);
  }

  /**
   * The workloads with a pod at one of these addresses.
   *
   * @param cidr an address or a CIDR
   */
  workloadsAt(cidr: string): readonly WorkloadEnd[] {
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

  #pairs(from: Endpoint, to: Endpoint): readonly Pair[] {
    if (isWorkload(from)) {
      return this.#podsOf(from).flatMap((source) => {
        const targets = isWorkload(to) ? this.#podsOf(to) : this.#outside(to, source, 'Egress');
        return targets.map((target) => ({ from: source, to: target }));
      });
    }
    if (!isWorkload(to)) return [];
    return this.#podsOf(to).flatMap((target) =>
      this.#outside(from, target, 'Ingress').map((part) => ({ from: part, to: target })),
    );
  }

  /** Addresses, in parts that the policies of the pods treat alike. */
  #outside(addresses: AddressEnd, { seenAs }: PodsEnd, direction: Direction): readonly ExplainedEnd[] {
    const parts = outsideParts(addresses, seenAs, direction, this.#index);
    return parts.map(({ end, range }) => ({ end, seenAs: { range } }));
  }

  /** The pods of an end, in groups that policies can't distinguish. */
  #podsOf(meant: WorkloadEnd): readonly PodsEnd[] {
    const own = this.#byWorkload.get(endpointKey({ workload: meant.workload })) ?? [];
    return own.flatMap(({ end, pods, podClass }): readonly PodsEnd[] => {
      const wanted = pods.filter(({ name = '' }) => meant.pods?.includes(name) ?? true);
      if (wanted.length === 0) return [];
      const names = wanted.flatMap(({ name }) => name ?? []).sort(compareText);
      const isWhole = meant.pods === undefined || meant.workload.kind === 'Pod';
      return [{ end: isWhole ? end : { workload: end.workload, pods: names }, seenAs: podClass }];
    });
  }
}
