// Very much happens at once: namespaces, profiles and policies come, change and go faster than they are worked on.
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { otherThanDeclared } from './connections.ts';
import { judge, settled } from './oracle.ts';
import { allLags, isFull } from './parameters.ts';
import { appNamespace, platformSpec, routes } from './shop.ts';
import { FaultWorld } from './world.ts';

let world: FaultWorld;
const crowd = Array.from({ length: isFull ? 60 : 20 }, (_, index) => `s${index}`);

beforeAll(async () => {
  world = await FaultWorld.start({ controllerManager: true });
  await world.cluster.platform(platformSpec());
  await world.createTeams('calm');
}, 900_000);

afterEach(async () => {
  await world.reset();
});

afterAll(async () => {
  await world?.stop();
});

const all = (act: (namespace: string, index: number) => Promise<unknown>) => Promise.all(crowd.map(act));

const storms = [
  {
    title: 'many namespaces and profiles are created',
    act: () =>
      all(async (name) => {
        if ((await world.cluster.profile(name, 'team')) !== undefined)
          await world.cluster.deleteNamespace(name);
        await world.createTeams(name);
      }),
  },
  {
    title: 'every profile is edited ten times',
    act: () =>
      all(async (name, index) => {
        for (let turn = 0; turn < 10; turn += 1)
          await world.setRoutes(name, [routes.mongo, { ...routes.job, ports: [1000 + index + turn] }]);
      }),
  },
  {
    title: 'every policy of every namespace is deleted',
    act: () =>
      all(async (name) => {
        for (const policy of await world.cluster.policyNames(name))
          await world.cluster.deletePolicy(name, policy).catch(() => undefined);
      }),
  },
  {
    title: 'the mode of egress goes back and forth',
    act: async () => {
      for (const egress of ['Unrestricted', 'ClusterOnly', 'Restricted', 'ClusterOnly', 'Restricted'])
        await world.cluster.platform({ egress });
    },
  },
  {
    title: 'labels come and go',
    act: () =>
      all(async (name) => {
        await world.cluster.label(name, { app: null });
        await world.cluster.label(name, appNamespace);
      }),
  },
  {
    title: 'many namespaces are deleted, and created again',
    act: () =>
      all(async (name) => {
        await world.cluster.deleteNamespace(name);
        await world.createTeams(name);
      }),
  },
];

const cases = isFull
  ? allLags.flatMap((lag) => storms.map((storm) => [storm.title, lag, storm] as const))
  : storms.map((storm, index) => [storm.title, allLags[index % allLags.length] ?? 0, storm] as const);

/** In their order: what the first one creates, the others need. */
test.each(cases)('%s, with watches that are %i ms behind', async (_, lag, { act }) => {
  world.proxy.watches.lagMs = lag;
  await world.startOperator();
  await settled(world);
  const since = world.recorder.mark;
  await act();
  // A storm may go through every mode, each of which allows something else.
  expect(await judge(world, { since, namespaces: [] })).toEqual([]);
  expect(otherThanDeclared(world.recorder, since, 'calm')).toEqual([]);
});
