// The policies of teams in a namespace whose ring was deleted with the platform profile, by garbage collection: each of them
// is itself a deny, now without the allowances of the platform. Must not know clients.
import type { ActualPolicies, Owner } from '../model/policies.ts';
import { type Plan, plan } from './plan.ts';

/**
 * Plans to remove the policies of the teams, as carefully as any opening; `undefined` if there are none, and while
 * any other policy of ours exists: then garbage collection is not finished, or somebody deleted the profile and kept the ring
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
    transitionOwner: first,
    keptIsolated: [],
    frozenOwners: new Set(),
    frozenMirrors: [],
    unfrozen: [],
  });
}
