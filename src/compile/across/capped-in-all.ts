// The status of routes whose mirrors are left out because the mirrors of all senders would exceed the limit of the receiver.
// Only the receiver knows that: it returns the routes as data, and the code that compiles several namespaces passes them to the senders.
// Status only. Must not know how a receiver decides.
import type { Enforcement } from '../../api/egress.ts';
import { quoteSome } from '../../model/counted.ts';
import { getOrInsert } from '../../model/groups.ts';
import { compareText } from '../../model/object-key.ts';
import type { ProfileFacts } from '../../view/cluster-view.ts';
import { type CappedRoute, capOfAll } from './mirror-caps.ts';
import { hintWithoutMirror } from './route-hints.ts';
import { type CompiledRoute, writtenIn } from './route-states.ts';

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

/** For each route that is left out somewhere, the receivers that leave it out. */
export type ReceiversByRoute = ReadonlyMap<string, readonly string[]>;

/** Groups the routes that receivers leave out by route. */
export function receiversByRoute(receivers: readonly CappingReceiver[]): ReceiversByRoute {
  const receiversOf = new Map<string, string[]>();
  for (const { namespace, cappedRoutes } of receivers) {
    for (const route of cappedRoutes) getOrInsert(receiversOf, routeKey(route), () => []).push(namespace);
  }
  return receiversOf;
}

/** The profiles of a sender, with the receivers that leave out its routes in their status; the same profiles if there are none. */
export function withCapsInAll<P extends WithRoutes>(
  {
    profiles,
    enforcement,
  }: { readonly profiles: readonly P[]; readonly enforcement: Enforcement | undefined },
  receiversOf: ReceiversByRoute,
): readonly P[] {
  if (receiversOf.size === 0) return profiles;
  const written = writtenIn(enforcement);
  return profiles.map((each) => {
    const { namespace, name: profile } = each.profile;
    const routes = each.routes.map((route) => {
      const receivers = receiversOf.get(routeKey({ namespace, profile, route: route.route.name })) ?? [];
      // The rule of an Active route is written here whatever happens to its mirror; other states are more important to report.
      return receivers.length === 0 || route.state !== 'Active' ? route : capped(route, receivers, written);
    });
    return { ...each, routes };
  });
}

function capped(
  { suggestion: _, ...route }: CompiledRoute,
  receivers: readonly string[],
  written: string,
): CompiledRoute {
  const names = quoteSome(receivers.toSorted(compareText), maxNamed);
  const before = route.reason === 'MirrorsCapped' ? `${route.message}; also,` : `${written}, but`;
  return {
    ...route,
    reason: 'MirrorsCapped',
    hint: hintWithoutMirror,
    message: `${before} it is not mirrored in ${names}: the routes of all namespaces together would create more than ${capOfAll.policies} policies or ${capOfAll.bytes / 1_000_000} MB there, and older routes take precedence. Declare the egress there`,
  };
}

function routeKey({ namespace, profile, route }: CappedRoute): string {
  return `${namespace}/${profile}/${route}`;
}
