// The routes of one profile by themselves: each becomes an ingress rule, an egress rule, or a reason why not.
// Must not know the egress mode, nor other namespaces: route-states.ts does. allow-policies.ts merges rules into policies.
import type { AppNetworkProfile } from '../../api/app-network-profile.ts';
import type { Route } from '../../api/route.ts';
import { type NonEmpty, type Rule, ruleOn } from '../../model/network-policy.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { MatchBy } from '../../model/rule-fingerprints.ts';
import type { LabelSelector } from '../../model/selectors.ts';
import { endOf, fieldOf, namespaceScopeOf } from '../../routes/index.ts';
import { onPodPorts } from '../../routes/pod-ports.ts';
import type {
  EndProblem,
  Gap,
  NamespaceScope,
  RouteContext,
  RouteEnd,
  RouteSide,
  WrittenPorts,
} from '../../routes/route-end.ts';
import type { AllowRule } from './allow-rule.ts';

/** A route that opens nothing. */
interface RefusedRoute {
  readonly route: Route;
  readonly kind: 'refused';
  readonly problem: EndProblem;
}

/** A route that ends at pods here. */
export interface IngressRoute {
  readonly route: Route;
  readonly kind: 'ingress';
  readonly allowRule: AllowRule;
  /** Whether it lets in other namespaces by labels, or all: not by name, nor through the platform profile. */
  readonly isWide: boolean;
  readonly gap?: Gap;
  readonly missingFact?: MissingFact;
}

/** A route from pods here to a destination elsewhere, where somebody else has to let it in. */
export interface EgressRoute {
  readonly route: Route;
  readonly kind: 'egress';
  /** The pods here that it comes from. */
  readonly sources: LabelSelector;
  /** What they reach, or why that is unknown now. */
  readonly rules: Result<NonEmpty<Rule>, EndProblem>;
  readonly gap?: Gap;
  readonly missingFact?: MissingFact;
}

/** Why a route must not be written now, and how to identify it if it is enforced already. */
export interface MissingFact {
  readonly problem: EndProblem;
  readonly matchBy: MatchBy;
}

/** A resolved route. */
export type ResolvedRoute = RefusedRoute | IngressRoute | EgressRoute;

/** Resolves every route of a profile by itself: a bad one never affects the others. In the order of the profile. */
export function resolveRoutes(profile: AppNetworkProfile, context: RouteContext): readonly ResolvedRoute[] {
  return profile.spec.routes.map((route) => resolveRoute(route, context));
}

/** Resolves one route by itself. */
export function resolveRoute(route: Route, context: RouteContext): ResolvedRoute {
  const source = endOf(route.from);
  const destination = endOf(route.to);
  const refused = (problem: EndProblem, at: string): ResolvedRoute => ({
    route,
    kind: 'refused',
    problem: { at, ...problem },
  });
  const [fromField, toField] = [fieldAt(route, 'from'), fieldAt(route, 'to')];
  if (destination.end.pods === undefined) {
    const sources = source.end.pods?.(source.value, context);
    if (sources === undefined) throw new Error('a decoded route has an end in its own namespace');
    if (!sources.ok) return refused(sources.error, fromField);
    const rules = rulesTo(destination, context, route.ports);
    return {
      route,
      kind: 'egress',
      sources: sources.value.selector,
      rules: rules.ok ? rules : failure({ at: toField, ...rules.error }),
      ...gapOf(destination, context, 'to', toField),
      ...missingFactOf(destination, context, toField),
    };
  }
  const pods = destination.end.pods(destination.value, context);
  if (!pods.ok) return refused(pods.error, toField);
  const peers = source.end.peers(source.value, context);
  if (!peers.ok) return refused(peers.error, fromField);
  const ports = pods.value.ports(route.ports);
  if (!ports.ok) return refused(ports.error, 'ports');
  const rule = ruleOn(peers.value, ports.value);
  return {
    route,
    kind: 'ingress',
    allowRule: { direction: 'Ingress', pods: pods.value.selector, rule },
    isWide: isWide(namespaceScopeOf(route.from)),
    ...gapOf(source, context, 'from', fromField),
    ...missingFactOf(source, context, fromField),
  };
}

/** The field of a route that says what is at one of its sides, as in `to.cidr.cidr`. */
export function fieldAt(route: Route, side: RouteSide): string {
  return `${side}.${fieldOf(route[side])}`;
}

function missingFactOf(
  { end }: { readonly end: RouteEnd },
  context: RouteContext,
  at: string,
): { readonly missingFact?: MissingFact } {
  const problem = end.missingFact?.(context);
  return problem === undefined ? {} : { missingFact: { problem: { at, ...problem }, matchBy: 'SameRanges' } };
}

function gapOf(
  { end }: { readonly end: RouteEnd },
  context: RouteContext,
  side: RouteSide,
  at: string,
): { readonly gap?: Gap } {
  const gap = end.gap?.(context, side);
  return gap === undefined ? {} : { gap: { at, ...gap } };
}

/** Whether an end means pods of namespaces that are not named. */
function isWide(namespaceScope: NamespaceScope | undefined): boolean {
  return typeof namespaceScope === 'object' && 'selector' in namespaceScope;
}

/** What a route that leads elsewhere reaches. */
export function rulesTo(
  { end, value }: { readonly end: RouteEnd; readonly value: unknown },
  context: RouteContext,
  written: WrittenPorts,
): Result<NonEmpty<Rule>, EndProblem> {
  if (end.rules !== undefined) return end.rules(value, context, written);
  const peers = end.peers(value, context);
  if (!peers.ok) return peers;
  return success(onPodPorts(peers.value, written));
}
