// The kinds of routes of the Gateway API: which listeners accept them, and what they lead to. The only list of these kinds.
// Must not know any single route, nor what is opened for one.
import type { Protocol } from './ports.ts';

/** What distinguishes one kind of route from the others. */
export interface GatewayRouteTraits {
  readonly plural: string;
  /** The versions of its API, the newest first. */
  readonly versions: readonly string[];
  /** The protocols of the listeners that accept it. */
  readonly listeners: readonly ListenerProtocol[];
  /** The protocol of the Service ports that it leads to. */
  readonly backends: Protocol;
}

/** The protocols of listeners that the API itself defines; an implementation may have others, with a `/` in their names. */
export const listenerProtocols = ['HTTP', 'HTTPS', 'TLS', 'TCP', 'UDP'] as const;

/** A protocol of listeners that the API itself defines. */
export type ListenerProtocol = (typeof listenerProtocols)[number];

/**
 * Each kind of route, by the table in GEP-2907, "What Routes are allowed by Listeners with TLS". In implementations such as Envoy
 * Gateway and Istio, a listener that terminates TLS also accepts a TCPRoute.
 */
const gatewayRouteKinds = {
  HTTPRoute: {
    plural: 'httproutes',
    versions: ['v1', 'v1beta1'],
    listeners: ['HTTP', 'HTTPS'],
    backends: 'TCP',
  },
  GRPCRoute: {
    plural: 'grpcroutes',
    versions: ['v1', 'v1alpha2'],
    listeners: ['HTTP', 'HTTPS'],
    backends: 'TCP',
  },
  // Standard since Gateway API 1.5; the other two since 1.6.
  TLSRoute: {
    plural: 'tlsroutes',
    versions: ['v1', 'v1alpha3', 'v1alpha2'],
    listeners: ['TLS'],
    backends: 'TCP',
  },
  TCPRoute: {
    plural: 'tcproutes',
    versions: ['v1', 'v1alpha2'],
    listeners: ['TCP', 'TLS'],
    backends: 'TCP',
  },
  UDPRoute: {
    plural: 'udproutes',
    versions: ['v1', 'v1alpha2'],
    listeners: ['UDP'],
    backends: 'UDP',
  },
} as const satisfies Record<string, GatewayRouteTraits>;

/** A kind of route of the Gateway API. */
export type GatewayRouteKind = keyof typeof gatewayRouteKinds;

/** What distinguishes this kind from the others. */
export function traitsOf(kind: GatewayRouteKind): GatewayRouteTraits {
  return gatewayRouteKinds[kind];
}

/** Every kind, in the order of the list. */
export const gatewayRouteKindNames = Object.keys(gatewayRouteKinds) as readonly GatewayRouteKind[];
