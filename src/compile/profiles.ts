// The profiles of a namespace, compiled: what each route came to, and the policies of each profile.
// Must not know the ring.

import type { Route } from '../api/route.ts';
import type { Direction } from '../model/network-policy.ts';
import type { DesiredPolicy, WithheldRule } from '../model/policies.ts';
import { endOf } from '../routes/index.ts';
import type { ProfileFacts } from '../view/cluster-view.ts';
import { cappedMirrors } from './capped-mirrors.ts';
import { closedSources } from './closed-sources.ts';
import type { Compilation, PlainNamespace } from './compilation.ts';
import { askConsent } from './consent.ts';
import { isFoundOut } from './lasting-rules.ts';
import { missingSources } from './missing-sources.ts';
import { type Opening, openingPolicies, withheldRules } from './openings.ts';
import { type CompiledRoute, type Place, settle } from './routes.ts';

/** What the compiler makes of one profile; no routes where it doesn't decode. */
export interface CompiledProfile {
  readonly profile: ProfileFacts;
  readonly routes: readonly CompiledRoute[];
  /** Ordered by name. */
  readonly policies: readonly DesiredPolicy[];
  /** What is not to be written for lack of a fact. */
  readonly withheld: readonly WithheldRule[];
}

/** Compiles the profiles of a namespace; those of one for which nothing is compiled have no routes. */
export function compileProfiles(run: Compilation, plain: PlainNamespace): readonly CompiledProfile[] {
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
  return plain.profiles.map(({ profile, routes }) => {
    const settled = routes.map((route) => settle(route, place));
    return { profile, routes: settled, ...policiesOf(profile, settled) };
  });
}

/** What the routes of a profile open. */
export function openingsOf({ routes }: CompiledProfile): readonly Opening[] {
  return routes.flatMap(({ openings }) => openings);
}

/** The end that the addresses of an opening were found out for. */
function foundForOf({ from, to }: Route, { direction }: Opening): { readonly foundFor?: string } {
  const { name } = endOf(direction === 'Ingress' ? from : to).end;
  return isFoundOut(name) ? { foundFor: name } : {};
}

function policiesOf(
  { namespace, name, uid }: ProfileFacts,
  routes: readonly CompiledRoute[],
): Pick<CompiledProfile, 'policies' | 'withheld'> {
  const openings = routes.flatMap(({ openings, route, withheld }) =>
    openings.map((opening) => ({
      ...opening,
      asker: route.name,
      ...foundForOf(route, opening),
      ...(withheld === undefined ? {} : { withheld }),
    })),
  );
  const about = {
    namespace,
    owner: { kind: 'AppNetworkProfile', name, uid },
    stem: name,
    describe: (direction: Direction, pods: string, routeNames: string) =>
      direction === 'Ingress'
        ? `Lets in to ${pods} what profile ${name} allows: ${routeNames}`
        : `Lets out of ${pods} what profile ${name} allows: ${routeNames}`,
  } as const;
  return { policies: openingPolicies(about, openings), withheld: withheldRules(about, openings) };
}
