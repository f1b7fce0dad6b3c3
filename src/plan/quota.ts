// The finding that a ResourceQuota has no room for policies: by how much to raise it. New policies are written before
// old ones are deleted, so a namespace in which policies are renamed contains both for a moment.
// Must not know how the write was sent, nor when it is retried.
import { aboutNamespace, type Finding } from '../model/findings.ts';
import type { Plan } from './plan.ts';

/** The name under which a ResourceQuota counts NetworkPolicies. */
const countedResource = 'count/networkpolicies.networking.k8s.io';

/** A ResourceQuota that has no room for policies. */
export interface PolicyQuota {
  /** Its name. */
  readonly quota: string;
  /** How many policies it counts and how many it allows; absent if the server does not say. */
  readonly count?: { readonly used: number; readonly limited: number };
}

interface Amounts {
  readonly used: number | undefined;
  readonly limited: number | undefined;
}

/**
 * What a ResourceQuota says of policies; `undefined` if it has no room for something else.
 *
 * @param amounts by resource that it has no room for
 */
export function policyQuota(quota: string, amounts: ReadonlyMap<string, Amounts>): PolicyQuota | undefined {
  const ofPolicies = amounts.get(countedResource);
  if (ofPolicies === undefined) return undefined;
  const { used, limited } = ofPolicies;
  return used === undefined || limited === undefined ? { quota } : { quota, count: { used, limited } };
}

/**
 * The finding about such a quota.
 *
 * @param rest the rest of the plan for the namespace
 */
export function quotaExceeded(
  namespace: string,
  { quota, count }: PolicyQuota,
  { phases }: Pick<Plan, 'phases'>,
): Finding {
  const changes = phases.flatMap((phase) => phase.changes);
  const toWrite = changes.filter(({ action }) => action === 'create').length;
  const toDelete = phases.find(({ purpose }) => purpose === 'prune')?.changes.length ?? 0;
  const room = count === undefined ? 0 : count.limited - count.used;
  // Somebody may have deleted policies since then: there was no room for at least the refused one.
  const missing = Math.max(1, toWrite - room);
  const counted = count === undefined ? '' : `, with ${count.used} of ${count.limited} used`;
  const kept = toDelete === 0 ? '' : '; nothing is deleted until they are written';
  const then =
    toDelete === 0 ? '' : ` for the upgrade: afterwards the operator deletes ${toDelete} of the old policies`;
  return aboutNamespace(namespace, 'QuotaExceeded', {
    message: `the ResourceQuota \`${quota}\` of namespace \`${namespace}\` has no room for ${toWrite} more ${toWrite === 1 ? 'policy' : 'policies'}${counted}${kept}`,
    hint: `raise its \`${countedResource}\` by ${missing}${then}`,
  });
}
