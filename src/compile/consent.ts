// The other side's word: whether the namespaces that a route leads to let it in.
// Consent is status only; it changes no policy. Must not know how a route is told about.
import type { ClusterView, NamespaceFacts } from '../api/cluster-view.ts';
import type { PlatformNetworkProfileSpec } from '../api/platform-network-profile.ts';
import type { Route } from '../api/route.ts';
import type { Peer, PolicyPort } from '../model/network-policy.ts';
import { compareText } from '../model/object-key.ts';
import { policyPorts } from '../model/policy-ports.ts';
import { portsContain } from '../model/port-cover.ts';
import { asksNoMore } from '../model/selector-order.ts';
import { type LabelSelector, selects, selectsEverything } from '../model/selectors.ts';
import { membershipOf } from './membership.ts';
import type { Opening } from './openings.ts';
import { suggestedName, suggestProfile } from './suggestion.ts';

/** What a route asks of other namespaces. */
interface Request {
  readonly from: NamespaceFacts;
  readonly sources: LabelSelector;
  readonly destinations: LabelSelector | undefined;
  readonly ports: readonly PolicyPort[] | undefined;
}

/** Where a route stands with the namespaces that it leads to. */
export interface Consent {
  /** The namespaces that it leads to. */
  readonly all: readonly string[];
  /** Those that don't let it in. */
  readonly missing: readonly string[];
  /** The profile to add in the first of these, as YAML. */
  readonly suggestion: string | undefined;
}

/** The openings that the accepted routes of a namespace make. */
export type OpeningsOf = (namespace: string) => readonly Opening[];

/**
 * Asks the namespaces that `route` leads to.
 *
 * A namespace lets it in where it is not fenced, or where an accepted route there admits this namespace by its live labels,
 * asks no more of the pods on either side than this route does, and contains its ports.
 *
 * @param sources the pods here that the route comes from
 */
export function askConsent(
  view: ClusterView,
  platform: PlatformNetworkProfileSpec,
  route: Route & { readonly to: { readonly namespace: object } },
  from: NamespaceFacts,
  sources: LabelSelector,
  openingsOf: OpeningsOf,
): Consent {
  const { name, selector, pods } = route.to.namespace as NamespaceEnd;
  const request = {
    from,
    sources,
    destinations: pods,
    ports: route.ports === undefined ? undefined : policyPorts(route.ports),
  };
  const meant = [...view.namespaces.values()]
    .filter((candidate) =>
      name === undefined ? selects(selector ?? {}, candidate.labels) : candidate.name === name,
    )
    .filter((candidate) => candidate.name !== from.name && !candidate.terminating)
    .sort((a, b) => compareText(a.name, b.name));
  const missing = meant
    .filter((candidate) => isFenced(view, platform, candidate))
    .filter((candidate) => !openingsOf(candidate.name).some((opening) => admits(opening, request)))
    .map((candidate) => candidate.name);
  const [first] = missing;
  return {
    all: meant.map((candidate) => candidate.name),
    missing,
    suggestion: first === undefined ? undefined : suggestionFor(first, route, request),
  };
}

interface NamespaceEnd {
  readonly name?: string;
  readonly selector?: LabelSelector;
  readonly pods?: LabelSelector;
}

function isFenced(
  view: ClusterView,
  platform: PlatformNetworkProfileSpec,
  namespace: NamespaceFacts,
): boolean {
  const membership = membershipOf(view, platform, namespace);
  return membership.inside && membership.enforcement === 'Enforce';
}

function admits({ pods, rule }: Opening, request: Request): boolean {
  return (
    asksNoMore(pods, request.destinations) &&
    portsContain(rule.ports, request.ports) &&
    (rule.from === undefined || rule.from.some((peer) => isAdmitting(peer, request)))
  );
}

function isAdmitting(peer: Peer, { from, sources }: Request): boolean {
  if ('ipBlock' in peer || peer.namespaceSelector === undefined) return false;
  return selects(peer.namespaceSelector, from.labels) && asksNoMore(peer.podSelector, sources);
}

function suggestionFor(namespace: string, route: Route, { from, sources, destinations }: Request): string {
  const pods = selectsEverything(sources) ? {} : { pods: sources };
  // A profile for each route: whoever applies a second suggestion must not overwrite the first.
  return suggestProfile(namespace, suggestedName('from', from.name, route.name), {
    name: route.name,
    from: { namespace: { name: from.name, ...pods } },
    to: { pods: destinations ?? {} },
    ports: route.ports,
  });
}
