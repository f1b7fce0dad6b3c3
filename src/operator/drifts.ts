// Notices which writes correct a drift: they make a policy again what it was before somebody else changed it.
// Our own writes are not heard of here, since the stores don't tell of them. Must not know clients.

import type { Change } from '../kube/store.ts';
import type { StoredPolicy } from '../objects/policy-resources.ts';
import { type PolicyChange, policyKey } from '../plan/changes.ts';
import type { Drift } from '../plan/drift.ts';

/** What somebody else made of a policy, as far as that is known. */
interface Seen {
  /** What it was when its namespace was last as wanted. */
  readonly before: string;
  /** What it was last seen to be. */
  readonly after: string;
  /** When that was, as a count of changes. */
  readonly sequence: number;
  readonly drift: Drift;
}

/** The policies of one namespace that somebody else changed since it was last as wanted. */
export class Drifts {
  /** By name of policy; absent where there is none, since most namespaces never have one. */
  #drifts: Map<string, Seen> | undefined;
  #sequence = 0;

  /** The number of the last change that was heard of: later ones have higher numbers. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Takes in that a policy was changed, and not by us. */
  changed({ previous, next }: Change<StoredPolicy>): void {
    const policy = previous ?? next;
    const [before, after] = [contentOf(previous), contentOf(next)];
    if (policy === undefined || before === after) return;
    this.#sequence += 1;
    this.#drifts ??= new Map();
    const seen = this.#drifts.get(policy.name);
    const first = seen?.before ?? before;
    // What is as it was before is our own correction, of which the watch told before its answer.
    const drift = after === first && seen !== undefined ? seen.drift : driftOf(first, previous, next);
    this.#drifts.set(policy.name, { before: first, after, sequence: this.#sequence, drift });
  }

  /** Takes in a write of ours. Returns the drift that it corrects, where it does. */
  corrects(change: PolicyChange): Drift | undefined {
    const { name } = policyKey(change);
    const seen = this.#drifts?.get(name);
    this.#drifts?.delete(name);
    return seen?.before === contentAfter(change) ? seen.drift : undefined;
  }

  /**
   * The namespace is as it was wanted when the last change had this number: what was changed before is of no interest. Somebody may have changed it
   * since; but what a watch tells of our own writes, before their answers come, is no drift.
   */
  settled(wantedAt: number, written: readonly PolicyChange[]): void {
    if (this.#drifts === undefined) return;
    const ours = new Set(written.map((change) => `${policyKey(change).name} ${contentAfter(change)}`));
    for (const [name, { after, sequence }] of this.#drifts) {
      if (sequence <= wantedAt || ours.has(`${name} ${after}`)) this.#drifts.delete(name);
    }
    if (this.#drifts.size === 0) this.#drifts = undefined;
  }
}

const absent = 'absent';

/** What was done, by comparison with how the policy was when its namespace was last as wanted. */
function driftOf(before: string, previous: StoredPolicy | undefined, next: StoredPolicy | undefined): Drift {
  if (contentOf(next) === absent) return { what: 'deleted', uid: previous?.uid ?? '' };
  const by = next?.ours ? next.foreignEdit : undefined;
  const what = before === absent ? 'added' : 'changed';
  return { what, uid: next?.uid ?? '', ...(by === undefined ? {} : { by }) };
}

/** What a policy of ours says, and whose it is; others' don't matter. */
function contentOf(policy: StoredPolicy | undefined): string {
  if (policy === undefined || !policy.ours || policy.beingDeleted) return absent;
  return `${policy.ownerUid} ${policy.fingerprint}`;
}

function contentAfter(change: PolicyChange): string {
  if (change.action === 'delete') return absent;
  return `${change.policy.owner.uid} ${change.fingerprint}`;
}
