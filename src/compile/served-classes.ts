// Which ingress controllers serve an Ingress or a route of the Gateway API, by class, and the peers that they are.
// Must not know what is exposed.
import type { ClusterView } from '../api/cluster-view.ts';
import type { PlatformNetworkProfileSpec } from '../api/platform-network-profile.ts';
import type { IngressController } from '../api/platform-sources.ts';
import { type NonEmpty, nonEmpty, type Peer } from '../model/network-policy.ts';
import type { ObjectKey } from '../model/object-key.ts';
import { controllerPeers } from './systems.ts';

/**
 * The peers that reach the backends of an Ingress.
 *
 * @param className absent: the default IngressClass, of which nothing keeps people from having several; where there is none,
 *   only controllers that serve every class
 */
export function peersOfIngressClass(
  view: ClusterView,
  platform: PlatformNetworkProfileSpec,
  className: string | undefined,
): NonEmpty<Peer> | undefined {
  const named = className === undefined ? defaultClasses(view) : [className];
  const systems = platform.ingressControllers.filter(
    (controller) => controller.preset !== 'gateway-api' && named.some((name) => isServing(controller, name)),
  );
  return withoutTwins(systems.flatMap((controller) => controllerPeers(controller, view, platform)));
}

/** The peers that reach the backends of a route that is attached to these Gateways. */
export function peersOfGateways(
  view: ClusterView,
  platform: PlatformNetworkProfileSpec,
  gateways: readonly ObjectKey[],
): NonEmpty<Peer> | undefined {
  const known = gateways.flatMap(({ namespace, name }) => view.gateways.get(namespace)?.get(name) ?? []);
  const peers = known.flatMap((gateway) =>
    platform.ingressControllers
      .filter((controller) => isServing(controller, gateway.className))
      .flatMap((controller) => controllerPeers(controller, view, platform, gateway)),
  );
  return withoutTwins(peers);
}

/** `undefined` stands for no class: only those who serve every class serve it. */
function defaultClasses(view: ClusterView): readonly (string | undefined)[] {
  const defaults = [...view.ingressClasses.values()].filter(({ isDefault }) => isDefault);
  return defaults.length === 0 ? [undefined] : defaults.map(({ name }) => name);
}

function isServing({ classes }: IngressController, className: string | undefined): boolean {
  return classes === undefined || (className !== undefined && classes.includes(className));
}

function withoutTwins(peers: readonly Peer[]): NonEmpty<Peer> | undefined {
  return nonEmpty(new Map(peers.map((peer) => [JSON.stringify(peer), peer])).values());
}
