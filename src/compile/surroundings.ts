// What a route's ends may ask: the namespace around the profile and the platform's systems.
// Must not know any end.
import type { ClusterView } from '../api/cluster-view.ts';
import type { PlatformNetworkProfileSpec } from '../api/platform-network-profile.ts';
import type { Surroundings } from '../routes/route-end.ts';
import { nodeRanges } from './node-ranges.ts';
import { ingressControllers, monitoringSystems } from './systems.ts';

/** The surroundings of the profiles in `namespace`. */
export function surroundingsOf(
  view: ClusterView,
  platform: PlatformNetworkProfileSpec,
  namespace: string,
): Surroundings {
  return {
    namespace,
    appLabel: platform.appLabel,
    services: view.services.get(namespace) ?? new Map(),
    ingressControllers: ingressControllers(view, platform),
    monitoring: monitoringSystems(platform),
    nodeRanges: nodeRanges(view, platform),
  };
}
