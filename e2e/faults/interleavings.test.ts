// Random runs: people, other tools, crashes and broken watches in an order that a seed decides. FAULT_SEED repeats one.
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { otherThanDeclared } from './connections.ts';
import { settled, unfinished } from './oracle.ts';
import { allLags, seeds } from './parameters.ts';
import { Random } from './random.ts';
import { appNamespace, platformSpec, routes, teamSpec } from './shop.ts';
import { FaultWorld } from './world.ts';

let world: FaultWorld;
const teams = ['a', 'b', 'c'] as const;
const group = '/apis/ringfence.dev/v1alpha1';
const steps = 12;

beforeAll(async () => {
  world = await FaultWorld.start({ controllerManager: true });
  await world.cluster.platform(platformSpec());
  for (const name of ['calm', ...teams]) await world.cluster.createNamespace(name, appNamespace);
  await world.cluster.createProfile('calm', 'team', teamSpec);
}, 900_000);

afterEach(async () => {
  await world.reset();
});

afterAll(async () => {
  await world?.stop();
});

/** What may happen at any moment. What fails since something else was quicker has not happened. */
const deeds: Readonly<Record<string, (random: Random) => Promise<unknown>>> = {
  'a team declares routes': async (random) => {
    const [team, name] = [random.pick(teams), random.pick(['team', 'other'])];
    const spec = { egress: random.pick([null, 'Restricted']), routes: random.some(Object.values(routes)) };
    const path = `${group}/namespaces/${team}/appnetworkprofiles/${name}`;
    if ((await world.cluster.find(path)) === undefined)
      return world.cluster.createProfile(team, name, { routes: spec.routes });
    return world.cluster.api.json('PATCH', path, { spec });
  },
  'a team names another namespace': (random) =>
    world.cluster.createProfile(random.pick(teams), 'mirrors', {
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
    world.cluster.api.json(
      'DELETE',
      `${group}/namespaces/${random.pick(teams)}/appnetworkprofiles/${random.pick(['team', 'other', 'mirrors'])}`,
    ),
  'the platform changes the mode': (random) =>
    world.cluster.platform({ egress: random.pick(['Unrestricted', 'ClusterOnly', 'Restricted']) }),
  'a namespace leaves or joins': (random) =>
    world.cluster.label(random.pick(teams), { app: random.pick(['yes', null]) }),
  'a namespace is recreated': async (random) => {
    const team = random.pick(teams);
    await world.cluster.deleteNamespace(team);
    await world.cluster.createNamespace(team, appNamespace);
  },
  'somebody deletes a policy': async (random) => {
    const team = random.pick(teams);
    const names = await world.cluster.policyNames(team);
    if (names.length > 0) await world.cluster.deletePolicy(team, random.pick(names));
  },
  'somebody edits a policy': async (random) => {
    const team = random.pick(teams);
    const names = await world.cluster.policyNames(team);
    const spec = { podSelector: { matchLabels: { edited: 'yes' } } };
    if (names.length > 0) await world.cluster.patchPolicy(team, random.pick(names), { spec });
  },
  'the operator crashes': async () => {
    await world.killOperators();
    await world.startOperator();
  },
  'the operator is restarted': async () => {
    await world.stopOperators();
    await world.startOperator();
  },
  'the watches break': async () => world.proxy.cut(/watch=true/),
  'writes are lost': async (random) => {
    const kind = random.pick(['reset', 'swallow'] as const);
    world.proxy.inject({ method: ['POST', 'PUT', 'PATCH', 'DELETE'], times: 2, act: { kind } });
  },
  'answers are late': async () => {
    world.proxy.inject({ method: ['POST', 'PUT'], times: 2, act: { kind: 'delay', ms: 300 } });
  },
  'the news come later or sooner': async (random) => {
    world.proxy.watches.lagMs = random.pick(allLags);
  },
};

test.each(seeds(100, 8))('seed %i', async (seed) => {
  const random = new Random(seed);
  const done: string[] = [];
  world.proxy.watches.lagMs = 0;
  world.recorder.forget();
  await world.startOperator();
  await settled(world);
  const since = world.recorder.mark;
  for (let step = 0; step < steps; step += 1) {
    const [name, act] = random.pick(Object.entries(deeds));
    done.push(name);
    await act(random).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, random.below(400)));
  }
  world.proxy.endFaults();
  await settled(world);
  await world.recorder.caughtUp();
  const wrong = [...otherThanDeclared(world.recorder, since, 'calm'), ...(await unfinished(world))];
  expect({ seed, done, wrong }).toEqual({ seed, done, wrong: [] });
});
