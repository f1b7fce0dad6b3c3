// The routes of one profile: each becomes a rule on the pods that it leads to, or a reason why not.
// Must not know policies, nor other profiles: merging is openings.ts, the other side's word is consent.ts.
import type { AppNetworkProfile } from '../api/app-network-profile.ts';
import type { Route } from '../api/route.ts';
import type { FindingCode } from '../model/findings.ts';
import type { LabelSelector } from '../model/selectors.ts';
import { endOf, type RouteEndValue } from '../routes/index.ts';
import type { Surroundings } from '../routes/route-end.ts';
import type { Consent } from './consent.ts';
import type { Opening } from './openings.ts';

/** What the compiler makes of one route. */
export interface CompiledRoute {
  readonly route: Route;
  readonly state: 'Active' | 'NotNeeded' | 'Pending' | 'Rejected';
  readonly reason: FindingCode | 'Active';
  readonly message: string;
  /** The YAML that would mend it, where that is known. */
  readonly suggestion?: string;
  /** Present where the route is Active and leads to pods of its own namespace. */
  readonly opening?: Opening;
}

/** Asks the namespaces that a route leads to, from these pods here. */
export type AskConsent = (route: Route & { readonly to: NamespaceTo }, sources: LabelSelector) => Consent;

type NamespaceTo = Extract<RouteEndValue, { readonly namespace: object }>;

/**
 * Compiles every route of a profile by itself: a bad one never touches the others. In the order of the profile.
 *
 * @param ask absent where the other side's word is not wanted
 */
export function compileRoutes(
  profile: AppNetworkProfile,
  around: Surroundings,
  ask?: AskConsent,
): readonly CompiledRoute[] {
  return profile.spec.routes.map((route) => compileRoute(route, around, ask));
}

function compileRoute(route: Route, around: Surroundings, ask: AskConsent | undefined): CompiledRoute {
  const { end: source, held: from } = endOf(route.from);
  const { end: destination, held: to } = endOf(route.to);
  if (destination.pods === undefined) return compileWayOut(route, around, ask);
  const pods = destination.pods(to, around);
  if (!pods.ok) return { route, ...pods.error };
  const peers = source.peers?.(from, around);
  if (peers === undefined) return notASource(route, source.name);
  if (!peers.ok) return { route, ...peers.error };
  const ports = pods.value.ports(route.ports);
  if (!ports.ok) return { route, ...ports.error };
  const rule = { from: peers.value, ...(ports.value === undefined ? {} : { ports: ports.value }) };
  return { route, ...active, opening: { pods: pods.value.selector, rule } };
}

const active = { state: 'Active', reason: 'Active', message: 'its rule is written' } as const;

/** A route that leads elsewhere opens the way out only; it has to be let in there by somebody else. */
function compileWayOut(route: Route, around: Surroundings, ask: AskConsent | undefined): CompiledRoute {
  const { end, held } = endOf(route.from);
  const sources = end.pods?.(held, around);
  if (sources?.ok === false) return { route, ...sources.error };
  const consent = isToNamespace(route) && sources && ask?.(route, sources.value.selector);
  return { route, ...(consent ? standingOf(consent) : wayIsOpen) };
}

function isToNamespace(route: Route): route is Route & { readonly to: NamespaceTo } {
  return 'namespace' in route.to;
}

const wayIsOpen = {
  state: 'NotNeeded',
  reason: 'EgressOpen',
  message: 'egress is not fenced here: traffic may leave without this route',
} as const;

function standingOf({ all, missing, suggestion }: Consent): Omit<CompiledRoute, 'route' | 'opening'> {
  if (all.length === 0) {
    const message = 'there is no namespace yet that it leads to';
    return { state: 'Pending', reason: 'NamespaceMissing', message };
  }
  if (missing.length === 0) return wayIsOpen;
  const names = missing.slice(0, 5).map((name) => `\`${name}\``);
  const more = missing.length > names.length ? ` and ${missing.length - names.length} more` : '';
  const who = `${names.join(', ')}${more}`;
  const suggested = suggestion === undefined ? {} : { suggestion };
  if (missing.length === all.length) {
    const message = `${who} does not let it in: a profile there has to allow it`;
    return { state: 'Pending', reason: 'NotAdmitted', message, ...suggested };
  }
  const count = `${all.length - missing.length} of ${all.length}`;
  const message = `PartlyConsented ${count}: ${who} does not let it in`;
  return { ...wayIsOpen, reason: 'PartlyConsented', message, ...suggested };
}

function notASource(route: Route, end: string): CompiledRoute {
  const message = `this version writes no ingress from \`${end}\``;
  return { route, state: 'Pending', reason: 'EndNotASource', message };
}
