// What is reported where a ResourceQuota has no room for policies.
import { describe, expect, test } from '@jest/globals';
import type { Phase, PolicyChange } from './changes.ts';
import { policyQuota, quotaExceeded } from './quota.ts';

const counted = 'count/networkpolicies.networking.k8s.io';

describe('a quota that has no room', () => {
  test('has none for policies, and counts them', () => {
    const amounts = new Map([
      [counted, { used: 5, limited: 6 }],
      ['pods', { used: 3, limited: 4 }],
    ]);
    expect(policyQuota('few', amounts)).toEqual({ quota: 'few', count: { used: 5, limited: 6 } });
  });

  test('may count them in numbers that nobody reads', () => {
    expect(policyQuota('few', new Map([[counted, { used: undefined, limited: 6 }]]))).toEqual({
      quota: 'few',
    });
  });

  test('may have none for something else', () => {
    expect(policyQuota('few', new Map([['pods', { used: 5, limited: 5 }]]))).toBeUndefined();
  });
});

describe('the finding', () => {
  const owner = { kind: 'PlatformNetworkProfile', name: 'default', uid: 'platform' } as const;
  const create = (name: string): PolicyChange => ({
    action: 'create',
    fingerprint: name,
    policy: {
      namespace: 'shop',
      name,
      owner,
      description: '',
      spec: { podSelector: {}, policyTypes: ['Ingress'] },
    },
  });
  const remove = (name: string): PolicyChange => ({
    action: 'delete',
    key: { namespace: 'shop', name },
    uid: name,
    resourceVersion: '1',
  });
  const told = (phases: readonly Phase[], count?: { used: number; limited: number }) =>
    quotaExceeded('shop', { quota: 'few', ...(count && { count }) }, { phases });
  const upgrade: readonly Phase[] = [
    { purpose: 'deny', changes: [create('deny')] },
    { purpose: 'allow', changes: [create('a'), create('b')] },
    { purpose: 'prune', changes: [remove('old-a'), remove('old-b')] },
  ];

  test('says by how much to raise the quota: what is to be written, less what fits', () => {
    expect(told(upgrade, { used: 3, limited: 4 })).toEqual({
      code: 'QuotaExceeded',
      subject: { kind: 'Namespace', name: 'shop' },
      message:
        'the ResourceQuota `few` of namespace `shop` has no room for 3 more policies, with 3 of 4 used; nothing is deleted until they are written',
      hint: `raise its \`${counted}\` by 2 for the upgrade: afterwards the operator deletes 2 of the old policies`,
    });
  });

  test('does without the numbers of the server', () => {
    expect(told(upgrade).hint).toContain(`by 3 for the upgrade`);
  });

  test('mentions no upgrade if nothing is to be deleted', () => {
    expect(told([{ purpose: 'allow', changes: [create('a')] }], { used: 4, limited: 4 })).toMatchObject({
      message: 'the ResourceQuota `few` of namespace `shop` has no room for 1 more policy, with 4 of 4 used',
      hint: `raise its \`${counted}\` by 1`,
    });
  });

  test('asks for one more at least, also where there seems to be room by now', () => {
    expect(told(upgrade, { used: 1, limited: 9 }).hint).toContain('by 1 ');
  });
});
