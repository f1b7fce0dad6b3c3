// The ports that workloads offer to others: those that their containers declare, and those to which Services lead.
// Must not know who may reach them. A pod may listen on others, too: nobody can see these.
import { noPorts, type PortSet, portSets } from '../model/port-set.ts';
import { selects } from '../model/selectors.ts';
import type { ServiceFacts } from '../model/services.ts';
import { endpointKey } from './endpoints.ts';
import type { AnalysisInput, PodFacts } from './facts.ts';
import { resolvePorts } from './rule-ports.ts';

/** The offered ports of each workload, by `endpointKey`; those of its pods together. */
export function offeredPorts({
  workloads,
  services,
}: Pick<AnalysisInput, 'workloads' | 'services'>): ReadonlyMap<string, PortSet> {
  const byNamespace = Map.groupBy(services, ({ namespace }) => namespace);
  return new Map(
    workloads.map((workload) => {
      const here = byNamespace.get(workload.namespace) ?? [];
      return [endpointKey({ workload }), offeredByPods(workload.pods, here)];
    }),
  );
}

/** The offered ports of some pods together. @param services those of their namespace */
export function offeredByPods(pods: readonly PodFacts[], services: readonly ServiceFacts[]): PortSet {
  return portSets.union(...pods.map((pod) => offeredBy(pod, services)));
}

/** The ports of some pods to which Services lead. @param services those of their namespace */
export function ledToByServices(pods: readonly PodFacts[], services: readonly ServiceFacts[]): PortSet {
  return portSets.union(...pods.flatMap((pod) => services.map((service) => ledTo(pod, service))));
}

function offeredBy(pod: PodFacts, services: readonly ServiceFacts[]): PortSet {
  return portSets.union(declaredBy(pod), ...services.map((service) => ledTo(pod, service)));
}

function declaredBy({ ports }: Pick<PodFacts, 'ports'>): PortSet {
  return resolvePorts(
    ports.map(({ protocol, number }) => ({ protocol, port: number })),
    ports,
  );
}

/** The ports of a pod to which a Service leads; none if it does not select the pod. */
function ledTo(
  { labels, ports }: Pick<PodFacts, 'labels' | 'ports'>,
  { selector, headless, ports: own }: ServiceFacts,
): PortSet {
  if (selector === undefined || !selects({ matchLabels: selector }, labels)) return noPorts;
  const targets = own.map(({ protocol, port, targetPort }) => ({
    protocol,
    port: headless ? port : targetPort,
  }));
  return resolvePorts(targets, ports);
}

/**
 * The Service that leads to a port that no container of these pods declares: one of the two is a mistake, or the container listens on a
 * port that it does not declare. `undefined` if one declares it, if none declares any port, or if no Service leads there.
 *
 * @param services those of the namespace
 */
export function leadingToUndeclared(
  wanted: PortSet,
  pods: readonly Pick<PodFacts, 'labels' | 'ports'>[],
  services: readonly ServiceFacts[],
): ServiceFacts | undefined {
  const telling = pods.filter(({ ports }) => ports.length > 0);
  if (telling.some((pod) => portSets.overlap(declaredBy(pod), wanted))) return undefined;
  return services.find((service) => telling.some((pod) => portSets.overlap(ledTo(pod, service), wanted)));
}
