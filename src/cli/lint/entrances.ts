// What leads to Services from outside, where no ring is: there, the compiler does not look.
// Must not know policies.
import type { Entrance } from '../../analyze/lint/lint-context.ts';
import type { Compiled } from '../../compile/compile.ts';
import type { ServiceRef } from '../../model/services.ts';
import type { ClusterView } from '../../view/cluster-view.ts';

/** The entrances of all namespaces that have no ring. */
export function entrancesWithoutRing(view: ClusterView, { namespaces }: Compiled): readonly Entrance[] {
  const ringed = new Set(
    namespaces
      .filter(({ enforcement }) => enforcement === 'Enforce' || enforcement === 'DryRun')
      .map(({ namespace }) => namespace),
  );
  return [...fromServices(view), ...fromIngresses(view), ...fromControlPlane(view)].filter(
    ({ service }) => !ringed.has(service.namespace),
  );
}

function fromServices({ services }: ClusterView): readonly Entrance[] {
  return [...services.values()].flatMap((ofNamespace) =>
    [...ofNamespace.values()]
      .filter(({ type }) => type === 'LoadBalancer' || type === 'NodePort')
      .map(({ namespace, name, type }) => ({
        service: { namespace, name },
        through: type,
        client: 'addresses outside' as const,
      })),
  );
}

function fromIngresses({ ingresses, gatewayRoutes }: ClusterView): readonly Entrance[] {
  const ofIngresses = [...ingresses.values()].flatMap((ofNamespace) =>
    [...ofNamespace.values()].flatMap(({ name, backends }) => throughController(`Ingress/${name}`, backends)),
  );
  const ofRoutes = gatewayRoutes.flatMap((byNamespace) =>
    [...byNamespace.values()].flatMap((ofNamespace) =>
      [...ofNamespace.values()].flatMap(({ kind, name, backends }) =>
        throughController(`${kind}/${name}`, backends),
      ),
    ),
  );
  return [...ofIngresses, ...ofRoutes];
}

function throughController(through: string, backends: readonly ServiceRef[]): readonly Entrance[] {
  return backends.map((service) => ({ service, through, client: 'an ingress controller' }));
}

function fromControlPlane({ controlPlaneCalls }: ClusterView): readonly Entrance[] {
  return controlPlaneCalls.map(({ caller, service }) => ({
    service,
    through: caller,
    client: 'the control plane',
  }));
}
