// The profiles of a namespace, compiled: what each route came to, and the policies of each profile.
// Must not know the ring.
import type { ClusterView, NamespaceFacts, ProfileFacts } from '../api/cluster-view.ts';
import type { PlatformNetworkProfileSpec } from '../api/platform-network-profile.ts';
import type { DesiredPolicy } from '../model/policies.ts';
import { askConsent } from './consent.ts';
import { type Opening, openingPolicies } from './openings.ts';
import { type AskConsent, type CompiledRoute, compileRoutes } from './routes.ts';
import { surroundingsOf } from './surroundings.ts';

/** What the compiler makes of one profile; no routes where it doesn't decode. */
export interface CompiledProfile {
  readonly profile: ProfileFacts;
  readonly routes: readonly CompiledRoute[];
  /** Ordered by name. */
  readonly policies: readonly DesiredPolicy[];
}

/** Compiles the profiles of a namespace that is ringed. */
export function compileProfiles(
  view: ClusterView,
  platform: PlatformNetworkProfileSpec,
  namespace: NamespaceFacts,
  profiles: readonly ProfileFacts[],
): readonly CompiledProfile[] {
  const around = surroundingsOf(view, platform, namespace.name);
  // Many routes lead to the same few namespaces.
  const known = new Map<string, readonly Opening[]>();
  const openingsThere = (name: string) => {
    const openings = known.get(name) ?? openingsIn(view, platform, name);
    known.set(name, openings);
    return openings;
  };
  const ask: AskConsent = (route, sources) =>
    askConsent(view, platform, route, namespace, sources, openingsThere);
  return profiles.map((profile) => {
    if (!profile.decoded.ok) return { profile, routes: [], policies: [] };
    const routes = compileRoutes(profile.decoded.value, around, ask);
    return { profile, routes, policies: policiesOf(profile, routes) };
  });
}

/** What the routes of a profile open. */
export function openingsOf({ routes }: CompiledProfile): readonly Opening[] {
  return routes.flatMap(({ opening }) => opening ?? []);
}

/** What the accepted routes of another namespace open. */
function openingsIn(
  view: ClusterView,
  platform: PlatformNetworkProfileSpec,
  namespace: string,
): readonly Opening[] {
  const around = surroundingsOf(view, platform, namespace);
  return [...(view.profiles.get(namespace)?.values() ?? [])].flatMap(({ decoded }) =>
    decoded.ok ? compileRoutes(decoded.value, around).flatMap(({ opening }) => opening ?? []) : [],
  );
}

function policiesOf(
  { namespace, name, uid }: ProfileFacts,
  routes: readonly CompiledRoute[],
): readonly DesiredPolicy[] {
  const openings = routes.flatMap(({ opening, route }) =>
    opening === undefined ? [] : [{ ...opening, asker: route.name }],
  );
  const about = {
    namespace,
    owner: { kind: 'AppNetworkProfile', name, uid },
    stem: name,
    describe: (pods: string, routeNames: string) =>
      `Lets in to ${pods} what profile ${name} allows: ${routeNames}`,
  } as const;
  return openingPolicies(about, openings);
}
