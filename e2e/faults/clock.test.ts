// The wall clock jumps, as NTP or a resumed machine makes it: nothing that the operator does hangs on it.
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { denyIngress, transition } from '../cluster.ts';
import { judge, settled } from './oracle.ts';
import { appNamespace, platformSpec, routes, teamSpec } from './shop.ts';
import { FaultWorld } from './world.ts';

let world: FaultWorld;

beforeAll(async () => {
  world = await FaultWorld.start();
  await world.cluster.platform(platformSpec());
  await world.createTeams('calm');
}, 900_000);

afterEach(async () => {
  await world.reset();
});

afterAll(async () => {
  await world?.stop();
});

test.each(['back', 'forth'])('a clock that jumps %s again and again', async (direction) => {
  const { cluster, recorder } = world;
  const live = `live-${direction}`;
  await cluster.createNamespace(live);
  await cluster.createProfile(live, 'team', teamSpec);
  const operator = await world.startOperator({
    preload: new URL('stepping-clock.ts', import.meta.url),
    env: { CLOCK: direction },
    flags: ['--leader-elect', '--lease-duration', '3'],
  });
  await operator.logged('the lease is ours');
  await settled(world);
  const since = recorder.mark;
  await cluster.label(live, appNamespace);
  await cluster.eventually('it is closed', async () => (await cluster.policies(live)).get(denyIngress));
  await cluster.createProfile(live, 'other', { routes: [routes.job] });
  expect(await judge(world, { since, namespaces: [live, 'calm'] })).toEqual([]);
  expect(recorder.states.slice(since).some(({ policies }) => policies.has(`${live}/${transition}`))).toBe(
    true,
  );
  await cluster.deletePolicy('calm', denyIngress);
  await settled(world);
  expect(await cluster.policyNames('calm')).toContain(denyIngress);
  expect(operator.lines.filter(({ msg }) => msg.includes('lost'))).toEqual([]);
});
