// All facts that compile() knows, as plain data: a snapshot of one moment.
// Absent means known to be absent: nobody reads it before every cache has synced. Must not know where it came from.

import type { AppNetworkProfile } from '../api/app-network-profile.ts';
import type { Problem } from '../api/decode.ts';
import type { EgressMode } from '../api/egress.ts';
import type { NetworkPause } from '../api/network-pause.ts';
import type { PlatformNetworkProfile } from '../api/platform-network-profile.ts';
import type { Discovered } from '../api/platform-status.ts';
import type { Finding } from '../model/findings.ts';
import type { PodPorts } from '../model/known-pod-ports.ts';
import type { ObjectKey } from '../model/object-key.ts';
import type { Result } from '../model/result.ts';
import type { Labels } from '../model/selectors.ts';
import type {
  AddressedServiceFacts,
  ControlPlaneCallFacts,
  GatewayFacts,
  GatewayRouteFacts,
  IngressClassFacts,
  IngressFacts,
  ListenerSetFacts,
  ReferenceGrantFacts,
  ServiceFacts,
} from '../model/services.ts';

/** A Namespace. */
export interface NamespaceFacts {
  readonly name: string;
  readonly uid: string;
  readonly labels: Labels;
  /** It is being deleted: nothing can be created in it any more. */
  readonly terminating: boolean;
}

/** An AppNetworkProfile, or why it can't be read. */
export interface ProfileFacts {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  /** RFC 3339, in UTC; `undefined` for a profile that is only in a file. */
  readonly created: string | undefined;
  readonly terminating: boolean;
  /** The egress mode that it asks for, even if the rest of it can't be read. */
  readonly egress: EgressMode | undefined;
  readonly decoded: Result<AppNetworkProfile, readonly Problem[]>;
}

/** The PlatformNetworkProfile, or why it can't be read. */
export interface PlatformFacts {
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly terminating: boolean;
  /** The last readable version, if this one can't be read: see `outdated`. */
  readonly decoded: Result<PlatformNetworkProfile, readonly Problem[]>;
  /** Why the stored version can't be read, if an earlier one could: then the earlier one stays in force, and nothing is pruned. */
  readonly outdated?: readonly Problem[];
}

/** A NetworkPause, or why it can't be read. */
export interface PauseFacts {
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  /** The namespace that it pauses, even if the rest of it can't be read. */
  readonly paused: string;
  /** Whether it has ended, or is being deleted, or can't be read: then it opens nothing. */
  readonly isOver: boolean;
  /** Who wrote it, as `pausedBy` reads it; absent if that is not known. */
  readonly by?: string | undefined;
  /** Whether it ends more than a week after its creation. */
  readonly isLong: boolean;
  readonly decoded: Result<NetworkPause, readonly Problem[]>;
}

/** A pod, where pods are known. */
export interface KnownPod extends PodPorts {
  /** Absent for a pod that is not known to run. */
  readonly name?: string;
  /** Of both families. */
  readonly addresses?: readonly string[];
  /** Whether it has the addresses of its node. */
  readonly hostNetwork?: boolean;
}

/** Objects by namespace, then by name. */
export type ByNamespace<T> = ReadonlyMap<string, ReadonlyMap<string, T>>;

/** The objects of one namespace. */
export function objectsIn<T>(all: ByNamespace<T>, namespace: string): readonly T[] {
  return [...(all.get(namespace)?.values() ?? [])];
}

/** Which profiles mention which other namespaces in their routes, so that nobody has to read all profiles. */
export interface RouteLinks {
  /** Profiles with a route from this namespace by its name. */
  fromName(namespace: string): Iterable<ObjectKey>;
  /** Every namespace that a route names, whether or not it exists. */
  names(): Iterable<string>;
  /** Profiles with a route from namespaces with a label, or with several, if a namespace with these labels has one of them. */
  fromLabels(labels: Labels): Iterable<ObjectKey>;
  /** Profiles with a route from namespaces without requiring a label: from all, or from those without some label. */
  fromAny(): Iterable<ObjectKey>;
  /** Profiles with a route from namespaces by labels, or from all. */
  fromSelected(): Iterable<ObjectKey>;
  /** Profiles with a route from systems of the platform profile. */
  fromDeclared(): Iterable<ObjectKey>;
  /** Profiles with a route to this namespace by its name. */
  toName(namespace: string): Iterable<ObjectKey>;
  /** Profiles with a route to namespaces by labels, or to all, that may mean one with these labels. */
  toLabels(labels: Labels): Iterable<ObjectKey>;
  /** Profiles with a route to systems of the platform profile. */
  toDeclared(): Iterable<ObjectKey>;
  /** Profiles that don't decode: their content is unknown. */
  undecoded(): Iterable<ObjectKey>;
}

/** The names of namespaces, by their labels. */
export interface NamespaceLabels {
  /** Namespaces with this label, and this value if there is one; works for every label except that of their name. */
  having(key: string, value?: string): Iterable<string>;
}

/** A fact about the cluster that may be larger than is known, so that nothing is known to be outside of it. */
export type UncertainFact = 'podRanges' | 'serviceRanges' | 'nodeRanges' | 'kubernetesAPI';

/** The facts of one moment. */
export interface ClusterView {
  readonly platform: PlatformFacts | undefined;
  /** The operator's own namespace, which it never fences. */
  readonly operatorNamespace: string;
  /** By name. */
  readonly namespaces: ReadonlyMap<string, NamespaceFacts>;
  readonly namespaceLabels: NamespaceLabels;
  readonly profiles: ByNamespace<ProfileFacts>;
  readonly routeLinks: RouteLinks;
  /** By the namespace that they pause; ordered by name. */
  readonly pauses: ReadonlyMap<string, readonly PauseFacts[]>;
  readonly services: ByNamespace<ServiceFacts & Partial<AddressedServiceFacts>>;
  readonly ingresses: ByNamespace<IngressFacts>;
  /** The routes of the Gateway API, kind by kind. */
  readonly gatewayRoutes: readonly ByNamespace<GatewayRouteFacts>[];
  /** For each namespace, the other namespaces whose routes lead to its Services. */
  readonly routeSources: ReadonlyMap<string, ReadonlySet<string>>;
  readonly gateways: ByNamespace<GatewayFacts>;
  readonly listenerSets: ByNamespace<ListenerSetFacts>;
  readonly referenceGrants: ByNamespace<ReferenceGrantFacts>;
  /** By name. */
  readonly ingressClasses: ReadonlyMap<string, IngressClassFacts>;
  /** The last known DNS, API server and address ranges; a fact that is absent was never known. */
  readonly discovered: Discovered;
  /** The facts that may be larger by now: the last value applies where something is allowed, and proves nothing to be outside. */
  readonly uncertain: readonly UncertainFact[];
  /** Findings about facts that can't be discovered now, or are implausible. */
  readonly discoveryFindings: readonly Finding[];
  /** Services that the control plane calls, from webhook configurations and APIServices. */
  readonly controlPlaneCalls: readonly ControlPlaneCallFacts[];
  /** The pods of a namespace, where they are known: the operator does not watch them. */
  readonly pods?: ReadonlyMap<string, readonly KnownPod[]>;
}
