// Connections that are there and say nothing, or little, and processes that stand still: nobody waits for ever, and nobody
// writes who should not any more.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { denyIngress } from '../cluster.ts';
import { type Act, FaultProxy } from '../fault-proxy.ts';
import { judge, settled, unfinished } from './oracle.ts';
import { isFull } from './parameters.ts';
import { appNamespace, newPort, platformSpec, routes, teamSpec } from './shop.ts';
import { FaultWorld } from './world.ts';

let world: FaultWorld;
let since: number;

beforeAll(async () => {
  world = await FaultWorld.start();
  await world.cluster.platform(platformSpec());
  await world.createTeams('calm', 'shop');
}, 900_000);

beforeEach(async () => {
  world.recorder.forget();
  since = world.recorder.mark;
});

afterEach(async () => {
  await world.reset();
});

afterAll(async () => {
  await world?.stop();
});

const writes = { method: ['POST', 'PUT', 'PATCH', 'DELETE'], path: /networkpolicies|appnetworkprofiles/ };
const setRoutes = (...some: readonly object[]) => world.setRoutes('shop', some);

describe('answers that', () => {
  const cases: readonly (readonly [string, Act])[] = [
    ['drip', { kind: 'drip', everyMs: 2 }],
    ['are late', { kind: 'delay', ms: 1_000 }],
    ['never come', { kind: 'hang' }],
  ];

  test.each(cases.filter(([, { kind }]) => isFull || kind !== 'hang'))(
    '%s: what was to be done is done in the end',
    async (_, act) => {
      await world.startOperator();
      await settled(world);
      const fault = world.proxy.inject({ ...writes, times: 6, act });
      await setRoutes(routes.mongo, routes.job, routes.kubernetes);
      await setRoutes(...teamSpec.routes, { ...routes.job, ports: [newPort()] });
      await world.cluster.createNamespace(`new-${act.kind}`, appNamespace);
      await world.cluster.eventually('some were hit', async () => (fault.hits > 2 ? true : undefined));
      expect(await judge(world, { since, namespaces: ['calm'] })).toEqual([]);
      fault.end();
    },
  );

  test('come from nowhere do not keep it: SIGTERM ends it', async () => {
    const operator = await world.startOperator({ flags: ['--leader-elect'] });
    await operator.logged('the lease is ours');
    await settled(world);
    const fault = world.proxy.inject({ act: { kind: 'hang' } });
    await setRoutes(routes.mongo, { ...routes.job, ports: [newPort()] });
    await world.cluster.eventually('some hang', async () => (fault.hits > 0 ? true : undefined));
    expect(await operator.stop()).toBe(0);
    fault.end();
    await world.startOperator();
    expect(await judge(world, { since, namespaces: ['calm'] })).toEqual([]);
  });
});

// They are given up after two and a half minutes.
if (isFull)
  test('connections that a firewall has forgotten are given up: what changed meanwhile is found', async () => {
    await world.startOperator();
    await settled(world);
    world.proxy.deaden(/watch=true/);
    await world.cluster.deletePolicy('shop', denyIngress);
    await setRoutes(routes.mongo, routes.internet);
    expect(await judge(world, { since, namespaces: ['calm'], timeoutMs: 400_000 })).toEqual([]);
  });

describe('a leader that stands still until another one leads', () => {
  test('writes nothing when it goes on, and the other one goes on', async () => {
    const lease = ['--leader-elect', '--lease-duration', '3'];
    await using slowProxy = await FaultProxy.start(world.cluster.controlPlane);
    const stopped = await world.startOperator({ flags: lease, proxy: slowProxy });
    await stopped.logged('the lease is ours');
    await settled(world);
    const second = await world.startOperator({ flags: lease });
    await second.logged('caches synced');
    // It has something to write when it goes on: what it hears of before it stops is not done yet.
    const held = slowProxy.inject({ ...writes, times: 3, act: { kind: 'delay', ms: 500 } });
    await setRoutes(routes.mongo, { ...routes.job, ports: [newPort()] });
    await world.cluster.eventually('it writes', async () => (held.hits > 0 ? true : undefined));
    stopped.signal('SIGSTOP');
    await second.logged('the lease is ours');
    await world.cluster.deletePolicy('shop', denyIngress);
    await settled(world);
    const from = slowProxy.seen.length;
    const told = stopped.lines.length;
    await setRoutes(...teamSpec.routes);
    stopped.signal('SIGCONT');
    await world.cluster.eventually('it goes on, or ends', async () =>
      stopped.hasEnded || stopped.lines.length > told ? true : undefined,
    );
    expect(await judge(world, { since, namespaces: ['calm'] })).toEqual([]);
    const wrote = slowProxy.seen
      .slice(from)
      .filter(({ method, path }) => method !== 'GET' && /networkp|status/.test(path));
    expect(wrote).toEqual([]);
  });
});

test('at last nothing is left to do', async () => {
  await world.startOperator();
  await settled(world);
  expect(await unfinished(world)).toEqual([]);
});
