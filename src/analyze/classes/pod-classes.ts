// Classes of pods that no policy can distinguish: pods of one namespace with the same atomic predicates. The cost
// of an analysis grows with the number of classes, not of pods. Must not know which traffic is allowed.
import { getOrInsert } from '../../model/groups.ts';
import type { IpRange } from '../../model/ip-ranges.ts';
import { compareText } from '../../model/object-key.ts';
import type { Labels } from '../../model/selectors.ts';
import { compareEnds, readRange, type WorkloadEnd } from '../endpoints.ts';
import type { PodFacts, WorkloadFacts } from '../facts.ts';
import type { ContainerPort } from '../rule-ports.ts';
import { type AtomicPredicates, labelsSeen, partOf } from './atomic-predicates.ts';

/** Pods that no policy can distinguish. Labels, ports and addresses are those of any of them. */
export interface PodClass {
  /** Its place in the list of all classes. */
  readonly index: number;
  readonly namespace: string;
  readonly labels: Labels;
  readonly ports: readonly ContainerPort[];
  readonly addresses: readonly IpRange[];
  readonly hostNetwork: boolean;
  /** The index in `Pods.labelSets` of labels that policies can't distinguish from these. */
  readonly labelSet: number;
}

/** Pods of one workload that are of one class. */
export interface PodGroup {
  /** Its place in the list of all groups, which is in the order of their ends. */
  readonly index: number;
  readonly end: WorkloadEnd;
  readonly pods: readonly PodFacts[];
  readonly podClass: PodClass;
}

/** All pods, by class and by workload. */
export interface Pods {
  readonly classes: readonly PodClass[];
  readonly groups: readonly PodGroup[];
  /** The different labels of all namespaces together, as far as policies distinguish them. */
  readonly labelSets: readonly Labels[];
}

/** Sorts pods into classes by these predicates. */
export function findPodClasses(workloads: readonly WorkloadFacts[], predicates: AtomicPredicates): Pods {
  const sorter = new PodSorter(predicates);
  const groups = workloads
    .flatMap((workload) => groupsOf(workload, sorter))
    .sort((a, b) => compareEnds(a.end, b.end))
    .map(({ end, pods, podClass }, index) => ({ index, end, pods, podClass }));
  return { classes: sorter.classes, groups, labelSets: sorter.labelSets };
}

function groupsOf(
  { namespace, name, kind, pods }: WorkloadFacts,
  sorter: PodSorter,
): readonly Omit<PodGroup, 'index'>[] {
  const workload = { namespace, name, kind };
  const [only, ...more] = pods;
  if (only !== undefined && more.length === 0) {
    return [{ end: { workload }, pods, podClass: sorter.classOf(namespace, only) }];
  }
  const byClass = Map.groupBy(pods, (pod) => sorter.classOf(namespace, pod));
  return [...byClass].map(([podClass, alike]) => ({
    end: byClass.size === 1 ? { workload } : { workload, pods: namesOf(alike) },
    pods: alike,
    podClass,
  }));
}

function namesOf(pods: readonly PodFacts[]): readonly string[] {
  return pods.flatMap(({ name }) => name ?? []).sort(compareText);
}

/** Finds the class of each pod. */
class PodSorter {
  readonly classes: PodClass[] = [];
  readonly labelSets: Labels[] = [];
  readonly #predicates: AtomicPredicates;
  readonly #byKey = new Map<string, PodClass>();
  readonly #labelSets = new Map<string, number>();
  readonly #ports = new Map<readonly ContainerPort[], string>();

  constructor(predicates: AtomicPredicates) {
    this.#predicates = predicates;
  }

  classOf(namespace: string, pod: PodFacts): PodClass {
    const { labels, ports, hostNetwork } = pod;
    const labelSet = this.#labelSetOf(labels);
    const addresses = pod.addresses.map(readRange);
    const parts = distinct(
      addresses.map((address) => `${address.family}.${partOf(this.#predicates, address)}`),
    );
    const key = `${namespace} ${labelSet} ${hostNetwork} ${parts} ${this.#portsSeen(ports)}`;
    return getOrInsert(this.#byKey, key, () => {
      const { length: index } = this.classes;
      const podClass = { index, namespace, labels, ports, addresses, hostNetwork, labelSet };
      this.classes.push(podClass);
      return podClass;
    });
  }

  #labelSetOf(labels: Labels): number {
    return getOrInsert(
      this.#labelSets,
      labelsSeen(this.#predicates, labels),
      () => this.labelSets.push(labels) - 1,
    );
  }

  #portsSeen(ports: readonly ContainerPort[]): string {
    return getOrInsert(this.#ports, ports, () => {
      const named = ports.filter(({ name = '' }) => this.#predicates.portNames.has(name));
      return String(distinct(named.map(({ name, protocol, number }) => `${name}:${number}/${protocol}`)));
    });
  }
}

function distinct(texts: readonly string[]): readonly string[] {
  return texts.length < 2 ? texts : [...new Set(texts)].sort(compareText);
}
