// The pods behind a Service and their own ports: policies use the ports of pods, people use the ports of Services.
// Must not know policies.

import { groupsBy } from '../model/groups.ts';
import { type PortSet, portSets } from '../model/port-set.ts';
import { failure, type Result, success } from '../model/result.ts';
import { type Labels, selects } from '../model/selectors.ts';
import type { ServiceFacts, ServicePort } from '../model/services.ts';
import type { PodGroup } from './classes/pod-classes.ts';
import type { WorkloadEnd } from './endpoints.ts';
import type { PodFacts } from './facts.ts';
import { resolvePorts } from './rule-ports.ts';

/** The targets of one port of a Service. */
export interface ServiceTarget {
  readonly port: ServicePort;
  /** The pods behind it, with their own ports for it; sorted. */
  readonly ends: readonly { readonly end: WorkloadEnd; readonly ports: PortSet }[];
  /** Pods that the Service selects but that have no port with the name of its target port: the Service leaves them out. */
  readonly without: readonly WorkloadEnd[];
}

/** Why a Service has no pods: it is an alias, or somebody else writes its endpoints. */
export type NoTarget = 'ExternalName' | 'NoSelector';

/**
 * Follows every port of a Service to pods. Nothing translates the ports of a headless Service: a client that resolves its name dials
 * the pods at this same port (https://kubernetes.io/docs/concepts/services-networking/service/#headless-services).
 *
 * @param groups all pods, sorted
 */
export function followService(
  service: ServiceFacts,
  groups: readonly PodGroup[],
): Result<readonly ServiceTarget[], NoTarget> {
  const { type, selector, namespace, ports } = service;
  if (type === 'ExternalName') return failure('ExternalName');
  if (selector === undefined) return failure('NoSelector');
  const behind = groups
    .filter(({ end }) => end.workload.namespace === namespace)
    .flatMap((group) => selectedOf(group, selector));
  return success(ports.map((port) => targetOf(service, port, behind)));
}

/** Pods of one group with the same ports: a group may have different ones if no policy names them. */
interface Selected {
  readonly end: WorkloadEnd;
  readonly pod: PodFacts;
}

function selectedOf({ end, pods }: PodGroup, selector: Labels): readonly Selected[] {
  const selected = pods.filter(({ labels }) => selects({ matchLabels: selector }, labels));
  return groupsBy(selected, ({ ports }) => JSON.stringify(ports)).map((alike) => {
    const names = alike.flatMap(({ name }) => name ?? []).sort();
    const isWhole = alike.length === pods.length;
    return { end: isWhole ? end : { workload: end.workload, pods: names }, pod: alike[0] };
  });
}

function targetOf({ headless }: ServiceFacts, port: ServicePort, behind: readonly Selected[]): ServiceTarget {
  const { protocol, targetPort } = port;
  const wanted = headless ? port.port : targetPort;
  const ends = behind.map(({ end, pod }) => ({
    end,
    ports: resolvePorts([{ protocol, port: wanted }], pod.ports),
  }));
  return {
    port,
    ends: ends.filter(({ ports }) => !portSets.isEmpty(ports)),
    without: ends.filter(({ ports }) => portSets.isEmpty(ports)).map(({ end }) => end),
  };
}
