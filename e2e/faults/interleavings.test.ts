// Random runs: people, other tools, crashes and broken watches in an order that a seed decides. FAULT_SEED repeats one.
import { expect, test } from '@jest/globals';
import { appNamespace } from '../support/expected-policies.ts';
import { otherThanDeclared } from './connections.ts';
import { onTestbed } from './on-testbed.ts';
import { settled, unfinished } from './oracle.ts';
import { allLags, seeds } from './parameters.ts';
import { Random } from './random.ts';
import { routes } from './shop.ts';

const teams = ['a', 'b', 'c'] as const;
const steps = 12;
const testbed = onTestbed({
  controllerManager: true,
  teams: ['calm'],
  prepare: async ({ cluster }) => {
    for (const name of teams) await cluster.createNamespace(name, appNamespace);
  },
});

/** What may happen at any moment. An act that fails because another one was quicker has not happened. */
const deeds: Readonly<Record<string, (random: Random) => Promise<unknown>>> = {
  'a team declares routes': async (random) => {
    const [team, name] = [random.pick(teams), random.pick(['team', 'other'])];
    const spec = { egress: random.pick([null, 'Restricted']), routes: random.some(Object.values(routes)) };
    if ((await testbed.cluster.profile(team, name)) === undefined)
      return testbed.cluster.createProfile(team, name, { routes: spec.routes });
    return testbed.cluster.patchProfile(team, name, { spec });
  },
  'a team names another namespace': (random) =>
    testbed.cluster.createProfile(random.pick(teams), 'mirrors', {
      routes: [
        {
          name: 'r',
          from: { namespace: { name: random.pick(teams) } },
          to: { app: 'mongo' },
          ports: [27017],
        },
      ],
    }),
  'a team deletes a profile': (random) =>
    testbed.cluster.deleteProfile(random.pick(teams), random.pick(['team', 'other', 'mirrors'])),
  'the platform changes the mode': (random) =>
    testbed.cluster.platform({ egress: random.pick(['Unrestricted', 'ClusterOnly', 'Restricted']) }),
  'a namespace leaves or joins': (random) =>
    testbed.cluster.label(random.pick(teams), { app: random.pick(['yes', null]) }),
  'a namespace is recreated': async (random) => {
    const team = random.pick(teams);
    await testbed.cluster.deleteNamespace(team);
    await testbed.cluster.createNamespace(team, appNamespace);
  },
  'somebody deletes a policy': async (random) => {
    const team = random.pick(teams);
    const names = await testbed.cluster.policyNames(team);
    if (names.length > 0) await testbed.cluster.deletePolicy(team, random.pick(names));
  },
  'somebody edits a policy': async (random) => {
    const team = random.pick(teams);
    const names = await testbed.cluster.policyNames(team);
    const spec = { podSelector: { matchLabels: { edited: 'yes' } } };
    if (names.length > 0) await testbed.cluster.patchPolicy(team, random.pick(names), { spec });
  },
  'the operator crashes': async () => {
    await testbed.killOperators();
    await testbed.startOperator();
  },
  'the operator is restarted': async () => {
    await testbed.stopOperators();
    await testbed.startOperator();
  },
  'the watches break': async () => testbed.proxy.cut(/watch=true/),
  'writes are lost': async (random) => {
    const kind = random.pick(['reset', 'swallow'] as const);
    testbed.proxy.inject({ method: ['POST', 'PUT', 'PATCH', 'DELETE'], times: 2, act: { kind } });
  },
  'answers are late': async () => {
    testbed.proxy.inject({ method: ['POST', 'PUT'], times: 2, act: { kind: 'delay', ms: 300 } });
  },
  'the news come later or sooner': async (random) => {
    testbed.proxy.watches.lagMs = random.pick(allLags);
  },
};

test.each(seeds(100, 4))('seed %i', async (seed) => {
  const random = new Random(seed);
  const done: string[] = [];
  testbed.proxy.watches.lagMs = 0;
  testbed.recorder.forget();
  await testbed.startOperator();
  await settled(testbed);
  const since = testbed.recorder.mark;
  for (let step = 0; step < steps; step += 1) {
    const [name, act] = random.pick(Object.entries(deeds));
    done.push(name);
    await act(random).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, random.below(400)));
  }
  testbed.proxy.endFaults();
  await settled(testbed);
  await testbed.recorder.caughtUp();
  const wrong = [...otherThanDeclared(testbed.recorder, since, 'calm'), ...(await unfinished(testbed))];
  expect({ seed, done, wrong }).toEqual({ seed, done, wrong: [] });
});
