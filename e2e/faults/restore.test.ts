// etcd is restored from a backup under a running operator: versions that it knows are given to something else, and much of
// what it has seen has never been. Everything goes on from what is there now.
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { denyIngress } from '../cluster.ts';
import { judge, settled } from './oracle.ts';
import { withLags } from './parameters.ts';
import { appNamespace, platformSpec, routes, teamSpec } from './shop.ts';
import { FaultWorld } from './world.ts';

let world: FaultWorld;

beforeAll(async () => {
  world = await FaultWorld.start();
  await world.cluster.platform(platformSpec());
  await world.createTeams('calm', 'shop', 'pay');
}, 900_000);

afterEach(async () => {
  await world.reset();
});

afterAll(async () => {
  await world?.stop();
});

const afterwards = [
  { title: 'nothing else happens', act: async () => undefined },
  {
    title: 'policies are deleted and routes edited',
    act: async () => {
      await world.cluster.deletePolicy('shop', denyIngress);
      await world.setRoutes('pay', [routes.mongo, routes.kubernetes]);
    },
  },
];

const cases = withLags(afterwards).map(({ each, lag }) => [each.title, lag, each.act] as const);

test.each(cases)('a restore after which %s, with watches that are %i ms behind', async (_, lag, act) => {
  const { cluster, proxy, recorder } = world;
  proxy.watches.lagMs = lag;
  await world.startOperator();
  await settled(world);
  const saved = await cluster.controlPlane.saveEtcd();
  await world.setRoutes('shop', [routes.job, routes.mongo]);
  await cluster.createNamespace('late', appNamespace);
  await cluster.createProfile('late', 'team', teamSpec);
  await cluster.api.json('DELETE', '/apis/ringfence.dev/v1alpha1/namespaces/pay/appnetworkprofiles/team');
  await cluster.platform({ egress: 'ClusterOnly' });
  await settled(world);
  await cluster.controlPlane.restoreEtcd(saved);
  await recorder.restart();
  const since = recorder.mark;
  await act();
  expect(await judge(world, { since, namespaces: ['calm'] })).toEqual([]);
});
