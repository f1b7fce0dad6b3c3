// The profiles of a namespace with the state of each route, which depends on the other namespaces that it means.
// Must not know policies.

import type { ProfileFacts } from '../../view/cluster-view.ts';
import type { AllowRule } from '../local/allow-rule.ts';
import type { LocalNamespace } from '../local/local-namespace.ts';
import { cappedMirrors } from './capped-mirrors.ts';
import { closedSources } from './closed-sources.ts';
import type { Compilation } from './compilation.ts';
import { askConsent } from './consent.ts';
import { missingSources } from './missing-sources.ts';
import { type CompiledRoute, compileRoute, type DeclaringNamespace } from './route-states.ts';

/** The routes of one profile with their states; none if it doesn't decode. */
export interface ProfileRoutes {
  readonly profile: ProfileFacts;
  readonly routes: readonly CompiledRoute[];
}

/** Compiles the routes of a namespace; there are none if nothing is compiled. */
export function compileRoutes(run: Compilation, local: LocalNamespace): readonly ProfileRoutes[] {
  const capped = cappedMirrors(run, local);
  const declaredIn: DeclaringNamespace = {
    namespace: local.facts.name,
    labels: local.facts.labels,
    egress: local.egress,
    askConsent: (route, egressRoute) => askConsent(run, local, route, egressRoute),
    findClosedSources: (route, ingressRoute) => closedSources(run, local, route, ingressRoute),
    findMissing: (route) => missingSources(run.view, route),
    findCapped: (ingressRoute) => capped.get(ingressRoute),
  };
  return local.profiles.map(({ profile, routes }) => ({
    profile,
    routes: routes.map((route) => compileRoute(route, declaredIn)),
  }));
}

/** The allow rules of the routes of a profile. */
export function allowRulesOf({ routes }: ProfileRoutes): readonly AllowRule[] {
  return routes.flatMap(({ allowRules }) => allowRules);
}
