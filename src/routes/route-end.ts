// What a route end is: a source or destination of traffic, under one name.
// Must not know any particular end, nor how many there are: index.ts is the only list.
import type * as z from 'zod';
import type { RouteReason } from '../model/findings.ts';
import type { PodPorts } from '../model/known-pod-ports.ts';
import type { NonEmpty, Peer, PolicyPort, Rule } from '../model/network-policy.ts';
import type { Result } from '../model/result.ts';
import type { LabelSelector } from '../model/selectors.ts';
import type { ServiceFacts } from '../model/services.ts';

/** The two positions of an end in a route. */
export const routeSides = ['from', 'to'] as const;

/** One of the two positions. */
export type RouteSide = (typeof routeSides)[number];

/** A shared system that the platform profile declares, with its peers for NetworkPolicies. */
export interface DeclaredSystem {
  readonly name: string;
  /** `undefined` while its pods or addresses are not known. */
  readonly peers: NonEmpty<Peer> | undefined;
  /** Why they are not known, for people, if there is more to say. */
  readonly whyUnknown?: string;
}

/** The address ranges of the cluster, as sorted CIDRs of both families; `undefined` if one is not known. */
export interface ClusterRanges {
  readonly pods: NonEmpty<string> | undefined;
  readonly services: NonEmpty<string> | undefined;
  readonly nodes: NonEmpty<string> | undefined;
  /** If there are too many to list: ranges that contain all of them, and other addresses as well. */
  readonly within?: Partial<Readonly<Record<RangeName, NonEmpty<string>>>>;
}

/** A kind of ranges of the cluster. */
export type RangeName = 'pods' | 'services' | 'nodes';

/** Facts of the cluster that may be larger than is known. */
export type Uncertain = RangeName | 'apiServer' | 'controlPlane';

/** Ranges that contain everything of a kind, as far as is known; rules add the other ranges. */
export function outermost({
  within,
  ...ranges
}: ClusterRanges): Readonly<Record<RangeName, NonEmpty<string> | undefined>> {
  return { ...ranges, ...within };
}

/** What an end may ask about its context: the namespace of the profile, the platform, and the cluster. */
export interface RouteContext {
  readonly namespace: string;
  readonly appLabel: string;
  /** The Services of the namespace, by name. */
  readonly services: ReadonlyMap<string, ServiceFacts>;
  /** The pods of the namespace, if they are known. */
  readonly pods?: readonly PodPorts[];
  readonly ingressControllers: readonly DeclaredSystem[];
  readonly monitoring: readonly DeclaredSystem[];
  readonly ranges: ClusterRanges;
  /** The addresses of the API server, one entry for each of its ports; none while they are not known. */
  readonly apiServer: readonly Rule[];
  /** The sources from which the control plane calls webhooks and aggregated APIs; none while they are not known. */
  readonly controlPlane: readonly Peer[];
  /** Which of these may be more by now; if unset: none. */
  readonly uncertain?: ReadonlySet<Uncertain>;
}

/** Why an end has no meaning now. */
export interface EndProblem {
  /** Pending waits for something to be created; Rejected needs an edit. */
  readonly state: 'Pending' | 'Rejected';
  readonly reason: RouteReason;
  readonly message: string;
  /** What to do next, if only the place that found the problem knows it; statuses leave it out. */
  readonly hint?: string;
  /** What to write instead, as YAML, if that is known. */
  readonly suggestion?: string;
  /** The field of the route that it is about, as in `to.service`, `ports[1]`; absent: the end itself, or the whole route. */
  readonly at?: string;
}

/** What an end leaves out, for people. */
export type Gap = Pick<EndProblem, 'reason' | 'message' | 'at'>;

/** Ports as a person wrote them: `undefined` means all of them. */
export type WrittenPorts = readonly (number | string)[] | undefined;

/** Pods of the profile's own namespace. */
export interface LocalPods {
  readonly selector: LabelSelector;
  /** The pods' ports for the ports of a route that leads here; `undefined` means every port. */
  readonly ports: (written: WrittenPorts) => Result<NonEmpty<PolicyPort> | undefined, EndProblem>;
}

/** The namespaces in which an end means pods: one by name, those with some labels, or those in the platform profile. */
export type NamespaceScope = { readonly name: string } | { readonly selector: LabelSelector } | 'declared';

/** One kind of route end: `{<name>: <what schema reads>}` in a profile. */
export interface RouteEnd<Schema extends z.ZodType = z.ZodType> {
  /** The member of the union, as written in a profile. */
  readonly name: string;
  /** The content of the member. An end without settings has no fields and is written `{}`. */
  readonly schema: Schema;

  /** One or two sentences for the reference: the meaning, and the trap. */
  readonly description: string;
  /** The pods that it means, if these are always pods of the profile's own namespace: every route needs such an end. */
  pods?(value: z.output<Schema>, context: RouteContext): Result<LocalPods, EndProblem>;
  /** Its peers as the other end of a rule; never an empty list, which would mean everyone. */
  peers(value: z.output<Schema>, context: RouteContext): Result<NonEmpty<Peer>, EndProblem>;
  /** Its peers as `to` of a route that leads elsewhere; if unset: its peers, on the ports as they are written. */
  rules?(
    value: z.output<Schema>,
    context: RouteContext,
    ports: WrittenPorts,
  ): Result<NonEmpty<Rule>, EndProblem>;
  /** The part of it that is unknown now and left out, although the rest is known. */
  gap?(context: RouteContext, side: RouteSide): Gap | undefined;
  /** Why no new rule may be made of it now, although the last known value applies to rules that are enforced. */
  missingFact?(context: RouteContext): EndProblem | undefined;
  /** Whether, as `to`, its namespaces have to consent to the route. */
  readonly requiresConsent?: true;
  /** In which other namespaces it means pods; if unset: in none. */
  namespaceScope?(value: z.output<Schema>): NamespaceScope;
}

/** Declares an end, so that its functions read what its schema yields. */
export function routeEnd<const Name extends string, Schema extends z.ZodType>(
  end: RouteEnd<Schema> & { readonly name: Name },
): RouteEnd<Schema> & { readonly name: Name } {
  return end;
}
