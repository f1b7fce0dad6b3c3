// How many routes of a namespace have which state and reason: what can be counted without names that a team chooses.
// Must not know the message of a route.

import type { CompiledRoute } from '../compile/across/route-states.ts';
import type { CompiledProfile } from '../compile/policies/profile-policies.ts';
import { groupsBy } from '../model/groups.ts';

/** Routes with the same state and reason. */
export interface RouteCount {
  readonly state: CompiledRoute['state'];
  readonly reason: CompiledRoute['reason'];
  readonly count: number;
}

/** Counts the routes of a namespace, in the order of first occurrence. */
export function countRoutes(profiles: readonly CompiledProfile[]): readonly RouteCount[] {
  const routes = profiles.flatMap((profile) => profile.routes);
  return groupsBy(routes, ({ state, reason }) => `${state} ${reason}`).map((alike) => ({
    state: alike[0].state,
    reason: alike[0].reason,
    count: alike.length,
  }));
}
