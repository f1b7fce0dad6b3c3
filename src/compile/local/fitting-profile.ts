// The profile of a namespace to which routes are best added, and the names that they take there.
// Must not know why they are added.
import { maxRoutes } from '../../api/app-network-profile.ts';
import { freeSuggestedName, type SuggestedRoute } from '../../api/suggested-profile.ts';
import { canonicalJson } from '../../model/network-policy.ts';
import { compareKeys } from '../../model/object-key.ts';
import type { ProfileFacts } from '../../view/cluster-view.ts';

/** A profile, and the routes with names that none of its own has. */
export interface FittingProfile {
  readonly profile: ProfileFacts;
  readonly added: readonly SuggestedRoute[];
}

/**
 * The profile with most ends of these routes, which so speaks of the same pods; of several, the first by name. `undefined` if none can be
 * read and has room.
 */
export function fittingProfile(
  profiles: readonly ProfileFacts[],
  routes: readonly SuggestedRoute[],
): FittingProfile | undefined {
  const wanted = new Set(endsOf(routes));
  const candidates = profiles.flatMap((profile) => {
    if (profile.terminating || !profile.decoded.ok) return [];
    const existing = profile.decoded.value.spec.routes;
    if (existing.length + routes.length > maxRoutes) return [];
    const common = new Set(endsOf(existing).filter((end) => wanted.has(end))).size;
    return [{ profile, existing, common }];
  });
  const [best] = candidates.sort((a, b) => b.common - a.common || compareKeys(a.profile, b.profile));
  if (best === undefined) return undefined;
  const taken = best.existing.map(({ name }) => name);
  return { profile: best.profile, added: withDistinctNames(routes, taken) };
}

function endsOf(routes: readonly Pick<SuggestedRoute, 'from' | 'to'>[]): readonly string[] {
  return routes.flatMap(({ from, to }) => [canonicalJson(from), canonicalJson(to)]);
}

/** The routes, each with a name that no other has. */
export function withDistinctNames(
  routes: readonly SuggestedRoute[],
  taken: readonly string[] = [],
): readonly SuggestedRoute[] {
  const names = [...taken];
  return routes.map((route) => {
    const name = freeSuggestedName(route.name, names);
    names.push(name);
    return { ...route, name };
  });
}
