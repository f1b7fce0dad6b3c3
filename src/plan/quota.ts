// The finding that a ResourceQuota has no room for policies: by how much to raise it. New policies are written before
// old ones are deleted, so a namespace in which policies are renamed contains both for a moment.
// Must not know how the write was sent, nor when it is retried.
import type { Finding } from '../model/findings.ts';
import type { Plan } from './plan.ts';

/** The name under which a ResourceQuota counts NetworkPolicies. */
const countedResource = 'count/networkpolicies.networking.k8s.io';

/** A refusal by a ResourceQuota that counts NetworkPolicies. */
export interface QuotaRefusal {
  /** The name of the ResourceQuota. */
  readonly quota: string;
  /** How many policies it counts and how many it allows; absent if the message does not say. */
  readonly count?: { readonly used: number; readonly limited: number };
}

/**
 * Reads the message of a refused write; `undefined` if it was refused for another reason. The words are those of
 * `CheckRequest` in Kubernetes' `apiserver/pkg/admission/plugin/resourcequota/controller.go`.
 */
export function quotaRefusal(said: string): QuotaRefusal | undefined {
  const [, quota, requested = '', used = '', limited = ''] =
    /exceeded quota: (\S+), requested: (\S+), used: (\S+), limited: (\S+)/.exec(said) ?? [];
  if (quota === undefined || amountIn(requested) === undefined) return undefined;
  const [isUsed, isLimited] = [amountIn(used), amountIn(limited)].map(parseQuantity);
  if (isUsed === undefined || isLimited === undefined) return { quota };
  return { quota, count: { used: isUsed, limited: isLimited } };
}

/**
 * The finding about such a refusal.
 *
 * @param rest the rest of the plan for the namespace
 */
export function quotaExceeded(
  namespace: string,
  { quota, count }: QuotaRefusal,
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
  return {
    code: 'QuotaExceeded',
    subject: { kind: 'Namespace', name: namespace },
    message: `the ResourceQuota \`${quota}\` of namespace \`${namespace}\` has no room for ${toWrite} more ${toWrite === 1 ? 'policy' : 'policies'}${counted}${kept}`,
    hint: `raise its \`${countedResource}\` by ${missing}${then}`,
  };
}

/** The number of policies in a list such as `count/networkpolicies.networking.k8s.io=1,pods=3`. */
function amountIn(list: string): string | undefined {
  const amounts = new Map(list.split(',').map((each) => each.split('=') as [string, string]));
  return amounts.get(countedResource);
}

const suffixes: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['k', 1000],
  ['M', 1000 ** 2],
  ['Ki', 1024],
  ['Mi', 1024 ** 2],
]);

/** A Quantity of Kubernetes that is a whole number: the server writes 1000 as `1k`. */
function parseQuantity(text = ''): number | undefined {
  const [, digits, suffix = ''] = /^(\d+)([a-z]*)$/i.exec(text) ?? [];
  const factor = suffixes.get(suffix);
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}
