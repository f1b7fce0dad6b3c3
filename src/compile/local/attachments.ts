// Which Gateways accept a route of the Gateway API: the route names them, and one of their listeners has to accept it. A route that none
// accepts leads nowhere, whatever it names. Must not know who serves a Gateway.
// https://gateway-api.sigs.k8s.io/concepts/security-model/, GEP-1713 for ListenerSets

import { type GatewayRouteKind, listenerProtocols, traitsOf } from '../../model/gateway-routes.ts';
import { hostnamesMeet } from '../../model/hostnames.ts';
import type { ObjectKey } from '../../model/object-key.ts';
import { selects } from '../../model/selectors.ts';
import type {
  AttachedFrom,
  GatewayFacts,
  GatewayRouteFacts,
  ListenerFacts,
  ParentFacts,
} from '../../model/services.ts';
import type { ByNamespace, ClusterView } from '../../view/cluster-view.ts';

/** The Gateways that accept a route, directly or through a ListenerSet, each once, in the order of the route. */
export function gatewaysAccepting(view: ClusterView, route: GatewayRouteFacts): readonly GatewayFacts[] {
  return [...new Set(route.parents.flatMap((parent) => gatewayAccepting(view, route, parent) ?? []))];
}

function gatewayAccepting(
  view: ClusterView,
  route: GatewayRouteFacts,
  parent: ParentFacts,
): GatewayFacts | undefined {
  const isAcceptedBy = (namespace: string, listeners: readonly ListenerFacts[]) =>
    listeners.some(
      (listener) =>
        matchesParent(listener, parent) &&
        acceptsKind(listener, route.kind) &&
        acceptsHost(listener, route) &&
        allowsNamespace(view, listener.routesFrom, namespace, route.namespace),
    );
  if (parent.kind === 'Gateway') {
    const gateway = find(view.gateways, parent);
    return gateway && isAcceptedBy(gateway.namespace, gateway.listeners) ? gateway : undefined;
  }
  const set = find(view.listenerSets, parent);
  const gateway = set?.gateway && find(view.gateways, set.gateway);
  if (set === undefined || gateway === undefined) return undefined;
  if (!allowsNamespace(view, gateway.listenerSetsFrom, gateway.namespace, set.namespace)) return undefined;
  return isAcceptedBy(set.namespace, set.listeners) ? gateway : undefined;
}

function matchesParent(listener: ListenerFacts, { listener: name, port }: ParentFacts): boolean {
  return (name === undefined || name === listener.name) && (port === undefined || port === listener.port);
}

/** An implementation-specific protocol accepts the kinds that the listener names: nobody else can know them. */
function acceptsKind({ protocol, passthrough, kinds }: ListenerFacts, kind: GatewayRouteKind): boolean {
  const known = listenerProtocols.find((each) => each === protocol);
  if (known === undefined) return kinds?.includes(kind) === true;
  if (kind === 'TCPRoute' && passthrough) return false;
  return traitsOf(kind).listeners.includes(known) && kinds?.includes(kind) !== false;
}

/** If both name hosts, they must have one in common. */
function acceptsHost({ hostname }: ListenerFacts, { hostnames }: GatewayRouteFacts): boolean {
  if (hostname === undefined || hostnames.length === 0) return true;
  return hostnames.some((each) => hostnamesMeet(hostname, each));
}

/** Whether an object in `namespace` may attach to an object in `own`. */
function allowsNamespace(
  { namespaces }: ClusterView,
  from: AttachedFrom,
  own: string,
  namespace: string,
): boolean {
  if (typeof from === 'object') {
    const facts = namespaces.get(namespace);
    return facts !== undefined && selects(from.selector, facts.labels);
  }
  return from === 'All' || (from === 'Same' && own === namespace);
}

function find<T>(all: ByNamespace<T>, { namespace, name }: ObjectKey): T | undefined {
  return all.get(namespace)?.get(name);
}
