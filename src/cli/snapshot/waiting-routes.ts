// The routes that wait for the consent of another namespace, by that namespace: its team can let them in.
// Must not know how they are printed.
import type { Compiled } from '../../compile/compile.ts';
import { getOrInsert } from '../../model/groups.ts';

/** A route that waits until another namespace lets it in. */
export interface WaitingRoute {
  readonly namespace: string;
  readonly profile: string;
  readonly route: string;
}

/** By the namespace whose consent is missing; each list is ordered by namespace. */
export function waitingRoutes({
  namespaces,
}: Pick<Compiled, 'namespaces'>): ReadonlyMap<string, readonly WaitingRoute[]> {
  const byTarget = new Map<string, WaitingRoute[]>();
  for (const { namespace, profiles } of namespaces) {
    for (const { profile, routes } of profiles) {
      for (const { route, waitsFor = [] } of routes) {
        const waiting = { namespace, profile: profile.name, route: route.name };
        for (const target of waitsFor) getOrInsert(byTarget, target, () => []).push(waiting);
      }
    }
  }
  return byTarget;
}
