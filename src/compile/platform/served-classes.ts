// Which ingress controllers serve an Ingress or a route of the Gateway API, by class, and their peers.
// Must not know what is exposed.

import type { PlatformNetworkProfileSpec } from '../../api/platform-network-profile.ts';
import type { IngressController } from '../../api/platform-sources.ts';
import { type NonEmpty, nonEmpty, type Peer } from '../../model/network-policy.ts';
import { compareText } from '../../model/object-key.ts';
import type { GatewayFacts } from '../../model/services.ts';
import type { ClusterView } from '../../view/cluster-view.ts';
import { controllerPeers } from './systems.ts';

/** The ingress controllers that serve an object that exposes Services. */
export interface Serving {
  /** Whether the platform profile declares such an ingress controller. */
  readonly isDeclared: boolean;
  /** The peers that reach the backends; `undefined` also while they are not known. */
  readonly peers: NonEmpty<Peer> | undefined;
}

/**
 * The ingress controllers that serve an Ingress.
 *
 * @param className absent: the default IngressClass, of which there may be several; if there is none,
 *   only controllers that serve every class
 */
export function servingClass(
  view: ClusterView,
  spec: PlatformNetworkProfileSpec,
  className: string | undefined,
): Serving {
  const named = className === undefined ? defaultClasses(view) : [className];
  // Without any class, only controllers that serve every class serve it.
  const systems = servingIngresses(spec).filter((controller) =>
    named.length === 0 ? isServing(controller, undefined) : named.some((name) => isServing(controller, name)),
  );
  return servingBy(systems.map((controller) => controllerPeers(controller, view, spec)));
}

/** The ingress controllers that serve a route that these Gateways accept. */
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

/** The classes of an Ingress that names none, by name. */
export function defaultClasses({ ingressClasses }: ClusterView): readonly string[] {
  return [...ingressClasses.values()]
    .filter(({ isDefault }) => isDefault)
    .map(({ name }) => name)
    .sort(compareText);
}

/** The ingress controllers of the profile that serve Ingresses. */
export function servingIngresses({
  ingressControllers,
}: PlatformNetworkProfileSpec): readonly IngressController[] {
  return ingressControllers.filter(({ preset }) => preset !== 'gateway-api');
}

function isServing({ classes }: IngressController, className: string | undefined): boolean {
  return classes === undefined || (className !== undefined && classes.includes(className));
}

function distinctPeers(peers: readonly Peer[]): NonEmpty<Peer> | undefined {
  return nonEmpty(new Map(peers.map((peer) => [JSON.stringify(peer), peer])).values());
}
