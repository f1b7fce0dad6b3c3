// A plan as data: changes of policies in phases, each of which must be done before the next begins.
// Must not know how a change is sent.
import { fingerprint } from '../model/network-policy.ts';
import type { ObjectKey } from '../model/object-key.ts';
import type { DesiredPolicy, OwnedPolicy } from '../model/policies.ts';

/** One write. A replacement and a deletion name the state that they were decided on; the fingerprint is of the spec to be. */
export type PolicyChange =
  | { readonly action: 'create'; readonly policy: DesiredPolicy; readonly fingerprint: string }
  | {
      readonly action: 'replace';
      readonly policy: DesiredPolicy;
      readonly fingerprint: string;
      readonly resourceVersion: string;
    }
  | {
      readonly action: 'delete';
      readonly key: ObjectKey;
      readonly uid: string;
      readonly resourceVersion: string;
    };

/** The policy that a change is of. */
export function policyKey(change: PolicyChange): ObjectKey {
  const { namespace, name } = change.action === 'delete' ? change.key : change.policy;
  return { namespace, name };
}

/** What a phase is for, in the order in which phases happen. */
export type Purpose =
  /** Writes the temporary policy that allows everything. */
  | 'open'
  /** Writes the default deny. */
  | 'deny'
  /** Writes what is allowed: first what is new, then what changes. */
  | 'allow'
  /** Deletes what is not wanted any more. */
  | 'prune'
  /** Deletes the temporary policy, once the CNI has had its settle time. */
  | 'close';

/** Changes that may be sent in any order and at the same time. */
export interface Phase {
  readonly purpose: Purpose;
  readonly changes: readonly PolicyChange[];
}

/** Whether a phase has to wait for the CNI to have taken in what was written before. */
export function needsSettling(phase: Phase): boolean {
  return phase.purpose === 'close';
}

/** What makes `existing` into `policy`: one change at most, and none where they differ in the description alone. */
export function writeOf(policy: DesiredPolicy, existing: OwnedPolicy | undefined): readonly PolicyChange[] {
  const wanted = fingerprint(policy.spec);
  if (existing === undefined) return [{ action: 'create', policy, fingerprint: wanted }];
  // Its name is free again only when it is gone, which comes as an event.
  if (existing.beingDeleted) return [];
  const isRight = existing.ownerUid === policy.owner.uid && !existing.mislabelled;
  if (isRight && existing.fingerprint === wanted) return [];
  return [{ action: 'replace', policy, fingerprint: wanted, resourceVersion: existing.resourceVersion }];
}

/** What takes a policy away: nothing where it is going already. */
export function deletionOf(policy: OwnedPolicy): readonly PolicyChange[] {
  if (policy.beingDeleted) return [];
  const { namespace, name, uid, resourceVersion } = policy;
  return [{ action: 'delete', key: { namespace, name }, uid, resourceVersion }];
}
