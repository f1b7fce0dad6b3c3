// What is left in a namespace whose ring went with the platform profile, by garbage collection: the policies of its teams, each
// of which is itself a deny, now without the allowances of the platform. Must not know clients.
import type { ActualPolicies, Owner } from '../model/policies.ts';
import { type Plan, plan } from './plan.ts';

/**
 * Plans to take the policies of the teams away, as carefully as any opening; `undefined` where there are none, and while
 * anything else of ours is there: then garbage collection is not done, or somebody deleted the profile and kept the ring
 * (`--cascade=orphan`).
 *
 * @param teams the profiles of the namespace, as owners
 */
export function planLeftovers(
  namespace: string,
  { owned, foreign }: ActualPolicies,
  teams: readonly Owner[],
): Plan | undefined {
  const owners = new Map(teams.map((team) => [team.uid, team]));
  if (owned.some(({ ownerUid }) => !owners.has(ownerUid))) return undefined;
  const [first] = owned.flatMap(({ ownerUid }) => owners.get(ownerUid) ?? []);
  if (first === undefined) return undefined;
  return plan({
    namespace,
    desired: [],
    actual: { owned, foreign },
    platform: first,
    keptIsolated: [],
    frozenOwners: new Set(),
    frozenMirrors: [],
    unfrozen: [],
  });
}
