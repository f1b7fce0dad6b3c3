// How many routes of a namespace stand how, and why: what can be counted without a name that a team gave.
// Must not know what is told of a route.

import type { CompiledRoute } from '../compile/across/route-states.ts';
import type { CompiledProfile } from '../compile/policies/profile-policies.ts';

/** Routes that stand alike. */
export interface RouteTally {
  readonly state: CompiledRoute['state'];
  readonly reason: CompiledRoute['reason'];
  readonly count: number;
}

/** Counts the routes of a namespace, in the order in which they are first met. */
export function tallyRoutes(profiles: readonly CompiledProfile[]): readonly RouteTally[] {
  const routes = profiles.flatMap((profile) => profile.routes);
  const alike = Map.groupBy(routes, ({ state, reason }) => `${state} ${reason}`);
  return [...alike.values()].flatMap(([first, ...rest]) =>
    first === undefined ? [] : [{ state: first.state, reason: first.reason, count: 1 + rest.length }],
  );
}
