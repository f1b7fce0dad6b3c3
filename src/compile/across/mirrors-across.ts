// The mirrors in a Restricted namespace from others: their accepted ingress rules from here become egress rules here.
// Otherwise a route could open the egress of every namespace, and one edit would be written to all of them: it counts only if it
// names this namespace, if the platform does, or if the platform trusts its namespace, and never further than the guardrails here
// would let a team here write itself. Otherwise the source declares `to` itself. Guardrails do not apply to what the platform opens.

import { mirrorOrigin } from '../../model/mirror-origins.ts';
import { selectsNamespace } from '../../model/network-policy.ts';
import type { ObjectKey } from '../../model/object-key.ts';
import { monitoringName } from '../../model/policy-names.ts';

import type { NamespaceFacts } from '../../view/cluster-view.ts';
import type { AllowRule } from '../local/allow-rule.ts';
import type { LocalNamespace } from '../local/local-namespace.ts';
import { isClosed } from '../local/namespace-egress.ts';
import { monitoringRules } from '../platform/systems.ts';
import { mirrorableRoutes } from './capped-mirrors.ts';
import type { Compilation } from './compilation.ts';
import {
  type Capped,
  type CappedRoute,
  capOfAll,
  capOfPair,
  exposedWithinCap,
  type MirroredRoute,
  mirroredIn,
  withinCap,
} from './mirror-caps.ts';
import { mirrorsFrom, mirrorsWithin } from './mirrors.ts';

/** The egress rule of pods here to what another namespace, or the platform in this one, lets in. */
export interface Mirror {
  readonly allowRule: AllowRule;
  /** The namespace that it leads to. */
  readonly destination: string;
  /** The origin of the ingress rule: see `mirrorOrigin`, or an object. */
  readonly origin: string;
}

/** The egress that a namespace needs besides its own profiles; nothing unless it is Restricted. */
export function mirrorsInto(run: Compilation, here: LocalNamespace): readonly Mirror[] {
  if (here.egress.mode !== 'Restricted') return [];
  const mirrors = [
    ...mirrorsOfRoutes(run, here),
    ...mirrorsOfMonitoring(run, here),
    ...exposuresInto(run, here).flatMap(({ within }) => within),
  ];
  return mirrors.filter(({ allowRule }) => isClosed(here.egress, allowRule.rule, here.facts.name));
}

function mirrorsOfRoutes(run: Compilation, here: LocalNamespace): readonly Mirror[] {
  return withinCap(routesInto(run, here), capOfAll).within.flatMap(
    ({ profile, ingressRoute, allowRules }) => {
      const origin = mirrorOrigin(profile, ingressRoute.route.name);
      return allowRules.map((allowRule) => ({ allowRule, destination: profile.namespace, origin }));
    },
  );
}

/** What exceeds the limit for mirrors here. */
export interface MirrorsOverLimit {
  /** The routes of others, all together; the oldest first. */
  readonly routes: readonly CappedRoute[];
  /** The objects that expose pods, of each namespace by itself. */
  readonly exposers: readonly string[];
}

/** Finds what exceeds the limit for mirrors in a namespace. */
export function mirrorsOverLimit(run: Compilation, here: LocalNamespace): MirrorsOverLimit {
  if (here.egress.mode !== 'Restricted') return { routes: [], exposers: [] };
  return {
    routes: withinCap(routesInto(run, here), capOfAll).overLimit.map(({ profile, ingressRoute }) => ({
      namespace: profile.namespace,
      profile: profile.name,
      route: ingressRoute.route.name,
    })),
    exposers: exposuresInto(run, here).flatMap(({ overLimit }) => overLimit),
  };
}

/** The routes of others that count for the egress here, each namespace within its limit. */
function routesInto(run: Compilation, here: LocalNamespace): readonly MirroredRoute[] {
  const { name, labels } = here.facts;
  const profiles = [...namingSources(run, here), ...run.trustedProfiles];
  const senders = new Set(profiles.map(({ namespace }) => namespace));
  return [...senders].flatMap((sender) => {
    const there = run.find(sender);
    if (there === undefined || sender === name) return [];
    return withinCap(mirroredIn(labels, mirrorableRoutes(run, there)), capOfPair).within.flatMap((route) => {
      const allowRules = route.allowRules.filter(
        (allowRule) => here.guardrails?.provenViolation(allowRule) === undefined,
      );
      return allowRules.length === 0 ? [] : [{ ...route, allowRules }];
    });
  });
}

/** The profiles whose routes let a namespace in by name, or as one that the platform profile names. */
export function namingSources(
  { view }: Compilation,
  { facts, context }: LocalNamespace,
): readonly ObjectKey[] {
  const systems = [...context.ingressControllers, ...context.monitoring].flatMap(({ peers = [] }) => peers);
  const isDeclared = [...systems, ...context.controlPlane].some((peer) =>
    selectsNamespace(peer, facts.labels),
  );
  return [...view.routeLinks.fromName(facts.name), ...(isDeclared ? view.routeLinks.fromDeclared() : [])];
}

/** The monitoring systems here reach every ringed namespace. */
function mirrorsOfMonitoring(run: Compilation, here: LocalNamespace): readonly Mirror[] {
  const rules = monitoringRules(run.spec).filter(({ peers }) =>
    peers.some((peer) => selectsNamespace(peer, here.facts.labels)),
  );
  if (rules.length === 0) return [];
  return run.compiled.flatMap((there) =>
    rules.flatMap((rule) =>
      mirrorsTo(
        there,
        here.facts,
        { direction: 'Ingress', pods: {}, rule },
        `NetworkPolicy ${there.name}/${monitoringName}`,
      ),
    ),
  );
}

/**
 * The ingress controllers here reach everything that is exposed, each namespace within its limit: the authors of Services and
 * Ingresses decide how many there are, and how long their selectors are.
 */
function exposuresInto(run: Compilation, here: LocalNamespace): readonly Capped<Mirror, string>[] {
  const peers = here.context.ingressControllers.flatMap((system) => system.peers ?? []);
  if (!peers.some((peer) => selectsNamespace(peer, here.facts.labels))) return [];
  const { ingresses, gatewayRoutes, routeSources } = run.view;
  const exposed = new Set([ingresses, ...gatewayRoutes, routeSources].flatMap((each) => [...each.keys()]));
  return [...exposed].flatMap((name) => {
    const there = run.find(name);
    if (there === undefined) return [];
    const mirrors = there.exposures.allowRules.flatMap(({ origin, ...ingressRoute }) =>
      mirrorsTo(there.facts, here.facts, ingressRoute, origin),
    );
    return [name === here.facts.name ? { within: mirrors, overLimit: [] } : exposedWithinCap(mirrors)];
  });
}

/** The platform owns both ends of what it opens in a namespace, including this one. */
function mirrorsTo(
  { name: destination }: NamespaceFacts,
  { name, labels }: NamespaceFacts,
  ingressRoute: AllowRule,
  origin: string,
): readonly Mirror[] {
  const allowRules =
    destination === name
      ? mirrorsWithin(ingressRoute, labels)
      : mirrorsFrom(destination, ingressRoute, labels);
  return allowRules.map((allowRule) => ({ allowRule, destination, origin }));
}
