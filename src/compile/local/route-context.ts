// What the ends of a route may read: the namespace of the profile, the platform's systems, and the cluster's own services.
// Must not know any end.

import type { PlatformNetworkProfileSpec } from '../../api/platform-network-profile.ts';
import type { RouteContext } from '../../routes/route-end.ts';
import type { ClusterView } from '../../view/cluster-view.ts';
import type { ClusterServices } from '../platform/cluster-services.ts';
import { ingressControllers, monitoringSystems } from '../platform/systems.ts';

/** The context of the profiles in `namespace`. */
export function routeContextOf(
  view: ClusterView,
  spec: PlatformNetworkProfileSpec,
  namespace: string,
  clusterServices: ClusterServices,
): RouteContext {
  const { ranges, apiServer, controlPlane, uncertain } = clusterServices;
  return {
    ...inNamespace(view, namespace),
    appLabel: spec.appLabel,
    ingressControllers: ingressControllers(view, spec),
    monitoring: monitoringSystems(spec),
    ranges,
    apiServer,
    controlPlane,
    uncertain,
  };
}

/** The part of a context that differs between namespaces. */
export function inNamespace(
  view: ClusterView,
  namespace: string,
): Pick<RouteContext, 'namespace' | 'services' | 'pods'> {
  const pods = view.pods?.get(namespace);
  return { namespace, services: view.services.get(namespace) ?? new Map(), ...(pods && { pods }) };
}
