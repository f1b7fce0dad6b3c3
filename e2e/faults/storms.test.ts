// Very much happens at once: namespaces, profiles and policies come, change and go faster than they are worked on.
import { expect, test } from '@jest/globals';
import { appNamespace } from '../support/expected-policies.ts';
import { otherThanDeclared } from './connections.ts';
import { onTestbed } from './on-testbed.ts';
import { judge, settled } from './oracle.ts';
import { allLags, isFull } from './parameters.ts';
import { routes } from './shop.ts';

const crowd = Array.from({ length: isFull ? 60 : 20 }, (_, index) => `s${index}`);
const testbed = onTestbed({ controllerManager: true, teams: ['calm'] });

const all = (act: (namespace: string, index: number) => Promise<unknown>) => Promise.all(crowd.map(act));

const storms = [
  {
    title: 'many namespaces and profiles are created',
    act: () =>
      all(async (name) => {
        if ((await testbed.cluster.profile(name, 'team')) !== undefined)
          await testbed.cluster.deleteNamespace(name);
        await testbed.createTeams(name);
      }),
  },
  {
    title: 'every profile is edited ten times',
    act: () =>
      all(async (name, index) => {
        for (let turn = 0; turn < 10; turn += 1)
          await testbed.setRoutes(name, [routes.mongo, { ...routes.job, ports: [1000 + index + turn] }]);
      }),
  },
  {
    title: 'every policy of every namespace is deleted',
    act: () =>
      all(async (name) => {
        for (const policy of await testbed.cluster.policyNames(name))
          await testbed.cluster.deletePolicy(name, policy).catch(() => undefined);
      }),
  },
  {
    title: 'the mode of egress goes back and forth',
    act: async () => {
      for (const egress of ['Unrestricted', 'ClusterOnly', 'Restricted', 'ClusterOnly', 'Restricted'])
        await testbed.cluster.platform({ egress });
    },
  },
  {
    title: 'labels come and go',
    act: () =>
      all(async (name) => {
        await testbed.cluster.label(name, { app: null });
        await testbed.cluster.label(name, appNamespace);
      }),
  },
  {
    title: 'many namespaces are deleted, and created again',
    act: () =>
      all(async (name) => {
        await testbed.cluster.deleteNamespace(name);
        await testbed.createTeams(name);
      }),
  },
];

const cases = isFull
  ? allLags.flatMap((lag) => storms.map((storm) => [storm.title, lag, storm] as const))
  : storms.map((storm, index) => [storm.title, allLags[index % allLags.length] ?? 0, storm] as const);

/** In their order: what the first one creates, the others need. */
test.each(cases)('%s, with watches that are %i ms behind', async (_, lag, { act }) => {
  testbed.proxy.watches.lagMs = lag;
  await testbed.startOperator();
  await settled(testbed);
  const since = testbed.recorder.mark;
  await act();
  // A storm may go through every mode, each of which allows something else.
  expect(await judge(testbed, { since, namespaces: [] })).toEqual([]);
  expect(otherThanDeclared(testbed.recorder, since, 'calm')).toEqual([]);
});
