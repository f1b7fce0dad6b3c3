// Which ingress controllers serve an Ingress or a route of the Gateway API, by class, and the peers that they are.
// Must not know what is exposed.

import type { PlatformNetworkProfileSpec } from '../../api/platform-network-profile.ts';
import type { IngressController } from '../../api/platform-sources.ts';
import { type NonEmpty, nonEmpty, type Peer } from '../../model/network-policy.ts';
import type { GatewayFacts } from '../../model/services.ts';
import type { ClusterView } from '../../view/cluster-view.ts';
import { controllerPeers } from './systems.ts';

/** Who serves an object that exposes Services. */
export interface Serving {
  /** Whether the platform profile declares an ingress controller that does. */
  readonly isDeclared: boolean;
  /** Those who reach the backends; `undefined` also while it is not known where they are. */
  readonly peers: NonEmpty<Peer> | undefined;
}

/**
 * Who serves an Ingress.
 *
 * @param className absent: the default IngressClass, of which nothing keeps people from having several; where there is none,
 *   only controllers that serve every class
 */
export function servingClass(
  view: ClusterView,
  spec: PlatformNetworkProfileSpec,
  className: string | undefined,
): Serving {
  const named = className === undefined ? defaultClasses(view) : [className];
  const systems = spec.ingressControllers.filter(
    (controller) => controller.preset !== 'gateway-api' && named.some((name) => isServing(controller, name)),
  );
  return servingBy(systems.map((controller) => controllerPeers(controller, view, spec)));
}

/** Who serves a route that these Gateways take. */
export function servingGateways(
  view: ClusterView,
  spec: PlatformNetworkProfileSpec,
  gateways: readonly GatewayFacts[],
): Serving {
  return servingBy(
    gateways.flatMap((gateway) =>
      spec.ingressControllers
        .filter((controller) => isServing(controller, gateway.className))
        .map((controller) => controllerPeers(controller, view, spec, gateway)),
    ),
  );
}

function servingBy(systems: readonly (readonly Peer[])[]): Serving {
  return { isDeclared: systems.length > 0, peers: distinctPeers(systems.flat()) };
}

/** `undefined` stands for no class: only those who serve every class serve it. */
function defaultClasses(view: ClusterView): readonly (string | undefined)[] {
  const defaults = [...view.ingressClasses.values()].filter(({ isDefault }) => isDefault);
  return defaults.length === 0 ? [undefined] : defaults.map(({ name }) => name);
}

function isServing({ classes }: IngressController, className: string | undefined): boolean {
  return classes === undefined || (className !== undefined && classes.includes(className));
}

function distinctPeers(peers: readonly Peer[]): NonEmpty<Peer> | undefined {
  return nonEmpty(new Map(peers.map((peer) => [JSON.stringify(peer), peer])).values());
}
