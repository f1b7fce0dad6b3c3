// What the operator needs is removed under it and given back: the CRDs, its permissions one by one, the room that a quota
// leaves. What it can't know it doesn't act on, and afterwards all is as it should be.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { denyIngress } from '../cluster.ts';
import { appNamespace } from '../support/expected-policies.ts';
import { formatGrant, type Permission, permissionsOf } from '../support/grants.ts';
import { operatorRoles, without } from '../support/operator-roles.ts';
import { onTestbed } from './on-testbed.ts';
import { judge, settled, unfinished } from './oracle.ts';
import { isFull } from './parameters.ts';
import { newPort, routes, teamSpec, testbedPlatform } from './shop.ts';

const teams = ['calm', 'shop'];
const testbed = onTestbed({ controllerManager: true, teams });

async function declare(): Promise<void> {
  await testbed.cluster.platform(testbedPlatform());
  for (const name of teams) await testbed.cluster.createProfile(name, 'team', teamSpec);
}

const setRoutes = (...some: readonly object[]) => testbed.setRoutes('shop', some);

/** Routes that have not been there before. */
const newRoutes = () => [routes.mongo, { ...routes.job, ports: [newPort()] }];

describe('a permission that is removed and given back', () => {
  const permissions = permissionsOf(operatorRoles());
  const isRead = ({ grants }: Permission) => grants.some(({ verb }) => verb === 'watch');
  // The lease has tests of its own: e2e/operator/lease.test.ts.
  const cases = permissions
    .filter(({ grants }) => grants.every(({ resource }) => !resource.startsWith('leases')))
    .map((permission) => [permission.grants.map(formatGrant).join(', '), permission] as const);

  test.each(isFull ? cases : cases.filter(([name]) => /networkp/.test(name)))('%s', async (_, permission) => {
    const { cluster, proxy, recorder } = testbed;
    const operator = await testbed.startOperator();
    await settled(testbed);
    const since = recorder.mark;
    await without(cluster, permission, async () => {
      // The API server does not check the permission of an open watch again.
      if (isRead(permission)) proxy.cut(/watch=true/);
      const from = proxy.seen.length;
      await setRoutes(...newRoutes());
      await cluster.createNamespace(
        `new-${cases.findIndex(([, each]) => each === permission)}`,
        appNamespace,
      );
      await cluster.patchPolicy('shop', denyIngress, { spec: { ingress: [{}] } });
      await cluster.eventually('it has tried', async () => proxy.seen.length > from);
    });
    expect(await judge(testbed, { since, namespaces: ['calm'] })).toEqual([]);
    expect(operator.lines.filter(({ level }) => level >= 60)).toEqual([]);
  });
});

describe('a quota that is full', () => {
  const path = '/api/v1/namespaces/shop/resourcequotas';
  const resource = 'count/networkpolicies.networking.k8s.io';

  /** No quota controller runs here: what it would count is written by hand. */
  async function limit(used: number): Promise<void> {
    const hard = { [resource]: String(used) };
    await testbed.cluster.api.json('POST', path, { metadata: { name: 'few' }, spec: { hard } });
    await testbed.cluster.api.json('PATCH', `${path}/few/status`, { status: { hard, used: hard } });
  }

  test('keeps what is there, and what it refused is written when there is room', async () => {
    const { cluster, recorder } = testbed;
    await testbed.startOperator();
    await settled(testbed);
    await limit((await cluster.policies('shop')).size);
    const since = recorder.mark;
    await setRoutes(...teamSpec.routes, ...newRoutes().slice(1), routes.kubernetes);
    await cluster.platformCondition('Ready', 'False');
    await cluster.api.json('DELETE', `${path}/few`);
    expect(await judge(testbed, { since, namespaces: teams })).toEqual([]);
  });
});

describe('CRDs that are deleted', () => {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const crds = ['appnetworkprofiles.ringfence.dev', 'platformnetworkprofiles.ringfence.dev'];

  /** Deletes them while the operator's watches of them are down, so that it never hears of the end of any profile. */
  async function deleteUnseen(): Promise<void> {
    const { proxy, cluster } = testbed;
    const away = proxy.inject({ path: /ringfence\.dev/, act: { kind: 'reset' } });
    proxy.cut(/ringfence\.dev/);
    for (const crd of crds) await cluster.api.json('DELETE', `${path}/${crd}`);
    for (const crd of crds)
      await cluster.eventually(
        `${crd} is gone`,
        async () => (await cluster.find(`${path}/${crd}`)) === undefined,
      );
    away.end();
  }

  test('leave nothing to write, and all is right when they are back', async () => {
    const { proxy, cluster } = testbed;
    const operator = await testbed.startOperator();
    await settled(testbed);
    await deleteUnseen();
    await operator.logged('does not know appnetworkprofiles.ringfence.dev');
    await operator.logged('does not know platformnetworkprofiles.ringfence.dev');
    const from = proxy.seen.length;
    // Garbage collection, or somebody, takes policies away.
    await cluster.deletePolicy('shop', denyIngress).catch(() => undefined);
    await cluster.createNamespace('meanwhile', appNamespace);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const wrote = proxy.seen
      .slice(from)
      .filter(({ method, path: where }) => method !== 'GET' && /networkpol/.test(where));
    expect(wrote).toEqual([]);
    for (const crd of crds)
      await cluster.api.json('POST', path, parse(readFileSync(`crds/${crd}.yaml`, 'utf8')));
    await cluster.eventually('they are served', () =>
      declare().then(
        () => true as const,
        () => undefined,
      ),
    );
    await settled(testbed);
    expect(await unfinished(testbed)).toEqual([]);
  });
});
