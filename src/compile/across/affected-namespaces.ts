// Which namespaces to compile again after a change in one: those whose policies, or the states of whose routes,
// depend on it. Rather one too many than one too few, but never all for one edited route. Must not know who compiles them.

import type { PlatformNetworkProfileSpec } from '../../api/platform-network-profile.ts';
import type { Route } from '../../api/route.ts';
import { nearest } from '../../model/did-you-mean.ts';
import { canonicalJson } from '../../model/network-policy.ts';
import type { ObjectKey } from '../../model/object-key.ts';
import type { GatewayRouteFacts } from '../../model/services.ts';
import { namespaceScopeOf } from '../../routes/index.ts';
import {
  type ClusterView,
  type NamespaceFacts,
  objectsIn,
  type ProfileFacts,
} from '../../view/cluster-view.ts';
import { namespacesSelectedBy } from '../../view/namespace-index.ts';
import { countsGateways } from '../platform/gateway-namespaces.ts';
import { membershipOf } from '../platform/membership.ts';
import { declaredNamespaces, ingressControllerNamespaces } from '../platform/systems.ts';
import { trusts } from '../platform/trust.ts';

/**
 * The namespaces that an edited profile affects: its own, those whose egress an edited route opens or opened, those whose routes
 * lead to its own, and, if it can't be read, those that keep its mirrors. `previous` is absent for a new profile, `next` for
 * a deleted one.
 *
 * @param view after the edit
 * @param mirroring the namespaces that contain mirrors of the ingress rules of the profile's namespace
 */
export function namespacesAffectedByProfile(
  view: ClusterView,
  previous: ProfileFacts | undefined,
  next: ProfileFacts | undefined,
  mirroring: Iterable<string> = [],
): ReadonlySet<string> {
  const namespace = (next ?? previous)?.namespace ?? '';
  const isUnread = [previous, next].some((profile) => profile?.decoded.ok === false);
  const spec = specOf(view);
  const facts = view.namespaces.get(namespace);
  if (spec === undefined || facts === undefined) return new Set([namespace]);
  const edited = editedRoutes(routesOf(previous), routesOf(next));
  return new Set([
    namespace,
    // An unreadable profile does not show what it mirrored: the mirrors do.
    ...(isUnread ? mirroring : []),
    ...sourcesOf(view, spec, [facts], edited),
    ...namespacesWithRoutesBetween(view, spec, [facts]),
    ...mirrorSenders(view, spec, [facts]),
    // The first profile of a system namespace rings it; from then on the platform's systems reach it.
    ...(spec.systemNamespaces.includes(namespace) ? declaredNamespaces(view, spec) : []),
  ]);
}

/**
 * The namespaces that a namespace affects which is created, deleted, or relabelled: itself, those whose egress its routes open,
 * those whose routes lead to it or wait for it, those that its routes of the Gateway API expose, and those of the platform's
 * systems, which reach it.
 *
 * @param view after the change
 */
export function namespacesAffectedByNamespace(
  view: ClusterView,
  previous: NamespaceFacts | undefined,
  next: NamespaceFacts | undefined,
): ReadonlySet<string> {
  const versions = [previous, next].filter((facts) => facts !== undefined);
  const spec = specOf(view);
  const name = (next ?? previous)?.name ?? '';
  if (spec === undefined) return new Set([name]);
  // The pods of its Gateways are now let in everywhere, or nowhere.
  const keeps = [previous, next].map(
    (facts) => facts !== undefined && countsGateways(view, spec, name, facts),
  );
  if (view.gateways.has(name) && keeps[0] !== keeps[1]) return everyNamespace(view, name);
  return new Set([
    name,
    ...linkedNamespaces(view, spec, name, versions),
    ...mirrorSenders(view, spec, versions),
    ...(versions.length === 1 ? namespacesNaming(view, name) : []),
    ...exposedFrom(view, name),
    ...declaredNamespaces(view, spec),
  ]);
}

/**
 * The namespaces that are affected if the Services of a namespace change, or what exposes them: it, those whose egress its
 * routes open, those whose routes lead to it, and those of the ingress controllers.
 *
 * @param view after the change
 */
export function namespacesAffectedByServices(view: ClusterView, namespace: string): ReadonlySet<string> {
  const spec = specOf(view);
  const facts = view.namespaces.get(namespace);
  if (spec === undefined || facts === undefined) return new Set([namespace]);
  return new Set([
    namespace,
    ...linkedNamespaces(view, spec, namespace, [facts]),
    ...ingressControllerNamespaces(view, spec),
  ]);
}

/**
 * The namespaces with Services to which routes of the Gateway API lead that are attached to this ListenerSet.
 *
 * @param view after or before the change
 */
export function namespacesExposedThrough(
  { gatewayRoutes }: ClusterView,
  { namespace, name }: ObjectKey,
): ReadonlySet<string> {
  const isAttached = ({ parents }: GatewayRouteFacts) =>
    parents.some(
      (parent) => parent.kind === 'ListenerSet' && parent.name === name && parent.namespace === namespace,
    );
  const routes = gatewayRoutes.flatMap((all) =>
    [...all.values()].flatMap((siblings) => [...siblings.values()].filter(isAttached)),
  );
  return new Set(routes.flatMap(backendNamespaces));
}

/** The namespaces with routes from a namespace that was created or deleted, and those whose routes perhaps mean it by another name. */
function namespacesNaming({ routeLinks, namespaces }: ClusterView, name: string): readonly string[] {
  const slips = [...routeLinks.names()].filter(
    (written) => !namespaces.has(written) && nearest(written, [name]) !== undefined,
  );
  return [
    ...routeLinks.fromName(name),
    ...slips.flatMap((slip) => [...routeLinks.fromName(slip), ...routeLinks.toName(slip)]),
  ].map(({ namespace }) => namespace);
}

/** The namespaces with Services to which a route of the Gateway API leads, and its own, which reports its mistakes. */
export function backendNamespaces({ namespace, backends }: GatewayRouteFacts): readonly string[] {
  return [...new Set([namespace, ...backends.map((backend) => backend.namespace)])];
}

/** After a namespace is relabelled, other Gateways may accept its routes or its ListenerSets. */
function exposedFrom(view: ClusterView, namespace: string): readonly string[] {
  const { gatewayRoutes, listenerSets } = view;
  const own = gatewayRoutes.flatMap((all) => objectsIn(all, namespace));
  const sets = objectsIn(listenerSets, namespace);
  return [
    ...own.flatMap(backendNamespaces),
    ...sets.flatMap((set) => [...namespacesExposedThrough(view, set)]),
  ];
}

/** The namespaces that depend on any route of a namespace with these old or new facts. */
function linkedNamespaces(
  view: ClusterView,
  spec: PlatformNetworkProfileSpec,
  name: string,
  versions: readonly NamespaceFacts[],
): readonly string[] {
  const routes = objectsIn(view.profiles, name).flatMap(routesOf);
  return [...sourcesOf(view, spec, versions, routes), ...namespacesWithRoutesBetween(view, spec, versions)];
}

function specOf({ platform }: ClusterView): PlatformNetworkProfileSpec | undefined {
  return platform?.decoded.ok ? platform.decoded.value.spec : undefined;
}

function everyNamespace({ namespaces }: ClusterView, own: string): ReadonlySet<string> {
  return new Set([own, ...namespaces.keys()]);
}

function routesOf(profile: ProfileFacts | undefined): readonly Route[] {
  return profile?.decoded.ok ? profile.decoded.value.spec.routes : [];
}

/** The routes of each side that the other side does not have unchanged. */
function editedRoutes(before: readonly Route[], after: readonly Route[]): readonly Route[] {
  const [old, young] = [textsOf(before), textsOf(after)];
  return [
    ...before.filter((route) => !young.has(canonicalJson(route))),
    ...after.filter((route) => !old.has(canonicalJson(route))),
  ];
}

function textsOf(routes: readonly Route[]): ReadonlySet<string> {
  return new Set(routes.map(canonicalJson));
}

/** The namespaces whose egress the routes of a namespace with these old or new facts may open. */
function sourcesOf(
  view: ClusterView,
  spec: PlatformNetworkProfileSpec,
  versions: readonly NamespaceFacts[],
  routes: readonly Route[],
): readonly string[] {
  const isTrusted = versions.some((facts) => trusts(spec, facts));
  return routes.flatMap(({ from }) => {
    const namespaceScope = namespaceScopeOf(from);
    if (namespaceScope === undefined) return [];
    if (namespaceScope === 'declared') return declaredNamespaces(view, spec);
    if ('name' in namespaceScope) return [namespaceScope.name];
    if (!isTrusted) return [];
    return namespacesSelectedBy(view, namespaceScope.selector).map(({ name }) => name);
  });
}

/**
 * The namespaces whose routes open the egress of one with these old or new facts, if guardrails may keep it closed: they report that.
 * Otherwise it is open whatever the source declares.
 */
function mirrorSenders(
  view: ClusterView,
  spec: PlatformNetworkProfileSpec,
  versions: readonly NamespaceFacts[],
): readonly string[] {
  const guarded = versions.filter((facts) => membershipOf(view, spec, facts).rule?.allow !== undefined);
  const declared = declaredNamespaces(view, spec);
  return guarded.flatMap(({ name }) => {
    const trusted = [...view.routeLinks.fromAny()].filter(({ namespace }) => {
      const receiver = view.namespaces.get(namespace);
      return receiver !== undefined && trusts(spec, receiver);
    });
    const naming = [
      ...view.routeLinks.fromName(name),
      ...(declared.includes(name) ? view.routeLinks.fromDeclared() : []),
    ];
    return [...naming, ...trusted].map(({ namespace }) => namespace);
  });
}

/** The namespaces whose routes lead to one with these old or new facts, or come from it: its answer decides their states. */
function namespacesWithRoutesBetween(
  view: ClusterView,
  spec: PlatformNetworkProfileSpec,
  versions: readonly NamespaceFacts[],
): readonly string[] {
  const declared = declaredNamespaces(view, spec);
  const keys: readonly ObjectKey[] = versions.flatMap(({ name, labels }) => [
    ...view.routeLinks.toName(name),
    ...view.routeLinks.toLabels(labels),
    ...view.routeLinks.fromLabels(labels),
    ...(declared.includes(name) ? view.routeLinks.toDeclared() : []),
  ]);
  return keys.map(({ namespace }) => namespace);
}
