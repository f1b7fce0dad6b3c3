// A namespace by itself: everything that follows from its own objects and the platform profile, before other namespaces matter.
// One object holds everything that is known of a namespace. That keeps mirrors from going in circles.

import type { PlatformNetworkProfileSpec } from '../../api/platform-network-profile.ts';
import { compareKeys } from '../../model/object-key.ts';
import { once } from '../../model/once.ts';
import type { RouteContext } from '../../routes/route-end.ts';
import {
  type ClusterView,
  type NamespaceFacts,
  objectsIn,
  type ProfileFacts,
} from '../../view/cluster-view.ts';
import type { ClusterServices } from '../platform/cluster-services.ts';
import { type Membership, membershipOf } from '../platform/membership.ts';
import type { AllowRule } from './allow-rule.ts';
import { type Exposures, exposuresOf } from './exposures.ts';
import { type Guardrails, guardrailsOf } from './guardrails.ts';
import { type Egress, egressOf } from './namespace-egress.ts';
import { type ResolvedRoute, resolveRoutes } from './resolve-routes.ts';
import { inNamespace } from './route-context.ts';

/** A namespace by itself. */
export interface LocalNamespace {
  readonly facts: NamespaceFacts;
  readonly membership: Membership;
  /** Whether it is compiled, written or not. */
  readonly isCompiled: boolean;
  readonly egress: Egress;
  /** What the platform profile allows the routes of its teams; `undefined` if it sets no limit. */
  readonly guardrails: Guardrails | undefined;
  readonly context: RouteContext;
  /** Ordered by name. Computed on first use: of the thousands of namespaces in one route, most are only checked briefly. */
  readonly profiles: readonly LocalProfile[];
  /** What it exposes, computed on first use; nothing if nothing is compiled. */
  readonly exposures: Exposures;
}

/** A profile by itself; without routes if it doesn't decode, or if nothing is compiled. */
export interface LocalProfile {
  readonly profile: ProfileFacts;
  readonly routes: readonly ResolvedRoute[];
}

/** What all namespaces share. */
export interface Shared {
  readonly view: ClusterView;
  readonly spec: PlatformNetworkProfileSpec;
  readonly clusterServices: ClusterServices;
  /** The same for every namespace except its name, its Services and its pods. */
  readonly context: RouteContext;
}

const nothingExposed: Exposures = { allowRules: [], findings: [], unserved: [] };

/** Resolves a namespace by itself. */
export function localNamespace(facts: NamespaceFacts, shared: Shared): LocalNamespace {
  const { view, spec, clusterServices } = shared;
  const { name } = facts;
  const membership = membershipOf(view, spec, facts);
  const isRinged = isCompiled(facts, membership);
  const context = { ...shared.context, ...inNamespace(view, name) };
  const guardrails = guardrailsOf(membership.rule, context);
  const all = objectsIn(view.profiles, name).toSorted(compareKeys);
  const profiles = once((): readonly LocalProfile[] => {
    const resolved = all.map((profile) => ({
      profile,
      routes: isRinged && profile.decoded.ok ? resolveRoutes(profile.decoded.value, context) : [],
    }));
    return guardrails?.check(resolved) ?? resolved;
  });
  const exposures = once(() =>
    isRinged ? exposuresOf(view, spec, { context, guardrails }) : nothingExposed,
  );
  return {
    facts,
    membership,
    isCompiled: isRinged,
    egress: isRinged ? egressOf(membership.egress, all, clusterServices) : { mode: 'Unrestricted', open: [] },
    guardrails,
    context,
    get profiles() {
      return profiles();
    },
    get exposures() {
      return exposures();
    },
  };
}

/** Whether a namespace is compiled, written or not. */
export function isCompiled({ terminating }: NamespaceFacts, { inside, enforcement }: Membership): boolean {
  return inside && enforcement !== 'Off' && !terminating;
}

/** The ingress rules of the accepted routes of a namespace. */
export function ingressRulesOf({ profiles }: LocalNamespace): readonly AllowRule[] {
  return profiles.flatMap(({ routes }) =>
    routes.flatMap((route) =>
      route.kind === 'ingress' && route.missingFact === undefined ? [route.allowRule] : [],
    ),
  );
}
