// Notices which writes correct a drift: they restore a policy that somebody else changed.
// The stores do not report our own writes, so these do not appear here. Must not know clients.

import type { Change } from '../kube/store.ts';
import type { StoredPolicy } from '../objects/policy-resources.ts';
import { type PolicyChange, policyKey } from '../plan/changes.ts';
import type { Drift } from '../plan/drift.ts';

/** What somebody else did to a policy, as far as that is known. */
interface Seen {
  /** The policy when its namespace was last as desired. */
  readonly before: string;
  /** The policy as it was last seen. */
  readonly after: string;
  /** The number of that change. */
  readonly sequence: number;
  readonly drift: Drift;
}

/** The policies of one namespace that somebody else changed since it was last as desired. */
export class Drifts {
  /** By name of policy; absent if there is none, since most namespaces never have one. */
  #drifts: Map<string, Seen> | undefined;
  #sequence = 0;

  /** The number of the last reported change: later changes have higher numbers. */
  get sequence(): number {
    return this.#sequence;
  }

  /** A policy was changed, and not by us. */
  changed({ previous, next }: Change<StoredPolicy>): void {
    const policy = previous ?? next;
    const [before, after] = [contentOf(previous), contentOf(next)];
    if (policy === undefined || before === after) return;
    this.#sequence += 1;
    this.#drifts ??= new Map();
    const seen = this.#drifts.get(policy.name);
    const first = seen?.before ?? before;
    // A policy that is restored was written by us; the watch reported it before the answer arrived.
    const drift = after === first && seen !== undefined ? seen.drift : driftOf(first, previous, next);
    this.#drifts.set(policy.name, { before: first, after, sequence: this.#sequence, drift });
  }

  /** We wrote a policy. Returns the drift that this corrects, if it does. */
  corrects(change: PolicyChange): Drift | undefined {
    const { name } = policyKey(change);
    const seen = this.#drifts?.get(name);
    this.#drifts?.delete(name);
    return seen?.before === contentAfter(change) ? seen.drift : undefined;
  }

  /**
   * At the change with this number, the namespace was as desired: earlier changes no longer matter. Somebody may have changed it
   * since; but what a watch reports of our own writes, before their answers arrive, is no drift.
   */
  settled(sequence: number, written: readonly PolicyChange[]): void {
    if (this.#drifts === undefined) return;
    const ours = new Set(written.map((change) => `${policyKey(change).name} ${contentAfter(change)}`));
    for (const [name, { after, sequence: changedAt }] of this.#drifts) {
      if (changedAt <= sequence || ours.has(`${name} ${after}`)) this.#drifts.delete(name);
    }
    if (this.#drifts.size === 0) this.#drifts = undefined;
  }
}

const absent = 'absent';

/** The kind of the drift, compared with the policy when its namespace was last as desired. */
function driftOf(before: string, previous: StoredPolicy | undefined, next: StoredPolicy | undefined): Drift {
  if (contentOf(next) === absent) return { what: 'deleted', uid: previous?.uid ?? '' };
  const by = next?.ours ? next.foreignEdit : undefined;
  const what = before === absent ? 'added' : 'changed';
  return { what, uid: next?.uid ?? '', ...(by === undefined ? {} : { by }) };
}

/** The content and the owner of a policy of ours; others do not matter. */
function contentOf(policy: StoredPolicy | undefined): string {
  if (policy === undefined || !policy.ours || policy.beingDeleted) return absent;
  return `${policy.ownerUid} ${policy.fingerprint}`;
}

function contentAfter(change: PolicyChange): string {
  if (change.action === 'delete') return absent;
  return `${change.policy.owner.uid} ${change.fingerprint}`;
}
