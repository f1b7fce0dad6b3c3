// Notices which writes correct a drift: they make a policy again what it was before somebody else changed it.
// Our own writes are not heard of here, since the stores don't tell of them. Must not know clients.
import type { StoredPolicy } from '../cluster/resources.ts';
import type { Change } from '../cluster/store.ts';
import { fingerprint } from '../model/network-policy.ts';
import { keyOf, type PolicyChange } from '../plan/changes.ts';

/** The policies that somebody else changed since their namespace was last as wanted. */
export class Drifts {
  /** By namespace and name of policy: what it was. */
  readonly #before = new Map<string, Map<string, string>>();

  /** Takes in that a policy was changed, and not by us. */
  changed({ previous, next }: Change<StoredPolicy>): void {
    const policy = previous ?? next;
    const before = contentOf(previous);
    if (policy === undefined || before === contentOf(next)) return;
    const siblings = this.#before.get(policy.namespace) ?? new Map<string, string>();
    this.#before.set(policy.namespace, siblings);
    if (!siblings.has(policy.name)) siblings.set(policy.name, before);
  }

  /** Takes in a write of ours. Returns whether it corrects a drift. */
  corrects(change: PolicyChange): boolean {
    const { namespace, name } = keyOf(change);
    const siblings = this.#before.get(namespace);
    const before = siblings?.get(name);
    siblings?.delete(name);
    return before !== undefined && before === contentAfter(change);
  }

  /** A namespace is as wanted, or gone: what was changed in it before is of no interest. */
  settled(namespace: string): void {
    this.#before.delete(namespace);
  }
}

const absent = 'absent';

/** What a policy of ours says, and whose it is; others' don't matter. */
function contentOf(policy: StoredPolicy | undefined): string {
  if (policy === undefined || !policy.ours || policy.beingDeleted) return absent;
  return `${policy.ownerUid} ${policy.fingerprint}`;
}

function contentAfter(change: PolicyChange): string {
  if (change.action === 'delete') return absent;
  return `${change.policy.owner.uid} ${fingerprint(change.policy.spec)}`;
}
