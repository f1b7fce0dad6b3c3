import { beforeEach, describe, expect, test } from '@jest/globals';
import { denying, foreign, written } from '../../test/fixtures.ts';
import { fingerprint } from '../model/network-policy.ts';
import type { OwnedPolicy } from '../model/policies.ts';
import type { StoredPolicy } from '../objects/policy-resources.ts';
import type { PolicyChange } from '../plan/changes.ts';
import { Drifts } from './drifts.ts';

const wanted = denying('ringfence-deny', 'Ingress');
const says = { policy: wanted, fingerprint: fingerprint(wanted.spec) };
const create: PolicyChange = { action: 'create', ...says };
const replace: PolicyChange = { action: 'replace', ...says, resourceVersion: '2' };
const remove: PolicyChange = { action: 'delete', key: wanted, uid: 'uid', resourceVersion: '2' };

/** As it is when nobody has touched it. */
function right(change: Partial<OwnedPolicy> = {}): StoredPolicy {
  return { ...written(wanted), uid: 'uid', ...change };
}

let drifts: Drifts;

beforeEach(() => {
  drifts = new Drifts();
});

describe('a write corrects a drift', () => {
  test('if it restores what somebody deleted', () => {
    drifts.changed({ previous: right(), next: undefined });
    expect(drifts.corrects(create)).toBeDefined();
  });

  test('if the deleted policy first waits for a finalizer', () => {
    drifts.changed({ previous: right(), next: right({ beingDeleted: true }) });
    drifts.changed({ previous: right({ beingDeleted: true }), next: undefined });
    expect(drifts.corrects(create)).toBeDefined();
  });

  test('if it takes back an edit, also the second of two, and one of the owner', () => {
    drifts.changed({ previous: right(), next: right({ fingerprint: 'once' }) });
    drifts.changed({ previous: right({ fingerprint: 'once' }), next: right({ fingerprint: 'twice' }) });
    expect(drifts.corrects(replace)).toBeDefined();
    drifts.changed({ previous: right(), next: right({ ownerUid: 'else' }) });
    expect(drifts.corrects(replace)).toBeDefined();
  });

  test('if it restores what somebody deleted while another policy was being restored', () => {
    const wantedAt = drifts.sequence;
    drifts.changed({ previous: right(), next: undefined });
    drifts.settled(wantedAt, [{ ...create, policy: { ...wanted, name: 'ringfence-other' } }]);
    expect(drifts.corrects(create)).toBeDefined();
  });

  test('if it deletes what somebody added under our label', () => {
    drifts.changed({ previous: undefined, next: right() });
    expect(drifts.corrects(remove)).toBeDefined();
  });
});

describe('a drift is reported with', () => {
  const foreignEdit = { manager: 'kubectl-edit', operation: 'Update', time: '2026-01-02T15:04:05Z' };
  const edited = right({ fingerprint: 'once', foreignEdit });

  test('the deletion of a policy, made by somebody unknown', () => {
    drifts.changed({ previous: right({ foreignEdit }), next: undefined });
    expect(drifts.corrects(create)).toEqual({ what: 'deleted', uid: 'uid' });
  });

  test('the change of a policy, and who made it', () => {
    drifts.changed({ previous: right(), next: edited });
    expect(drifts.corrects(replace)).toEqual({ what: 'changed', uid: 'uid', by: foreignEdit });
  });

  test('who made it, also if the watch tells of the correction before its answer comes', () => {
    drifts.changed({ previous: right(), next: edited });
    drifts.changed({ previous: edited, next: right() });
    expect(drifts.corrects(replace)).toEqual({ what: 'changed', uid: 'uid', by: foreignEdit });
  });

  test('the addition of a policy, and who made it', () => {
    drifts.changed({ previous: undefined, next: edited });
    expect(drifts.corrects(remove)).toEqual({ what: 'added', uid: 'uid', by: foreignEdit });
  });

  test('the last of several changes', () => {
    drifts.changed({ previous: right(), next: edited });
    drifts.changed({ previous: edited, next: undefined });
    expect(drifts.corrects(create)).toEqual({ what: 'deleted', uid: 'uid' });
  });
});

describe('a write corrects no drift', () => {
  test('if nobody else changed anything', () => {
    expect([create, replace, remove].flatMap((change) => drifts.corrects(change) ?? [])).toEqual([]);
  });

  test('if it writes what was not there before the change', () => {
    drifts.changed({ previous: right({ fingerprint: 'older' }), next: undefined });
    expect(drifts.corrects(create)).toBeUndefined();
  });

  test('if it is the second write after one change', () => {
    drifts.changed({ previous: right(), next: undefined });
    drifts.corrects(create);
    expect(drifts.corrects(replace)).toBeUndefined();
  });

  test('if the namespace has been as wanted since, as when the watch reports our own write first', () => {
    const wantedAt = drifts.sequence;
    drifts.changed({ previous: right({ fingerprint: 'ours, older' }), next: right() });
    drifts.settled(wantedAt, [replace]);
    expect(drifts.corrects(replace)).toBeUndefined();
  });

  test('if the change came before the namespace was as wanted', () => {
    drifts.changed({ previous: right(), next: right({ fingerprint: 'else' }) });
    drifts.settled(drifts.sequence, []);
    expect(drifts.corrects(replace)).toBeUndefined();
  });

  test('if the change was of a policy that is not ours', () => {
    drifts.changed({ previous: foreign(wanted.name), next: undefined });
    expect(drifts.corrects(create)).toBeUndefined();
  });
});
