// What Ringfence is for, on a real API server: the ring appears, heals, follows and goes.
import { describe, expect, test } from '@jest/globals';
import { conditionOf, denyIngress, monitoringPolicy } from '../cluster.ts';
import { countWrites, platformSpec, ring } from '../support/expected-policies.ts';
import { onAnyCluster } from '../support/on-cluster.ts';

const { monitoring } = platformSpec;

const { cluster, operator } = onAnyCluster({
  controllerManager: true,
  namespaces: { shop: { team: 'shop' }, other: { team: 'other' } },
  operator: {},
});

describe('before there is a platform profile', () => {
  test('nothing is denied, and a team reads why its profile does nothing', async () => {
    await cluster.createProfile('shop', 'web', { routes: [] });
    const condition = await cluster.eventually('the profile has a status', async () =>
      conditionOf(await cluster.profile('shop', 'web'), 'Programmed'),
    );
    expect(condition).toMatchObject({ status: 'False', reason: 'NoPlatformProfile' });
    expect(await cluster.policyNames('shop')).toEqual([]);
  });
});

describe('DryRun', () => {
  test('reports what would be written, and writes nothing', async () => {
    await cluster.platform({
      enforcement: 'DryRun',
      namespaces: { selector: { matchExpressions: [{ key: 'team', operator: 'Exists' }] } },
      monitoring,
    });
    const ready = await cluster.platformCondition('Ready', 'True', 'DryRun');
    expect(ready.message).toBe('would write 4 policies in 2 namespaces; none is written');
    expect(await cluster.policyNames('shop')).toEqual([]);
  });
});

describe('Enforce', () => {
  test('rings every application namespace, and no other', async () => {
    await cluster.platform({ enforcement: 'Enforce' });
    await cluster.platformCondition('Ready', 'True', 'Enforced');
    for (const namespace of ['shop', 'other']) await cluster.policiesAre(namespace, ring);
    for (const namespace of ['default', 'kube-system'])
      expect(await cluster.policyNames(namespace)).toEqual([]);
  });

  test('writes policies that garbage collection takes with the platform profile', async () => {
    const profile = await cluster.platformProfile();
    const deny = (await cluster.policies('shop')).get(denyIngress);
    expect(deny?.metadata.ownerReferences).toEqual([
      expect.objectContaining({ uid: profile?.metadata.uid, controller: true, blockOwnerDeletion: false }),
    ]);
    expect(deny?.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress'] });
  });

  test('brings a deleted policy back', async () => {
    const before = (await cluster.policies('shop')).get(denyIngress);
    await cluster.deletePolicy('shop', denyIngress);
    const after = await cluster.eventually('it is back', async () =>
      (await cluster.policies('shop')).get(denyIngress),
    );
    expect(after.spec).toEqual(before?.spec);
    expect(after.metadata.uid).not.toBe(before?.metadata.uid);
  });

  test('closes at once, without an opening, when somebody deletes the whole ring', async () => {
    await cluster.api.json('DELETE', '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies');
    await cluster.policiesAre('shop', ring);
  });

  test('takes back an edit, also one that only adds a rule', async () => {
    await cluster.patchPolicy('shop', denyIngress, { spec: { ingress: [{}] } });
    await cluster.eventually(
      'the edit is gone',
      async () => (await cluster.policies('shop')).get(denyIngress)?.spec.ingress === undefined,
    );
  });

  test('leaves a changed description alone', async () => {
    const edited = await cluster.patchPolicy('shop', denyIngress, {
      metadata: { annotations: { 'ringfence.dev/description': 'ours' } },
    });
    // A change that has to be healed, of another policy of the namespace, shows that the operator has looked.
    await cluster.deletePolicy('shop', monitoringPolicy);
    await cluster.policiesAre('shop', ring);
    const now = (await cluster.policies('shop')).get(denyIngress);
    expect(now?.metadata.resourceVersion).toBe(edited.metadata.resourceVersion);
  });

  test('rings a new namespace at once, the deny first', async () => {
    await cluster.createNamespace('fresh', { team: 'fresh' });
    await cluster.policiesAre('fresh', ring);
    const policies = await cluster.policies('fresh');
    const version = (name: string) => Number(policies.get(name)?.metadata.resourceVersion);
    expect(version(denyIngress)).toBeLessThan(version(monitoringPolicy));
  });

  test('follows labels: in, and out again', async () => {
    await cluster.createNamespace('late');
    await cluster.label('late', { team: 'late' });
    await cluster.policiesAre('late', ring);
    await cluster.label('late', { team: null });
    await cluster.policiesAre('late', []);
  });

  test('rings a namespace that was deleted and created again under its name', async () => {
    await cluster.deleteNamespace('fresh');
    await cluster.createNamespace('fresh', { team: 'fresh' });
    await cluster.policiesAre('fresh', ring);
  });

  test('prunes what is not wanted any more', async () => {
    await cluster.platform({ monitoring: [] });
    await cluster.policiesAre('shop', [denyIngress]);
    await cluster.platform({ monitoring });
    await cluster.policiesAre('shop', ring);
  });

  test('lets the first matching rule decide for a namespace', async () => {
    await cluster.platform({
      rules: [{ name: 'canary', namespaces: { names: ['oth*'] }, enforcement: 'Off' }],
    });
    await cluster.policiesAre('other', []);
    expect(await cluster.policyNames('shop')).toEqual(ring);
    await cluster.platform({ rules: [] });
    await cluster.policiesAre('other', ring);
  });
});

describe('at rest', () => {
  test('nothing is written for a minute, by the count of the API server', async () => {
    await cluster.platformCondition('Ready', 'True');
    // The status follows the last change within this second.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const before = await countWrites(cluster);
    expect(before).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    expect(await countWrites(cluster)).toBe(before);
  });

  test('it is live and ready', async () => {
    expect(await operator().health('/livez')).toEqual({ status: 200, text: 'ok\n' });
    expect(await operator().health('/readyz')).toEqual({ status: 200, text: 'ok\n' });
  });
});

describe('Off', () => {
  test('takes every policy away, and says so', async () => {
    await cluster.platform({ enforcement: 'Off' });
    for (const namespace of ['shop', 'other', 'fresh']) await cluster.policiesAre(namespace, []);
    await cluster.platformCondition('Ready', 'True', 'Off');
  });

  test('lets the operator stop in order', async () => {
    expect(await operator().stop()).toBe(0);
    expect(operator().lines.at(-1)?.msg).toBe('operator stopped');
  });
});
