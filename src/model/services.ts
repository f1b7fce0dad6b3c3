// Services and what leads to them from outside, as plain facts.
// Must not know which traffic is allowed.
import type { GatewayRouteKind } from './gateway-routes.ts';
import type { ObjectKey } from './object-key.ts';
import type { PortSpec, Protocol } from './ports.ts';
import type { LabelSelector, Labels } from './selectors.ts';

/** One port of a Service. */
export interface ServicePort {
  /** Absent if a Service with a single port does not name it. */
  readonly name?: string;
  readonly port: number;
  readonly protocol: Protocol;
  /** The pod's port: a number, or the name of a container port, which each pod resolves for itself. */
  readonly targetPort: number | string;
}

/** Whether a port of a Service is meant, by its number or name; a range means every port of the Service in it. */
export function isServicePort({ name, port, protocol }: ServicePort, meant: PortSpec): boolean {
  if (protocol !== meant.protocol) return false;
  if ('name' in meant) return name === meant.name;
  return meant.interval.first <= port && port <= meant.interval.last;
}

/** A Service. */
export interface ServiceFacts extends ObjectKey {
  readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  /** `clusterIP: None`: its name resolves to the pods themselves, so no port is translated. */
  readonly headless: boolean;
  /** Absent if the Service selects no pods: then somebody else writes its endpoints. */
  readonly selector?: Labels;
  /** The target of an ExternalName Service. */
  readonly externalName?: string;
  readonly ports: readonly ServicePort[];
}

/** A Service with its addresses, of both families; none if it is headless, or comes from a file without addresses. */
export interface AddressedServiceFacts extends ServiceFacts {
  readonly clusterIPs: readonly string[];
}

/** A reference to a port of a Service, by number or by name; absent if the reference names none. */
export interface ServiceRef extends ObjectKey {
  readonly port?: number | string;
}

/** A Service that an object leads to, and the first field of the object that says so, as in `spec.defaultBackend`. */
export interface Backend extends ServiceRef {
  readonly at: string;
}

/** Something else that an object leads to, as `Kind/name`, and the first field that says so. */
export interface OtherBackend {
  readonly named: string;
  readonly at: string;
}

/** An Ingress (networking.k8s.io/v1), reduced to what leads to pods. */
export interface IngressFacts extends ObjectKey {
  /** Absent: the cluster's default class. */
  readonly className?: string;
  /** Of the default backend and of every path. */
  readonly backends: readonly Backend[];
  /** Backends that are not Services (`backend.resource`). */
  readonly resourceBackends: readonly OtherBackend[];
}

/** What a route of the Gateway API attaches to. */
export interface ParentFacts extends ObjectKey {
  readonly kind: 'Gateway' | 'ListenerSet';
  /** Absent: every listener. */
  readonly listener?: string;
  /** Absent: a listener on any port. */
  readonly port?: number;
}

/** A route of the Gateway API, reduced to what leads to pods. */
export interface GatewayRouteFacts extends ObjectKey {
  readonly kind: GatewayRouteKind;
  /** Its hosts; empty if it names none, or if its kind has none. */
  readonly hostnames: readonly string[];
  readonly parents: readonly ParentFacts[];
  /** Parents of the experimental group, as `Kind/name`: what these attach to is not known. */
  readonly otherParents: readonly string[];
  readonly backends: readonly Backend[];
  /** Backends that are not Services. */
  readonly otherBackends: readonly OtherBackend[];
}

/** The namespaces from which something may attach to a Gateway; `Same` is the namespace of the Gateway or ListenerSet itself. */
export type AttachedFrom = 'All' | 'Same' | 'None' | { readonly selector: LabelSelector };

/** A listener of a Gateway or a ListenerSet, reduced to which routes it accepts. */
export interface ListenerFacts {
  readonly name: string;
  readonly port?: number;
  /** Such as `HTTPS`, or an implementation's own, such as `example.com/quic`. */
  readonly protocol: string;
  /** `tls.mode: Passthrough`: encrypted traffic is forwarded unchanged. */
  readonly passthrough: boolean;
  /** Absent: every host. */
  readonly hostname?: string;
  readonly routesFrom: AttachedFrom;
  /** Absent: routes of every kind for its protocol. */
  readonly kinds?: readonly string[];
}

/** A Gateway (gateway.networking.k8s.io/v1). */
export interface GatewayFacts extends ObjectKey {
  /** As the server wrote it; absent if the Gateway is only in a file. */
  readonly created?: string;
  readonly className: string;
  readonly listeners: readonly ListenerFacts[];
  /** The namespaces whose ListenerSets add listeners to it. */
  readonly listenerSetsFrom: AttachedFrom;
}

/** A ListenerSet (gateway.networking.k8s.io/v1, since Gateway API 1.5; GEP-1713): more listeners of a Gateway. */
export interface ListenerSetFacts extends ObjectKey {
  /** Absent if its parent is no Gateway. */
  readonly gateway?: ObjectKey;
  readonly listeners: readonly ListenerFacts[];
}

/** A ReferenceGrant: whose routes may lead to Services in its namespace. */
export interface ReferenceGrantFacts extends ObjectKey {
  readonly from: readonly { readonly kind: string; readonly namespace: string }[];
  /** The Services that it covers; absent if it covers all of them. */
  readonly services?: readonly string[];
}

/** An IngressClass. */
export interface IngressClassFacts {
  readonly name: string;
  /** Whether Ingresses without a class have this one (`ingressclass.kubernetes.io/is-default-class`). */
  readonly isDefault: boolean;
}

/** A Service that the control plane calls: the backend of a webhook or of an aggregated API. */
export interface ControlPlaneCallFacts {
  /** As in `ValidatingWebhookConfiguration/name`, `APIService/name`. */
  readonly caller: string;
  readonly service: ServiceRef;
}

/** A Node, by its addresses: pods in its host network have these too. */
export interface NodeFacts {
  readonly name: string;
  readonly addresses: readonly string[];
  /** The ranges that the pods of this node get their addresses from, if Kubernetes assigns them. */
  readonly podRanges: readonly string[];
  /** Its kubelet says that it can't run pods, or is silent. */
  readonly notReady?: true;
}

/** An EndpointSlice (discovery.k8s.io/v1): the endpoints of a Service. */
export interface EndpointSliceFacts extends ObjectKey {
  /** The Service in the same namespace. */
  readonly service: string;
  readonly addressType: 'IPv4' | 'IPv6' | 'FQDN';
  /** Of all endpoints, including those that are not ready. */
  readonly addresses: readonly string[];
  readonly ports: readonly { readonly name: string; readonly port: number; readonly protocol: Protocol }[];
}

/** A ServiceCIDR (networking.k8s.io/v1, since Kubernetes 1.33): ranges that ClusterIPs are taken from. */
export interface ServiceCidrFacts {
  readonly name: string;
  readonly ranges: readonly string[];
}

/** A ConfigMap with the configuration of a CoreDNS: the addresses that it listens on. */
export interface DnsConfigFacts extends ObjectKey {
  readonly binds: readonly string[];
}
