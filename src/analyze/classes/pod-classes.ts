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
}

/** Sorts pods into classes by these predicates. */
export function findPodClasses(workloads: readonly WorkloadFacts[], predicates: AtomicPredicates): Pods {
  const classes = new Map<string, PodClass>();
  const groups = workloads
    .flatMap(({ namespace, name, kind, pods }) => {
      const byClass = Map.groupBy(pods, (pod) => classOf(classes, namespace, pod, predicates));
      return [...byClass].map(([podClass, alike]) => ({
        end: {
          workload: { namespace, name, kind },
          ...(byClass.size === 1 ? {} : { pods: namesOf(alike) }),
        },
        pods: alike,
        podClass,
      }));
    })
    .sort((a, b) => compareEnds(a.end, b.end))
    .map((group, index) => ({ ...group, index }));
  return { classes: [...classes.values()], groups };
}

function namesOf(pods: readonly PodFacts[]): readonly string[] {
  return pods.flatMap(({ name }) => name ?? []).sort(compareText);
}

function classOf(
  classes: Map<string, PodClass>,
  namespace: string,
  pod: PodFacts,
  predicates: AtomicPredicates,
): PodClass {
  const addresses = pod.addresses.map(readRange);
  const key = JSON.stringify([
    namespace,
    pod.hostNetwork,
    labelsSeen(predicates, pod.labels),
    distinct(
      pod.ports
        .filter(({ name }) => name !== undefined && predicates.portNames.has(name))
        .map(({ name, protocol, number }) => `${name} ${number}/${protocol}`),
    ),
    distinct(addresses.map((address) => `${address.family} ${partOf(predicates, address)}`)),
  ]);
  return getOrInsert(classes, key, () => {
    const { labels, ports, hostNetwork } = pod;
    return { index: classes.size, namespace, labels, ports, addresses, hostNetwork };
  });
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort(compareText);
}
