// Consent: whether the namespaces that a route leads to let it in.
// Status only; it changes no policy. Must not know how the status is worded.

import type { Route } from '../../api/route.ts';
import { suggestedName, suggestRoute } from '../../api/suggested-profile.ts';
import { type PortComparison, portCoverAt } from '../../model/known-pod-ports.ts';
import type { Peer, Rule } from '../../model/network-policy.ts';
import { compareText } from '../../model/object-key.ts';
import { writtenPorts } from '../../model/policy-ports.ts';
import { asksNoMore } from '../../model/selector-order.ts';
import { type LabelSelector, selects, selectsEverything } from '../../model/selectors.ts';
import { endOf } from '../../routes/index.ts';
import type { NamespaceFacts } from '../../view/cluster-view.ts';
import { namespacesSelectedBy } from '../../view/namespace-index.ts';
import type { AllowRule } from '../local/allow-rule.ts';
import { ingressRulesOf, type LocalNamespace } from '../local/local-namespace.ts';
import type { EgressRoute } from '../local/resolve-routes.ts';
import { type Advice, adviceToAdd } from '../local/suggested-routes.ts';
import { denialSeenFrom, membershipOf, type Obstacle, obstacles } from '../platform/membership.ts';
import type { Compilation } from './compilation.ts';
import { namingSources } from './mirrors-across.ts';
import { describeMistake, type MistakenPort, mistakenPorts } from './mistaken-ports.ts';

/** What a route needs from other namespaces. */
interface AdmissionRequest {
  readonly from: NamespaceFacts;
  readonly sources: LabelSelector;
  readonly namespaces: LabelSelector;
  readonly destinations: LabelSelector | undefined;
  readonly ports: Rule['ports'];
}

/** A request that a namespace does not let in. */
interface Refused {
  readonly namespace: NamespaceFacts;
  readonly request: AdmissionRequest;
  readonly contain: PortComparison;
}

/** Ports as people write them. */
interface OtherPorts {
  readonly admitted: readonly (number | string)[];
  /** Absent: the route asks for every port. */
  readonly missing: readonly (number | string)[] | undefined;
}

/** The consent of the namespaces that a route leads to. */
export interface Consent {
  /** The namespaces that it leads to. */
  readonly all: readonly string[];
  /** Those that do not let it in, because of the most serious obstacle. */
  readonly missing: readonly string[];
  readonly obstacle: Obstacle;
  /** The ports on which the only one of these lets it in, and those that are missing; absent if it lets in nothing, or if there are several. */
  readonly otherPorts: OtherPorts | undefined;
  /** What the only one of these lets in of what is asked for; absent if it is nothing, or if there are several. */
  readonly fewerPods: FewerPods | undefined;
  /** What to do about the first of these, and what else to look at, as the rest of a sentence. */
  readonly advice: Partial<Advice> & { readonly remark?: string };
}

/** Pods to which, or from which, a namespace lets in a part of a route. */
interface FewerPods {
  readonly sources: LabelSelector;
  readonly destinations: LabelSelector | undefined;
  /** The sides at which the route asks for more. */
  readonly sides: readonly ('from' | 'to')[];
}

/**
 * The consent of the namespaces that `route` leads to; `undefined` if none of them has to consent.
 *
 * A namespace consents if its ring denies nothing as seen from here, or if an accepted route in it admits this namespace by its live labels,
 * requires no more of the pods on either side than this route does, and contains its ports.
 */
export function askConsent(
  run: Compilation,
  here: LocalNamespace,
  { route, sources, rules }: EgressRoute,
): Consent | undefined {
  const { end } = endOf(route.to);
  if (end.requiresConsent === undefined || !rules.ok) return undefined;
  const asked = rules.value
    .flatMap((rule) => requestsOf(rule, here.facts, sources))
    .flatMap((request) =>
      requestedNamespaces(run, route, request).map((namespace) => ({ namespace, request })),
    );
  const candidates = new Set(namespacesWithRoutesFrom(run, here));
  const refused = asked
    .flatMap(({ namespace, request }) => {
      const denial = denialSeenFrom(here.membership, membershipOf(run.view, run.spec, namespace));
      const cover = portCoverAt(run.view.pods?.get(namespace.name), request.destinations);
      if (denial === undefined || isAdmitted(run, namespace, candidates, request, cover.contain)) return [];
      const mayBeAdmitted = isAdmitted(run, namespace, candidates, request, cover.mayContain);
      const obstacle: Obstacle = mayBeAdmitted ? 'PortsUnclear' : denial;
      return [{ namespace, request, obstacle, contain: cover.contain }];
    })
    .sort((a, b) => compareText(a.namespace.name, b.namespace.name));
  const obstacle = obstacles.find((each) => refused.some((one) => one.obstacle === each)) ?? 'Now';
  const missing = refused.filter((each) => each.obstacle === obstacle);
  const all = [...new Set(asked.map(({ namespace }) => namespace.name))];
  // The platform profile defines where a system runs: that namespace may not exist.
  if (all.length === 0 && !('namespace' in route.to)) return undefined;
  const [first] = missing;
  const names = [...new Set(missing.map(({ namespace }) => namespace.name))];
  const only = names.length === 1 ? first : undefined;
  const fewerPods = only && fewerPodsOf(run, candidates, only);
  return {
    all,
    missing: names,
    obstacle,
    otherPorts: only && otherPortsOf(run, candidates, only),
    fewerPods,
    advice: first === undefined ? {} : adviceFor(run, route, first, fewerPods),
  };
}

function requestsOf(
  { peers, ports }: Rule,
  from: NamespaceFacts,
  sources: LabelSelector,
): readonly AdmissionRequest[] {
  return peers.flatMap((peer) =>
    'ipBlock' in peer || peer.namespaceSelector === undefined
      ? []
      : [{ from, sources, namespaces: peer.namespaceSelector, destinations: peer.podSelector, ports }],
  );
}

/** The other namespaces that a request means, and this one if the route names it. */
function requestedNamespaces(
  { view }: Compilation,
  { to }: Route,
  { namespaces, from }: AdmissionRequest,
): readonly NamespaceFacts[] {
  const isOwn = 'namespace' in to && to.namespace.name === from.name;
  return namespacesSelectedBy(view, namespaces).filter(
    ({ name, terminating }) => (isOwn || name !== from.name) && !terminating,
  );
}

/** The namespaces whose routes may let this one in: of the thousands that a route may lead to, the others need no check. */
function namespacesWithRoutesFrom(run: Compilation, here: LocalNamespace): readonly string[] {
  const { routeLinks } = run.view;
  return [
    ...namingSources(run, here),
    ...routeLinks.fromLabels(here.facts.labels),
    ...routeLinks.fromAny(),
  ].map(({ namespace }) => namespace);
}

function isAdmitted(
  run: Compilation,
  namespace: NamespaceFacts,
  candidates: ReadonlySet<string>,
  request: AdmissionRequest,
  contain: PortComparison,
): boolean {
  const isOwn = namespace.name === request.from.name;
  if (!isOwn && !candidates.has(namespace.name)) return false;
  return ingressRulesOf(run.local(namespace)).some((allowRule) => admits(allowRule, request, isOwn, contain));
}

/** What the namespace lets in on other ports. */
function otherPortsOf(
  run: Compilation,
  candidates: ReadonlySet<string>,
  { namespace, request, contain }: Refused,
): OtherPorts | undefined {
  const isOwn = namespace.name === request.from.name;
  if (!isOwn && !candidates.has(namespace.name)) return undefined;
  const near = ingressRulesOf(run.local(namespace)).filter((each) =>
    admits(each, request, isOwn, () => true),
  );
  if (near.length === 0) return undefined;
  const admitted = new Set(near.flatMap(({ rule }) => writtenPorts(rule.ports) ?? []));
  const missing = request.ports?.filter((port) => !near.some(({ rule }) => contain(rule.ports, [port])));
  return { admitted: [...admitted], missing: writtenPorts(missing) };
}

function admits(
  { pods, rule }: AllowRule,
  request: AdmissionRequest,
  isOwn: boolean,
  contain: PortComparison,
): boolean {
  return (
    asksNoMore(pods, request.destinations) &&
    contain(rule.ports, request.ports) &&
    rule.peers.some((peer) => peerAdmits(peer, request, isOwn))
  );
}

/** A peer without a namespace means the pods of the same namespace. */
function peerAdmits(peer: Peer, request: AdmissionRequest, isOwn: boolean): boolean {
  return isMeantBy(peer, request, isOwn) && asksNoMore(peer.podSelector, request.sources);
}

function isMeantBy(
  peer: Peer,
  { from }: AdmissionRequest,
  isOwn: boolean,
): peer is Exclude<Peer, { readonly ipBlock: object }> {
  if ('ipBlock' in peer) return false;
  return peer.namespaceSelector === undefined ? isOwn : selects(peer.namespaceSelector, from.labels);
}

/** What the namespace lets in of a request that it refuses as a whole: its rule requires more of the pods on either side. */
function fewerPodsOf(
  run: Compilation,
  candidates: ReadonlySet<string>,
  { namespace, request, contain }: Refused,
): FewerPods | undefined {
  const isOwn = namespace.name === request.from.name;
  if (!isOwn && !candidates.has(namespace.name)) return undefined;
  const parts = ingressRulesOf(run.local(namespace)).flatMap(({ pods, rule }) => {
    const destinations = both(request.destinations, pods);
    if (destinations === undefined || !contain(rule.ports, request.ports)) return [];
    return rule.peers.flatMap((peer): readonly FewerPods[] => {
      const sources = isMeantBy(peer, request, isOwn) ? both(request.sources, peer.podSelector) : undefined;
      if (sources === undefined) return [];
      const isFewer = {
        from: !asksNoMore(sources, request.sources),
        to: !asksNoMore(destinations, request.destinations),
      };
      return [{ sources, destinations, sides: (['from', 'to'] as const).filter((side) => isFewer[side]) }];
    });
  });
  return parts.find(({ sides }) => sides.length > 0);
}

/** The one of two selectors that requires everything that the other does; `undefined` if neither does. */
function both(a: LabelSelector | undefined, b: LabelSelector | undefined): LabelSelector | undefined {
  if (asksNoMore(a, b)) return b ?? {};
  return asksNoMore(b, a) ? (a ?? {}) : undefined;
}

/** What to do: to ask for less if that is let in, else to add a route in the first namespace, if its guardrails would accept that. */
function adviceFor(
  run: Compilation,
  route: Route,
  refused: Refused,
  fewerPods: FewerPods | undefined,
): Consent['advice'] {
  if (fewerPods !== undefined && 'namespace' in route.to) {
    const { sources, destinations, sides } = fewerPods;
    const narrowed = {
      ...route,
      ...(sides.includes('from') ? { from: { pods: sources } } : {}),
      ...(sides.includes('to') ? { to: { namespace: { ...route.to.namespace, pods: destinations } } } : {}),
    };
    const hint = `write this instead, or ask the team of \`${refused.namespace.name}\` to allow more in a profile there:\n${suggestRoute(narrowed)}`;
    return { hint };
  }
  const { namespace, request } = refused;
  // Nobody should allow a port that is a mistake.
  const mistaken = mistakenPorts(run.view, namespace.name, request.destinations, request.ports);
  const [first] = mistaken;
  if (first?.isCertain)
    return { hint: `first mend the port: ${describeMistake(first)}: write \`${first.target}\`` };
  const reader = request.from.name;
  const profileName = suggestedName('from', reader, route.name);
  const added = routeThere(withTargets(route, mistaken), request);
  const advice = adviceToAdd(run.local(namespace), { route: added, profileName, reader });
  if (first === undefined || advice.suggestion === undefined) return advice;
  return {
    ...advice,
    remark: `; ${describeMistake(first)}: if that is another port, write \`${first.target}\` in this route, too`,
  };
}

/** The route with the pods' ports for those that are perhaps a Service's: in front of the pods, both lead there. */
function withTargets(route: Route, mistaken: readonly MistakenPort[]): Route {
  if (mistaken.length === 0) return route;
  const ports = route.ports?.map((port) => mistaken.find(({ written }) => written === port)?.target ?? port);
  return { ...route, ...(ports && { ports }) };
}

function routeThere(route: Route, { from, sources, destinations }: AdmissionRequest): Route {
  const pods = selectsEverything(sources) ? {} : { pods: sources };
  return {
    name: route.name,
    from: { namespace: { name: from.name, ...pods } },
    to: { pods: destinations ?? {} },
    ...(route.ports === undefined ? {} : { ports: route.ports }),
  };
}
