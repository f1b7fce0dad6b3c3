// What is deleted and created again, as CI and `kubectl replace --force` do it, is new and no quarrel: it is ringed as what
// never was there before, however often.
import { describe, expect, test } from '@jest/globals';
import { denyIngress } from '../cluster.ts';
import { appNamespace } from '../support/expected-policies.ts';
import { broken } from './connections.ts';
import { onTestbed } from './on-testbed.ts';
import { settled, unfinished } from './oracle.ts';
import { allLags, casesOfToday, isFull, withLags } from './parameters.ts';
import { teamSpec, testbedPlatform } from './shop.ts';

const teams = ['r1', 'r2', 'r3', 'r4'];
const rounds = isFull ? 12 : 6;
const testbed = onTestbed({ controllerManager: true, teams: ['calm', ...teams], operator: true });

/** An operator that takes a recreation for a rival logs that, and waits for minutes. */
function expectNoContest(): void {
  expect(testbed.operator.lines.filter(({ msg }) => msg.includes('contested'))).toEqual([]);
}

describe('again and again', () => {
  test('a namespace is closed each time', async () => {
    const { cluster } = testbed;
    const since = testbed.recorder.mark;
    for (let round = 0; round < rounds; round += 1) {
      await cluster.createNamespace('ci', appNamespace);
      await cluster.eventually(`it is closed in round ${round}`, async () =>
        (await cluster.policies('ci')).get(denyIngress),
      );
      expectNoContest();
      await cluster.deleteNamespace('ci');
    }
    await settled(testbed);
    expect(broken(testbed.recorder, { since, namespaces: ['calm'] })).toEqual([]);
    expect(await unfinished(testbed)).toEqual([]);
  });

  const recreations = [
    {
      title: 'the profiles of four teams are recreated at once',
      act: () =>
        Promise.all(
          teams.map(async (name) => {
            await testbed.cluster.deleteProfile(name, 'team');
            await testbed.cluster.createProfile(name, 'team', teamSpec);
          }),
        ),
      untouched: ['calm'],
    },
    {
      title: 'the platform profile is recreated at once',
      act: async () => {
        await testbed.cluster.deletePlatform();
        await testbed.cluster.platform(testbedPlatform());
      },
      // Garbage collection takes every ring away, in an order of its own.
      untouched: [],
    },
    {
      title: 'policies are deleted, all of a namespace',
      // Each lag has a namespace of its own, and few rounds: more deletions of the same policies would look like a rival.
      act: async (lag: number) => {
        const namespace = teams[allLags.indexOf(lag)] ?? 'r1';
        for (const name of await testbed.cluster.policyNames(namespace))
          await testbed.cluster.deletePolicy(namespace, name);
      },
      untouched: ['calm'],
      most: 3,
    },
  ];
  const cases = withLags(recreations).map(({ each, lag }) => [each.title, lag, each] as const);

  test.each(casesOfToday(cases))(
    '%s, with watches that are %i ms behind',
    async (_, lag, { act, untouched, most = rounds / 2 }) => {
      testbed.proxy.watches.lagMs = lag;
      const since = testbed.recorder.mark;
      const before = await rightSet();
      for (let round = 0; round < Math.min(most, rounds / 2); round += 1) {
        await act(lag);
        await settled(testbed);
        expect(await rightSet()).toEqual(before);
      }
      expectNoContest();
      await testbed.recorder.caughtUp();
      expect(broken(testbed.recorder, { since, namespaces: untouched })).toEqual([]);
      testbed.proxy.watches.lagMs = 0;
      expect(await unfinished(testbed)).toEqual([]);
    },
  );
});

describe('the news of one kind come late', () => {
  test.each(casesOfToday(['appnetworkprofiles', 'platformnetworkprofiles', 'networkpolicies']))(
    '%s: what is recreated meanwhile is no quarrel',
    async (kind) => {
      const { proxy, cluster } = testbed;
      const before = await rightSet();
      const release = proxy.watches.hold(new RegExp(`/${kind}.*watch=true`));
      await cluster.deleteProfile('r1', 'team');
      await cluster.createProfile('r1', 'team', teamSpec);
      await cluster.deletePlatform();
      await cluster.platform(testbedPlatform());
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      release();
      await settled(testbed);
      expect(await rightSet()).toEqual(before);
      expectNoContest();
      expect(await unfinished(testbed)).toEqual([]);
    },
  );
});

/** The specs of all policies, by name. */
async function rightSet(): Promise<Readonly<Record<string, object>>> {
  const sets = await Promise.all(
    teams.map(async (team) =>
      [...(await testbed.cluster.policies(team))].map(([name, { spec }]) => [`${team}/${name}`, spec]),
    ),
  );
  return Object.fromEntries(sets.flat().sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}
