// etcd is restored from a backup under a running operator: versions that it knows are given to something else, and much of
// what it has seen has never been. Everything goes on from what is there now.
import { expect, test } from '@jest/globals';
import { denyIngress, transition } from '../cluster.ts';
import { appNamespace } from '../support/expected-policies.ts';
import { onTestbed } from './on-testbed.ts';
import { judge, settled } from './oracle.ts';
import { withLags } from './parameters.ts';
import { routes, teamSpec } from './shop.ts';

const testbed = onTestbed({ teams: ['calm', 'shop', 'pay'] });

const afterwards = [
  { title: 'nothing else happens', act: async () => undefined },
  {
    title: 'policies are deleted and routes edited',
    act: async () => {
      await testbed.cluster.deletePolicy('shop', denyIngress);
      await testbed.setRoutes('pay', [routes.mongo, routes.kubernetes]);
    },
  },
];

const cases = withLags(afterwards).map(({ each, lag }) => [each.title, lag, each.act] as const);

test.each(cases)('a restore after which %s, with watches that are %i ms behind', async (_, lag, act) => {
  const { cluster, proxy, recorder } = testbed;
  proxy.watches.lagMs = lag;
  await testbed.startOperator();
  await settled(testbed);
  const saved = await cluster.controlPlane.saveEtcd();
  await testbed.setRoutes('shop', [routes.job, routes.mongo]);
  await cluster.createNamespace('late', appNamespace);
  await cluster.createProfile('late', 'team', teamSpec);
  await cluster.deleteProfile('pay', 'team');
  await cluster.platform({ egress: 'ClusterOnly' });
  await settled(testbed);
  await cluster.controlPlane.restoreEtcd(saved);
  await recorder.restart();
  const since = recorder.mark;
  await act();
  expect(await judge(testbed, { since, namespaces: ['calm'] })).toEqual([]);
});

test('what was decided before a restore is not written after it', async () => {
  const { cluster, proxy, recorder } = testbed;
  const policy = 'ringfence-cluster';
  await testbed.startOperator();
  await settled(testbed);
  const saved = await cluster.controlPlane.saveEtcd();
  await cluster.platform({ egress: 'ClusterOnly' });
  await settled(testbed);
  const watched = proxy.openTo(/watch=true/);
  // The operator decides to write again what it has just written, and asks whether the owner still exists.
  const answered = Promise.withResolvers<void>();
  const question = proxy.inject({
    ...{ method: 'GET', path: /platformnetworkprofiles\?fieldSelector=/ },
    act: { kind: 'interrupt', run: () => answered.promise },
  });
  await cluster.eventually('the operator asks for the owner', async () => {
    if (question.hits === 0 && (await cluster.policies('calm')).has(policy))
      await cluster.deletePolicy('calm', policy);
    return question.hits > 0;
  });
  // Before it gets the answer, it hears of the restored platform profile, which does not ask for this policy.
  await cluster.controlPlane.restoreEtcd(saved);
  await recorder.restart();
  const since = recorder.mark;
  await cluster.eventually('everything is listed again', async () => {
    const areOpen = watched.isSubsetOf(proxy.openTo(/watch=true/));
    return areOpen && proxy.openFor(/watch=true/) > 2_000;
  });
  question.end();
  answered.resolve();
  expect(await judge(testbed, { since, namespaces: ['calm', 'shop', 'pay'] })).toEqual([]);
});

test('a restore into the middle of a transition: it is finished, and no connection is cut', async () => {
  const { cluster, recorder } = testbed;
  // It has to last until etcd is saved.
  await testbed.startOperator({ settle: 10 });
  await settled(testbed);
  await cluster.label('shop', { app: null });
  await cluster.eventually('it is open', async () => (await cluster.policies('shop')).size === 0);
  await cluster.label('shop', appNamespace);
  await cluster.eventually('it is about to be closed', async () => {
    const names = await cluster.policyNames('shop');
    return [transition, denyIngress].every((name) => names.includes(name));
  });
  const saved = await cluster.controlPlane.saveEtcd();
  await settled(testbed);
  await cluster.controlPlane.restoreEtcd(saved);
  await recorder.restart();
  const since = recorder.mark;
  expect(recorder.states.at(-1)?.policies.has(`shop/${transition}`)).toBe(true);
  expect(await judge(testbed, { since, namespaces: ['calm', 'shop'] })).toEqual([]);
});

test('what happens while the watches are interrupted is corrected as soon as everything is listed again', async () => {
  const { cluster, proxy } = testbed;
  await testbed.startOperator();
  await settled(testbed);
  const saved = await cluster.controlPlane.saveEtcd();
  const listed = Promise.withResolvers<void>();
  proxy.inject({
    path: /platformnetworkprofiles\?watch=true/,
    act: { kind: 'interrupt', run: () => listed.promise },
  });
  await cluster.controlPlane.restoreEtcd(saved);
  await cluster.deletePolicy('shop', denyIngress);
  await cluster.eventually(
    'the policies are watched',
    async () => proxy.openFor(/networkpolicies\?watch=true/) > 2_000,
  );
  const before = await retries();
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  expect(await retries()).toBe(before);
  listed.resolve();
  await settled(testbed);
});

/** How often a key has waited because its reconcile failed. */
async function retries(): Promise<number> {
  const metrics = await testbed.operator.metrics();
  return [...metrics].reduce(
    (sum, [line, value]) => (line.startsWith('workqueue_retries_total') ? sum + value : sum),
    0,
  );
}
