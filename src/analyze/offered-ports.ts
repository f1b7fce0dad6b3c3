// The ports that workloads offer to others: those that their containers declare, and those to which Services lead.
// Must not know who may reach them. A pod may listen on others, too: nobody can see these.
import { type PortSet, portSets } from '../model/port-set.ts';
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
      return [endpointKey({ workload }), portSets.union(...workload.pods.map((pod) => offeredBy(pod, here)))];
    }),
  );
}

function offeredBy({ labels, ports }: PodFacts, services: readonly ServiceFacts[]): PortSet {
  const declared = ports.map(({ protocol, number }) => ({ protocol, port: number }));
  const targets = services
    .filter(({ selector }) => selector !== undefined && selects({ matchLabels: selector }, labels))
    .flatMap(({ headless, ports: own }) =>
      own.map(({ protocol, port, targetPort }) => ({ protocol, port: headless ? port : targetPort })),
    );
  return resolvePorts([...declared, ...targets], ports);
}
