// What a route's ends may ask: the namespace around the profile, the platform's systems, and the cluster's own services.
// Must not know any end.

import type { PlatformNetworkProfileSpec } from '../../api/platform-network-profile.ts';
import type { Surroundings } from '../../routes/route-end.ts';
import type { ClusterView } from '../../view/cluster-view.ts';
import type { World } from '../platform/cluster-services.ts';
import { ingressControllers, monitoringSystems } from '../platform/systems.ts';

/** The surroundings of the profiles in `namespace`. */
export function surroundingsOf(
  view: ClusterView,
  platform: PlatformNetworkProfileSpec,
  namespace: string,
  world: World,
): Surroundings {
  const { ranges, apiServer, controlPlane, uncertain } = world;
  return {
    namespace,
    appLabel: platform.appLabel,
    services: view.services.get(namespace) ?? new Map(),
    ingressControllers: ingressControllers(view, platform),
    monitoring: monitoringSystems(platform),
    ranges,
    apiServer,
    controlPlane,
    uncertain,
  };
}
