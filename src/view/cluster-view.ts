// Everything that compile() knows of the world, as plain data: one picture, taken at one moment.
// Absent means known to be absent: nobody looks before every cache has synced. Must not know where it came from.

import type { AppNetworkProfile } from '../api/app-network-profile.ts';
import type { Problem } from '../api/decode.ts';
import type { EgressMode } from '../api/egress.ts';
import type { PlatformNetworkProfile } from '../api/platform-network-profile.ts';
import type { Discovered } from '../api/platform-status.ts';
import type { Finding } from '../model/findings.ts';
import type { ObjectKey } from '../model/object-key.ts';
import type { Result } from '../model/result.ts';
import type { Labels } from '../model/selectors.ts';
import type {
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
  /** Being deleted: nothing can be created in it any more. */
  readonly terminating: boolean;
}

/** An AppNetworkProfile, or why it can't be read. */
export interface ProfileFacts {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  /** RFC 3339, in UTC; `undefined` for one that is in a file only. */
  readonly created: string | undefined;
  readonly terminating: boolean;
  /** What it asks of egress, also where the rest of it can't be read. */
  readonly egress: EgressMode | undefined;
  readonly decoded: Result<AppNetworkProfile, readonly Problem[]>;
}

/** The PlatformNetworkProfile, or why it can't be read. */
export interface PlatformFacts {
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly terminating: boolean;
  /** The last version that could be read, where this one can't: see `outdated`. */
  readonly decoded: Result<PlatformNetworkProfile, readonly Problem[]>;
  /** Why the stored version can't be read, where an earlier one could: that holds on, and nothing is pruned on its account. */
  readonly outdated?: readonly Problem[];
}

/** Objects by namespace, then by name. */
export type ByNamespace<T> = ReadonlyMap<string, ReadonlyMap<string, T>>;

/** Which profiles speak of which other namespaces in their routes, so that nobody has to look at those of all. */
export interface RouteLinks {
  /** Profiles with a route from this namespace by its name. */
  fromName(namespace: string): Iterable<ObjectKey>;
  /** Profiles with a route from namespaces by a label, or by several, of which one with these labels has one. */
  fromLabels(labels: Labels): Iterable<ObjectKey>;
  /** Profiles with a route from namespaces that need no label for it: from all, or from who lacks one. */
  fromAny(): Iterable<ObjectKey>;
  /** Profiles with a route from namespaces by labels, or from all. */
  fromSelected(): Iterable<ObjectKey>;
  /** Profiles with a route from where the platform profile says. */
  fromDeclared(): Iterable<ObjectKey>;
  /** Profiles with a route to this namespace by its name. */
  toName(namespace: string): Iterable<ObjectKey>;
  /** Profiles with a route to namespaces by labels, or to all, that may mean one with these labels. */
  toLabels(labels: Labels): Iterable<ObjectKey>;
  /** Profiles with a route to where the platform profile says. */
  toDeclared(): Iterable<ObjectKey>;
  /** Profiles that don't decode: what they say is not known. */
  undecoded(): Iterable<ObjectKey>;
}

/** The names of namespaces, by their labels. */
export interface NamespaceLabels {
  /** Those that have this label, with this value where one is given; of every label but that of their name. */
  having(key: string, value?: string): Iterable<string>;
}

/** A fact about the cluster of which there may be more than is known, so that nothing is known to be outside of it. */
export type UncertainFact = 'podRanges' | 'serviceRanges' | 'nodeRanges' | 'kubernetesAPI';

/** The world at one moment. */
export interface ClusterView {
  readonly platform: PlatformFacts | undefined;
  /** The namespace that the operator runs in, which it never fences itself. */
  readonly operatorNamespace: string;
  /** By name. */
  readonly namespaces: ReadonlyMap<string, NamespaceFacts>;
  readonly namespaceLabels: NamespaceLabels;
  readonly profiles: ByNamespace<ProfileFacts>;
  readonly routeLinks: RouteLinks;
  readonly services: ByNamespace<ServiceFacts>;
  readonly ingresses: ByNamespace<IngressFacts>;
  /** The routes of the Gateway API, one after the other for each of their kinds. */
  readonly gatewayRoutes: readonly ByNamespace<GatewayRouteFacts>[];
  /** For each namespace, the other namespaces whose routes lead to its Services. */
  readonly routeSources: ReadonlyMap<string, ReadonlySet<string>>;
  readonly gateways: ByNamespace<GatewayFacts>;
  readonly listenerSets: ByNamespace<ListenerSetFacts>;
  readonly referenceGrants: ByNamespace<ReferenceGrantFacts>;
  /** By name. */
  readonly ingressClasses: ReadonlyMap<string, IngressClassFacts>;
  /** What was last found out about DNS, the API server and address ranges; a fact that is absent was never known. */
  readonly discovered: Discovered;
  /** What of it may be more by now: the last value holds where it is allowed, and proves nothing to be outside. */
  readonly uncertain: readonly UncertainFact[];
  /** What of it could not be found out now, and what makes no sense in it. */
  readonly discoveryFindings: readonly Finding[];
  /** Services that the control plane calls, by webhook configuration or APIService. */
  readonly controlPlaneCalls: readonly ControlPlaneCallFacts[];
}
