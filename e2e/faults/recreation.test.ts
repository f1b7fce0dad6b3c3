// What is deleted and created again, as CI and `kubectl replace --force` do it, is new and no quarrel: it is ringed as what
// never was there before, however often.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { denyIngress } from '../cluster.ts';
import type { OperatorProcess } from '../operator-process.ts';
import { broken } from './connections.ts';
import { settled, unfinished } from './oracle.ts';
import { isFull, withLags } from './parameters.ts';
import { appNamespace, platformSpec, teamSpec } from './shop.ts';
import { FaultWorld } from './world.ts';

let world: FaultWorld;
let operator: OperatorProcess;
const teams = ['r1', 'r2', 'r3', 'r4'];
const rounds = isFull ? 12 : 6;
const group = '/apis/ringfence.dev/v1alpha1';
const profilePath = (namespace: string) => `${group}/namespaces/${namespace}/appnetworkprofiles/team`;

beforeAll(async () => {
  world = await FaultWorld.start({ controllerManager: true });
  await world.cluster.platform(platformSpec());
  await world.createTeams('calm', ...teams);
}, 900_000);

beforeEach(async () => {
  operator = await world.startOperator();
  await settled(world);
});

afterEach(async () => {
  await world.reset();
});

afterAll(async () => {
  await world?.stop();
});

/** Whoever takes a recreation for a rival says so, and waits for minutes. */
function expectNoContest(): void {
  expect(operator.lines.filter(({ msg }) => msg.includes('contested'))).toEqual([]);
}

describe('again and again', () => {
  test('a namespace is closed each time', async () => {
    const { cluster } = world;
    const since = world.recorder.mark;
    for (let round = 0; round < rounds; round += 1) {
      await cluster.createNamespace('ci', appNamespace);
      await cluster.eventually(`it is closed in round ${round}`, async () =>
        (await cluster.policies('ci')).get(denyIngress),
      );
      expectNoContest();
      await cluster.deleteNamespace('ci');
    }
    await settled(world);
    expect(broken(world.recorder, { since, namespaces: ['calm'] })).toEqual([]);
    expect(await unfinished(world)).toEqual([]);
  });

  const recreations = [
    {
      title: 'the profiles of four teams are recreated at once',
      act: () =>
        Promise.all(
          teams.map(async (name) => {
            await world.cluster.api.json('DELETE', profilePath(name));
            await world.cluster.createProfile(name, 'team', teamSpec);
          }),
        ),
      untouched: ['calm'],
    },
    {
      title: 'the platform profile is recreated at once',
      act: async () => {
        await world.cluster.deletePlatform();
        await world.cluster.platform(platformSpec());
      },
      // Garbage collection takes every ring away, in an order of its own.
      untouched: [],
    },
    {
      title: 'policies are deleted, all of a namespace',
      act: async () => {
        for (const name of await world.cluster.policyNames('r1'))
          await world.cluster.deletePolicy('r1', name);
      },
      untouched: ['calm'],
    },
  ];
  const cases = withLags(recreations).map(({ each, lag }) => [each.title, lag, each] as const);

  test.each(cases)('%s, with watches that are %i ms behind', async (_, lag, { act, untouched }) => {
    world.proxy.watches.lagMs = lag;
    const since = world.recorder.mark;
    const before = await rightSet();
    for (let round = 0; round < (isFull ? 6 : 3); round += 1) {
      await act();
      await settled(world);
      expect(await rightSet()).toEqual(before);
    }
    expectNoContest();
    await world.recorder.caughtUp();
    expect(broken(world.recorder, { since, namespaces: untouched })).toEqual([]);
    world.proxy.watches.lagMs = 0;
    expect(await unfinished(world)).toEqual([]);
  });
});

describe('the news of one kind come late', () => {
  test.each(['appnetworkprofiles', 'platformnetworkprofiles', 'networkpolicies'])(
    '%s: what is recreated meanwhile is no quarrel',
    async (kind) => {
      const { proxy, cluster } = world;
      const before = await rightSet();
      const release = proxy.watches.hold(new RegExp(`/${kind}.*watch=true`));
      await cluster.api.json('DELETE', profilePath('r1'));
      await cluster.createProfile('r1', 'team', teamSpec);
      await cluster.deletePlatform();
      await cluster.platform(platformSpec());
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      release();
      await settled(world);
      expect(await rightSet()).toEqual(before);
      expectNoContest();
      expect(await unfinished(world)).toEqual([]);
    },
  );
});

/** The specs of all policies, by name. */
async function rightSet(): Promise<Readonly<Record<string, object>>> {
  const sets = await Promise.all(
    teams.map(async (team) =>
      [...(await world.cluster.policies(team))].map(([name, { spec }]) => [`${team}/${name}`, spec]),
    ),
  );
  return Object.fromEntries(sets.flat().sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}
