// What somebody else did to a policy of ours, in words. Must not know how it was noticed, nor how it is put right.
import type { Edit } from '../model/policies.ts';

/** Something that somebody else did to a policy, and that a write of ours corrects. */
export interface Drift {
  readonly what: 'deleted' | 'changed' | 'added';
  /** Of the policy that it was done to. */
  readonly uid: string;
  /** Who did it and when, where that is known: nobody records who deletes an object. */
  readonly by?: Edit;
}

const corrections: Readonly<Record<Drift['what'], string>> = {
  deleted: 'somebody deleted it, and it is written again',
  changed: 'somebody changed it, and it is as it was before',
  added: 'somebody added it under the name and label of Ringfence, and it is taken away',
};

/** One sentence for people. */
export function describeDrift({ what, by }: Drift): string {
  return `${corrections[what]}; ${by === undefined ? unknown[what] : describeEdit(by)}`;
}

const unknown: Readonly<Record<Drift['what'], string>> = {
  deleted: 'Kubernetes does not keep who deletes an object: look for that in the audit log',
  changed: 'who it was is not in its managedFields: look for that in the audit log',
  added: 'who it was is not in its managedFields: look for that in the audit log',
};

function describeEdit({ manager, operation, time }: Edit): string {
  return `it was \`${manager}\` (${operation}) at ${time}, as its managedFields say`;
}
