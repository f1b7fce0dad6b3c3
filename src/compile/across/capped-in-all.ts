// What is told at the sender of routes that are left out elsewhere because the mirrors of all senders would be too many there.
// Only the receiver knows that: it says so as data, and whoever compiles several namespaces brings it to the senders.
// Status only. Must not know how a receiver finds out.
import { quoteSome } from '../../model/counted.ts';
import { compareText } from '../../model/object-key.ts';
import type { ProfileFacts } from '../../view/cluster-view.ts';
import { type CappedRoute, capOfAll } from './mirror-caps.ts';
import type { CompiledRoute } from './route-states.ts';

/** A namespace, and the routes of others that are left out of it. */
export interface CappingReceiver {
  readonly namespace: string;
  readonly cappedRoutes: readonly CappedRoute[];
}

interface WithRoutes {
  readonly profile: Pick<ProfileFacts, 'namespace' | 'name'>;
  readonly routes: readonly CompiledRoute[];
}

const maxNamed = 3;

/** For each route that is left out somewhere, the namespaces that it is left out of. */
export type ReceiversByRoute = ReadonlyMap<string, readonly string[]>;

/** Turns what receivers say into what is to be said of each route. */
export function receiversByRoute(receivers: readonly CappingReceiver[]): ReceiversByRoute {
  const receiversOf = new Map<string, string[]>();
  for (const { namespace, cappedRoutes } of receivers) {
    for (const route of cappedRoutes) {
      const key = routeKey(route);
      receiversOf.set(key, [...(receiversOf.get(key) ?? []), namespace]);
    }
  }
  return receiversOf;
}

/** The profiles of a sender, whose routes say in which namespaces they are left out; the same ones where none is. */
export function withCapsInAll<P extends WithRoutes>(
  profiles: readonly P[],
  receiversOf: ReceiversByRoute,
): readonly P[] {
  if (receiversOf.size === 0) return profiles;
  return profiles.map((each) => {
    const { namespace, name: profile } = each.profile;
    const routes = each.routes.map((route) =>
      markCapped(route, receiversOf.get(routeKey({ namespace, profile, route: route.route.name })) ?? []),
    );
    return { ...each, routes };
  });
}

/** Its rule is written here whatever becomes of the mirror; a route that is not written has more to tell. */
function markCapped(route: CompiledRoute, receivers: readonly string[]): CompiledRoute {
  if (receivers.length === 0 || route.state !== 'Active') return route;
  const names = quoteSome(receivers.toSorted(compareText), maxNamed);
  const before = route.reason === 'MirrorsCapped' ? `${route.message}; also,` : 'its rule is written, but';
  return {
    ...route,
    reason: 'MirrorsCapped',
    message: `${before} it is not mirrored in ${names}: the routes of all namespaces together would create more than ${capOfAll.policies} policies or ${capOfAll.bytes / 1_000_000} MB there, and older routes take precedence. Declare the egress there`,
  };
}

function routeKey({ namespace, profile, route }: CappedRoute): string {
  return `${namespace}/${profile}/${route}`;
}
