// The profiles of a namespace: what became of each of their routes, asking the other namespaces that it means.
// Must not know policies.

import type { ProfileFacts } from '../../view/cluster-view.ts';
import type { Opening } from '../local/allow-rule.ts';
import type { PlainNamespace } from '../local/local-namespace.ts';
import { cappedMirrors } from './capped-mirrors.ts';
import { closedSources } from './closed-sources.ts';
import type { Compilation } from './compilation.ts';
import { askConsent } from './consent.ts';
import { missingSources } from './missing-sources.ts';
import { type CompiledRoute, type Place, settle } from './route-states.ts';

/** What becomes of the routes of one profile; it has none where it doesn't decode. */
export interface SettledProfile {
  readonly profile: ProfileFacts;
  readonly routes: readonly CompiledRoute[];
}

/** Settles the routes of a namespace; where nothing is compiled there are none. */
export function settledProfiles(run: Compilation, plain: PlainNamespace): readonly SettledProfile[] {
  const capped = cappedMirrors(run, plain);
  const place: Place = {
    namespace: plain.facts.name,
    labels: plain.facts.labels,
    egress: plain.egress,
    ask: (route, wayOut) => askConsent(run, plain, route, wayOut),
    askSources: (route, wayIn) => closedSources(run, plain, route, wayIn),
    findMissing: (route) => missingSources(run.view, route),
    findCapped: (wayIn) => capped.get(wayIn),
  };
  return plain.profiles.map(({ profile, routes }) => ({
    profile,
    routes: routes.map((route) => settle(route, place)),
  }));
}

/** What the routes of a profile open. */
export function openingsOf({ routes }: SettledProfile): readonly Opening[] {
  return routes.flatMap(({ openings }) => openings);
}
