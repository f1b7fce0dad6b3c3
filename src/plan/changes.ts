// A plan as data: changes of policies in phases, each of which must be done before the next begins.
// Must not know how a change is sent.
import { fingerprint } from '../model/network-policy.ts';
import type { ObjectKey } from '../model/object-key.ts';
import type { DesiredPolicy, OwnedPolicy } from '../model/policies.ts';

/** One write. A replacement and a deletion name the state that they are based on; the fingerprint is that of the desired spec. */
export type PolicyChange =
  | ({ readonly action: 'create' } & Written)
  | ({ readonly action: 'replace'; readonly resourceVersion: string } & Written)
  | ({ readonly action: 'delete'; readonly key: ObjectKey } & Pick<OwnedPolicy, 'uid' | 'resourceVersion'>);

interface Written {
  readonly policy: DesiredPolicy;
  readonly fingerprint: string;
}

/** The policy that a change is of. */
export function policyKey(change: PolicyChange): ObjectKey {
  const { namespace, name } = change.action === 'delete' ? change.key : change.policy;
  return { namespace, name };
}

/** The purposes of phases, in the order of the phases. */
export type Purpose =
  /** Writes the policy that allows everything while the namespace is paused, or more. Nothing that fails later delays it. */
  | 'pause'
  /** Writes the temporary policy that allows everything. */
  | 'open'
  /** Writes the default deny. */
  | 'deny'
  /** Writes the allow policies: new ones first, then changed ones. */
  | 'allow'
  /** Deletes what is no longer wanted, and then directions of the policy of a pause. */
  | 'prune'
  /** Deletes the temporary policy, once the CNI has had its settle time. */
  | 'close';

/** Changes that may be sent in any order and at the same time. */
export interface Phase {
  readonly purpose: Purpose;
  readonly changes: readonly PolicyChange[];
}

/** Whether a phase has to wait until the CNI enforces what was written before. */
export function needsSettling(phase: Phase): boolean {
  return phase.purpose === 'close';
}

/** The change that turns `existing` into `policy`: none if they differ only in the description. */
export function writeOf(policy: DesiredPolicy, existing: OwnedPolicy | undefined): readonly PolicyChange[] {
  const wanted = fingerprint(policy.spec);
  if (existing === undefined) return [{ action: 'create', policy, fingerprint: wanted }];
  // Its name is free only after it is deleted, which an event reports.
  if (existing.beingDeleted) return [];
  const isRight = existing.ownerUid === policy.owner.uid && !existing.mislabelled;
  if (isRight && existing.fingerprint === wanted) return [];
  return [{ action: 'replace', policy, fingerprint: wanted, resourceVersion: existing.resourceVersion }];
}

/** The change that removes a policy: none if it is already being deleted. */
export function deletionOf(policy: OwnedPolicy): readonly PolicyChange[] {
  if (policy.beingDeleted) return [];
  const { namespace, name, uid, resourceVersion } = policy;
  return [{ action: 'delete', key: { namespace, name }, uid, resourceVersion }];
}
