// The answer to a write comes after the news that what was written has changed again, or is gone: what is older must not
// count, and what is gone must not come back.
import { expect, test } from '@jest/globals';
import { denyIngress } from '../cluster.ts';
import { onTestbed } from './on-testbed.ts';
import { settled, unfinished } from './oracle.ts';
import { casesOfToday } from './parameters.ts';
import { routes, teamSpec, testbedPlatform } from './shop.ts';

const testbed = onTestbed({ controllerManager: true, teams: ['calm', 'shop'], operator: true });

/** Provokes a write, does something when it has happened, and lets the operator hear of that before it gets the answer. */
async function beforeAnswer(
  method: string,
  path: RegExp,
  provoke: () => Promise<unknown>,
  act: () => Promise<unknown>,
) {
  const { proxy, cluster } = testbed;
  const fault = proxy.inject({
    ...{ method, path, times: 1 },
    act: {
      kind: 'interrupt',
      run: async () => {
        await act();
        // The news takes milliseconds. On a slower machine the answer comes first, which must work too.
        await new Promise((resolve) => setTimeout(resolve, 1_500));
      },
    },
  });
  await provoke();
  await cluster.eventually('a write was interrupted', async () => fault.hits === 1);
}

const edit = { spec: { ingress: [{}] } };

/** A write, what provokes it, and what happens before it is answered. */
interface Case {
  readonly title: string;
  readonly method: string;
  readonly path: RegExp;
  readonly provoke: () => Promise<unknown>;
  readonly act: () => Promise<unknown>;
}

const cases: readonly Case[] = [
  {
    title: 'a policy that was created, and deleted by somebody',
    method: 'POST',
    path: /\/shop\/networkpolicies$/,
    provoke: () => testbed.cluster.deletePolicy('shop', denyIngress),
    act: () => testbed.cluster.deletePolicy('shop', denyIngress),
  },
  {
    title: 'a policy that was created, and edited by somebody',
    method: 'POST',
    path: /\/shop\/networkpolicies$/,
    provoke: () => testbed.cluster.deletePolicy('shop', denyIngress),
    act: () => testbed.cluster.patchPolicy('shop', denyIngress, edit),
  },
  {
    title: 'a policy that was corrected, and deleted by somebody',
    method: 'PUT',
    path: /\/shop\/networkpolicies\//,
    provoke: () => testbed.cluster.patchPolicy('shop', denyIngress, edit),
    act: () => testbed.cluster.deletePolicy('shop', denyIngress),
  },
  {
    title: 'a policy that was deleted, and created by somebody',
    method: 'DELETE',
    path: /\/shop\/networkpolicies\//,
    provoke: () => testbed.cluster.patchProfile('shop', 'team', { spec: { routes: [routes.mongo] } }),
    act: async () => {
      const name =
        testbed.proxy.seen
          .findLast(({ method }) => method === 'DELETE')
          ?.path.split('/')
          .at(-1) ?? '';
      const labels = { 'app.kubernetes.io/managed-by': 'ringfence' };
      await testbed.cluster.createPolicy(
        'shop',
        name,
        { podSelector: {}, policyTypes: ['Ingress'] },
        { labels },
      );
    },
  },
  {
    title: 'a status of a profile that is deleted',
    method: 'PATCH',
    path: /\/shop\/appnetworkprofiles\/team\/status/,
    provoke: () => testbed.cluster.patchProfile('shop', 'team', { spec: { routes: [routes.job] } }),
    act: () => testbed.cluster.deleteProfile('shop', 'team'),
  },
  {
    title: 'a status of the platform profile, which is deleted',
    method: 'PATCH',
    path: /\/platformnetworkprofiles\/default\/status/,
    provoke: () => testbed.cluster.platform({ egress: 'ClusterOnly' }),
    act: () => testbed.cluster.deletePlatform(),
  },
];

test.each(casesOfToday(cases))('the answer about $title', async ({ method, path, provoke, act }) => {
  await beforeAnswer(method, path, provoke, act);
  await settled(testbed);
  expect(await unfinished(testbed)).toEqual([]);
  await testbed.cluster.platform(testbedPlatform());
  if ((await testbed.cluster.profile('shop', 'team')) === undefined)
    await testbed.cluster.createProfile('shop', 'team', teamSpec);
  await settled(testbed);
});

test('a pause that ends before the answer about its status comes', async () => {
  const { cluster, proxy } = testbed;
  const pauses = '/apis/ringfence.dev/v1alpha1/networkpauses';
  const ringed = await cluster.policyNames('calm');
  const until = Date.now() + 2_000;
  const fault = proxy.inject({
    ...{ method: 'PATCH', path: /\/networkpauses\/late\/status/, times: 1 },
    act: {
      kind: 'interrupt',
      run: () => new Promise((resolve) => setTimeout(resolve, until + 500 - Date.now())),
    },
  });
  await cluster.api.json('POST', pauses, {
    ...{ apiVersion: 'ringfence.dev/v1alpha1', kind: 'NetworkPause', metadata: { name: 'late' } },
    spec: { namespace: 'calm', until: new Date(until).toISOString(), reason: 'checkout is down' },
  });
  await cluster.policiesAre('calm', [...ringed, 'ringfence-pause']);
  await cluster.eventually('the status was held back', async () => fault.hits === 1);
  await cluster.policiesAre('calm', ringed, 20_000);
});
