// Connections that are open and carry nothing, or little, and processes that stand still: no operator waits for ever, and none
// writes that has lost its lease.
import { beforeEach, describe, expect, test } from '@jest/globals';
import { denyIngress } from '../cluster.ts';
import { appNamespace } from '../support/expected-policies.ts';
import { type Act, FaultProxy } from '../support/fault-proxy.ts';
import { onTestbed } from './on-testbed.ts';
import { judge, settled, unfinished } from './oracle.ts';
import { isFull } from './parameters.ts';
import { newPort, routes, teamSpec } from './shop.ts';

let since: number;
const testbed = onTestbed({ teams: ['calm', 'shop'] });

beforeEach(() => {
  testbed.recorder.forget();
  since = testbed.recorder.mark;
});

const writes = { method: ['POST', 'PUT', 'PATCH', 'DELETE'], path: /networkpolicies|appnetworkprofiles/ };
const setRoutes = (...some: readonly object[]) => testbed.setRoutes('shop', some);

describe('answers that', () => {
  const cases: readonly (readonly [string, Act])[] = [
    ['drip', { kind: 'drip', everyMs: 2 }],
    ['are late', { kind: 'delay', ms: 1_000 }],
    ['never come', { kind: 'hang' }],
  ];

  test.each(cases.filter(([, { kind }]) => isFull || kind !== 'hang'))(
    '%s: what was to be done is done in the end',
    async (_, act) => {
      await testbed.startOperator();
      await settled(testbed);
      const fault = testbed.proxy.inject({ ...writes, times: 6, act });
      await setRoutes(routes.mongo, routes.job, routes.kubernetes);
      await setRoutes(...teamSpec.routes, { ...routes.job, ports: [newPort()] });
      await testbed.cluster.createNamespace(`new-${act.kind}`, appNamespace);
      await testbed.cluster.eventually('some were hit', async () => fault.hits > 2);
      expect(await judge(testbed, { since, namespaces: ['calm'] })).toEqual([]);
      fault.end();
    },
  );

  test('never come do not keep it alive: SIGTERM ends it', async () => {
    const operator = await testbed.startOperator({ flags: ['--leader-elect'] });
    await operator.logged('the lease is ours');
    await settled(testbed);
    const fault = testbed.proxy.inject({ act: { kind: 'hang' } });
    await setRoutes(routes.mongo, { ...routes.job, ports: [newPort()] });
    await testbed.cluster.eventually('some hang', async () => fault.hits > 0);
    expect(await operator.stop()).toBe(0);
    fault.end();
    await testbed.startOperator();
    expect(await judge(testbed, { since, namespaces: ['calm'] })).toEqual([]);
  });
});

// They are given up after two and a half minutes.
if (isFull)
  test('connections that a firewall has dropped are given up: what changed meanwhile is found', async () => {
    await testbed.startOperator();
    await settled(testbed);
    testbed.proxy.deaden(/watch=true/);
    await testbed.cluster.deletePolicy('shop', denyIngress);
    await setRoutes(routes.mongo, routes.internet);
    expect(await judge(testbed, { since, namespaces: ['calm'], timeoutMs: 400_000 })).toEqual([]);
  });

describe('a leader that stands still until another one leads', () => {
  test('writes nothing when it goes on, and the other one goes on', async () => {
    // Long enough for a leader on a busy machine to keep it.
    const lease = ['--leader-elect', '--lease-duration', '10'];
    await using slowProxy = await FaultProxy.start(testbed.cluster.controlPlane);
    const stopped = await testbed.startOperator({ flags: lease, proxy: slowProxy });
    await stopped.logged('the lease is ours');
    await settled(testbed);
    const second = await testbed.startOperator({ flags: lease });
    await second.logged('caches synced');
    // It has something to write when it goes on: what it hears of before it stops is not done yet.
    const held = slowProxy.inject({ ...writes, times: 3, act: { kind: 'delay', ms: 500 } });
    await setRoutes(routes.mongo, { ...routes.job, ports: [newPort()] });
    await testbed.cluster.eventually('it writes', async () => held.hits > 0);
    stopped.signal('SIGSTOP');
    await second.logged('the lease is ours');
    await testbed.cluster.deletePolicy('shop', denyIngress);
    await settled(testbed);
    const from = slowProxy.seen.length;
    const told = stopped.lines.length;
    await setRoutes(...teamSpec.routes);
    stopped.signal('SIGCONT');
    await testbed.cluster.eventually(
      'it goes on, or ends',
      async () => stopped.hasEnded || stopped.lines.length > told,
    );
    expect(await judge(testbed, { since, namespaces: ['calm'] })).toEqual([]);
    const wrote = slowProxy.seen
      .slice(from)
      .filter(({ method, path }) => method !== 'GET' && /networkp|status/.test(path));
    expect(wrote).toEqual([]);
  });
});

test('at last nothing is left to do', async () => {
  await testbed.startOperator();
  await settled(testbed);
  expect(await unfinished(testbed)).toEqual([]);
});
