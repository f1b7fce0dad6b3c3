// What somebody else did to a policy of ours, in words. Must not know how it was noticed, nor how it is corrected.
import type { Edit } from '../model/policies.ts';

/** Something that somebody else did to a policy, and that a write of ours corrects. */
export interface Drift {
  readonly what: 'deleted' | 'changed' | 'added';
  /** Of the policy. */
  readonly uid: string;
  /** Who did it and when, if that is known: nobody records who deletes an object. */
  readonly by?: Edit;
}

const corrections: Readonly<Record<Drift['what'], string>> = {
  deleted: 'somebody deleted it, and the operator restored it',
  changed: 'somebody changed it, and the operator restored it',
  added: 'somebody added it with the name and label of Ringfence, and the operator deleted it',
};

/** One sentence for people. */
export function describeDrift({ what, by }: Drift): string {
  return `${corrections[what]}; ${by === undefined ? unknown[what] : describeEdit(by)}`;
}

const unknown: Readonly<Record<Drift['what'], string>> = {
  deleted: 'Kubernetes does not record who deletes an object: see the audit log',
  changed: 'its managedFields do not say who: see the audit log',
  added: 'its managedFields do not say who: see the audit log',
};

function describeEdit({ manager, operation, time }: Edit): string {
  return `according to its managedFields, \`${manager}\` did it (${operation}) at ${time}`;
}
