// Services and what leads to them from outside, as plain facts.
// Must not know which traffic is allowed.
import type { GatewayRouteKind } from './gateway-routes.ts';
import type { ObjectKey } from './object-key.ts';
import type { Protocol } from './ports.ts';
import type { LabelSelector, Labels } from './selectors.ts';

/** One port of a Service. */
export interface ServicePort {
  /** Absent where a Service with a single port does not name it. */
  readonly name?: string;
  readonly port: number;
  readonly protocol: Protocol;
  /** The pod's port: a number, or the name of a container port, which each pod resolves for itself. */
  readonly targetPort: number | string;
}

/** A Service. */
export interface ServiceFacts extends ObjectKey {
  readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  /** `clusterIP: None`: its name resolves to the pods themselves, so that no port is translated. */
  readonly headless: boolean;
  /** Absent where the Service selects no pods: somebody else writes its endpoints. */
  readonly selector?: Labels;
  /** Where an ExternalName points to. */
  readonly externalName?: string;
  readonly ports: readonly ServicePort[];
}

/** A Service with its addresses, of both families; none where it is headless, or comes from a file that says none. */
export interface AddressedServiceFacts extends ServiceFacts {
  readonly clusterIPs: readonly string[];
}

/** A reference to a port of a Service, by number or by name; absent where the reference names none. */
export interface ServiceRef extends ObjectKey {
  readonly port?: number | string;
}

/** An Ingress (networking.k8s.io/v1), as far as it leads to pods. */
export interface IngressFacts extends ObjectKey {
  /** Absent: the cluster's default class. */
  readonly className?: string;
  /** Of the default backend and of every path. */
  readonly backends: readonly ServiceRef[];
  /** Backends that are not Services (`backend.resource`), as `Kind/name`. */
  readonly resourceBackends: readonly string[];
}

/** What a route of the Gateway API asks to be attached to. */
export interface ParentFacts extends ObjectKey {
  readonly kind: 'Gateway' | 'ListenerSet';
  /** Absent: every listener. */
  readonly listener?: string;
  /** Absent: a listener on any port. */
  readonly port?: number;
}

/** A route of the Gateway API, as far as it leads to pods. */
export interface GatewayRouteFacts extends ObjectKey {
  readonly kind: GatewayRouteKind;
  /** The hosts that it is for; none in particular where it names none, or where its kind has none. */
  readonly hostnames: readonly string[];
  readonly parents: readonly ParentFacts[];
  /** Parents of the experimental group, as `Kind/name`: what they are attached to in turn is not known. */
  readonly otherParents: readonly string[];
  readonly backends: readonly ServiceRef[];
  /** Backends that are not Services, as `Kind/name`. */
  readonly otherBackends: readonly string[];
}

/** From which namespaces something may be attached to a Gateway; `Same` is that of what it is attached to. */
export type AttachedFrom = 'All' | 'Same' | 'None' | { readonly selector: LabelSelector };

/** A listener of a Gateway or a ListenerSet, by the routes that it takes. */
export interface ListenerFacts {
  readonly name: string;
  readonly port?: number;
  /** Such as `HTTPS`, or one of an implementation's own, such as `example.com/quic`. */
  readonly protocol: string;
  /** `tls.mode: Passthrough`: what is encrypted goes on as it is. */
  readonly passthrough: boolean;
  /** Absent: every host. */
  readonly hostname?: string;
  readonly routesFrom: AttachedFrom;
  /** Absent: routes of every kind that its protocol takes. */
  readonly kinds?: readonly string[];
}

/** A Gateway (gateway.networking.k8s.io/v1). */
export interface GatewayFacts extends ObjectKey {
  /** As the server wrote it; absent where it is in a file only. */
  readonly created?: string;
  readonly className: string;
  readonly listeners: readonly ListenerFacts[];
  /** Whose ListenerSets add listeners to it. */
  readonly listenerSetsFrom: AttachedFrom;
}

/** A ListenerSet (gateway.networking.k8s.io/v1, since Gateway API 1.5; GEP-1713): more listeners of a Gateway. */
export interface ListenerSetFacts extends ObjectKey {
  /** Absent where its parent is no Gateway. */
  readonly gateway?: ObjectKey;
  readonly listeners: readonly ListenerFacts[];
}

/** A ReferenceGrant: whose routes may lead to Services of its namespace. */
export interface ReferenceGrantFacts extends ObjectKey {
  readonly from: readonly { readonly kind: string; readonly namespace: string }[];
  /** The Services that it is about; absent where it is about all of them. */
  readonly services?: readonly string[];
}

/** An IngressClass. */
export interface IngressClassFacts {
  readonly name: string;
  /** The class of Ingresses that name none (`ingressclass.kubernetes.io/is-default-class`). */
  readonly isDefault: boolean;
}

/** A Service that the control plane calls: the backend of a webhook or of an aggregated API. */
export interface ControlPlaneCallFacts {
  /** As in `ValidatingWebhookConfiguration/name`, `APIService/name`. */
  readonly caller: string;
  readonly service: ServiceRef;
}

/** A Node, by its addresses: a pod in the host's network has these too. */
export interface NodeFacts {
  readonly name: string;
  readonly addresses: readonly string[];
  /** The ranges that the pods of this node get their addresses from, where Kubernetes hands them out. */
  readonly podRanges: readonly string[];
}

/** An EndpointSlice (discovery.k8s.io/v1): where a Service leads to in the end. */
export interface EndpointSliceFacts extends ObjectKey {
  /** The Service of the same namespace. */
  readonly service: string;
  readonly addressType: 'IPv4' | 'IPv6' | 'FQDN';
  /** Of all endpoints, also of those that are not ready. */
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
