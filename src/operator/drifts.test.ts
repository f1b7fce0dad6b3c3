import { beforeEach, describe, expect, test } from '@jest/globals';
import { fingerprint } from '../model/network-policy.ts';
import type { DesiredPolicy } from '../model/policies.ts';
import type { StoredPolicy } from '../objects/policy-resources.ts';
import type { PolicyChange } from '../plan/changes.ts';
import { Drifts } from './drifts.ts';

const wanted: DesiredPolicy = {
  namespace: 'shop',
  name: 'ringfence-deny',
  owner: { kind: 'PlatformNetworkProfile', name: 'default', uid: 'platform' },
  spec: { podSelector: {}, policyTypes: ['Ingress'] },
  description: 'denies',
};
const says = { policy: wanted, fingerprint: fingerprint(wanted.spec) };
const create: PolicyChange = { action: 'create', ...says };
const replace: PolicyChange = { action: 'replace', ...says, resourceVersion: '2' };
const remove: PolicyChange = { action: 'delete', key: wanted, uid: 'uid', resourceVersion: '2' };

/** As it is when nobody has touched it. */
function right(change: Partial<Extract<StoredPolicy, { ours: true }>> = {}): StoredPolicy {
  return {
    ours: true,
    namespace: wanted.namespace,
    name: wanted.name,
    uid: 'uid',
    resourceVersion: '1',
    ownerUid: wanted.owner.uid,
    fingerprint: fingerprint(wanted.spec),
    isolates: ['Ingress'],
    mirrors: [],
    addressRuleFingerprints: [],
    podSelector: {},
    beingDeleted: false,
    ...change,
  };
}

let drifts: Drifts;

beforeEach(() => {
  drifts = new Drifts();
});

describe('a write corrects a drift', () => {
  test('where it brings back what somebody deleted', () => {
    drifts.changed({ previous: right(), next: undefined });
    expect(drifts.corrects(create)).toBeDefined();
  });

  test('where what somebody deletes waits for a finalizer first', () => {
    drifts.changed({ previous: right(), next: right({ beingDeleted: true }) });
    drifts.changed({ previous: right({ beingDeleted: true }), next: undefined });
    expect(drifts.corrects(create)).toBeDefined();
  });

  test('where it takes back an edit, also the second of two, and one of the owner', () => {
    drifts.changed({ previous: right(), next: right({ fingerprint: 'once' }) });
    drifts.changed({ previous: right({ fingerprint: 'once' }), next: right({ fingerprint: 'twice' }) });
    expect(drifts.corrects(replace)).toBeDefined();
    drifts.changed({ previous: right(), next: right({ ownerUid: 'else' }) });
    expect(drifts.corrects(replace)).toBeDefined();
  });

  test('where it brings back what somebody deleted while another policy was being brought back', () => {
    const wantedAt = drifts.sequence;
    drifts.changed({ previous: right(), next: undefined });
    drifts.settled(wantedAt, [{ ...create, policy: { ...wanted, name: 'ringfence-other' } }]);
    expect(drifts.corrects(create)).toBeDefined();
  });

  test('where it deletes what somebody added under our label', () => {
    drifts.changed({ previous: undefined, next: right() });
    expect(drifts.corrects(remove)).toBeDefined();
  });
});

describe('of a drift is reported', () => {
  const foreignEdit = { manager: 'kubectl-edit', operation: 'Update', time: '2026-01-02T15:04:05Z' };
  const edited = right({ fingerprint: 'once', foreignEdit });

  test('that a policy was deleted, by whom nobody knows', () => {
    drifts.changed({ previous: right({ foreignEdit }), next: undefined });
    expect(drifts.corrects(create)).toEqual({ what: 'deleted', uid: 'uid' });
  });

  test('that a policy was changed, and by whom', () => {
    drifts.changed({ previous: right(), next: edited });
    expect(drifts.corrects(replace)).toEqual({ what: 'changed', uid: 'uid', by: foreignEdit });
  });

  test('who it was, also where the watch tells of the correction before its answer comes', () => {
    drifts.changed({ previous: right(), next: edited });
    drifts.changed({ previous: edited, next: right() });
    expect(drifts.corrects(replace)).toEqual({ what: 'changed', uid: 'uid', by: foreignEdit });
  });

  test('that a policy was added, and by whom', () => {
    drifts.changed({ previous: undefined, next: edited });
    expect(drifts.corrects(remove)).toEqual({ what: 'added', uid: 'uid', by: foreignEdit });
  });

  test('what was done last', () => {
    drifts.changed({ previous: right(), next: edited });
    drifts.changed({ previous: edited, next: undefined });
    expect(drifts.corrects(create)).toEqual({ what: 'deleted', uid: 'uid' });
  });
});

describe('a write corrects no drift', () => {
  test('where nobody else changed anything', () => {
    expect([create, replace, remove].flatMap((change) => drifts.corrects(change) ?? [])).toEqual([]);
  });

  test('where it writes what was not there before the change', () => {
    drifts.changed({ previous: right({ fingerprint: 'older' }), next: undefined });
    expect(drifts.corrects(create)).toBeUndefined();
  });

  test('where it is the second write after one change', () => {
    drifts.changed({ previous: right(), next: undefined });
    drifts.corrects(create);
    expect(drifts.corrects(replace)).toBeUndefined();
  });

  test('where the namespace has been as wanted since, as after a watch that told of our own write first', () => {
    const wantedAt = drifts.sequence;
    drifts.changed({ previous: right({ fingerprint: 'ours, older' }), next: right() });
    drifts.settled(wantedAt, [replace]);
    expect(drifts.corrects(replace)).toBeUndefined();
  });

  test('where the change came before the namespace was as wanted', () => {
    drifts.changed({ previous: right(), next: right({ fingerprint: 'else' }) });
    drifts.settled(drifts.sequence, []);
    expect(drifts.corrects(replace)).toBeUndefined();
  });

  test('where the change was of a policy that is not ours', () => {
    const foreign: StoredPolicy = {
      ours: false,
      namespace: 'shop',
      name: wanted.name,
      uid: 'uid',
      resourceVersion: '1',
      podSelector: {},
      isolates: [],
      allowsEveryone: [],
    };
    drifts.changed({ previous: foreign, next: undefined });
    expect(drifts.corrects(create)).toBeUndefined();
  });
});
