// Watches break, and the cluster changes meanwhile: each time the operator finds out what it missed, whether its watch goes
// on where it broke or has to begin anew, and whichever kind comes later than the others.
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { resumeWithinMs } from '../../src/kube/continuity.ts';
import { denyIngress } from '../cluster.ts';
import { appNamespace } from '../support/expected-policies.ts';
import type { Act } from '../support/fault-proxy.ts';
import { onTestbed } from './on-testbed.ts';
import { judge } from './oracle.ts';
import { casesOfToday, withLags } from './parameters.ts';
import { routes, teamSpec } from './shop.ts';

let since: number;
let turn = 0;
const testbed = onTestbed({ controllerManager: true, teams: ['calm', 'shop'], operator: true });

beforeEach(() => {
  since = testbed.recorder.mark;
});

/** A bit of everything that an operator has to hear of. */
async function goOn(): Promise<void> {
  const { cluster } = testbed;
  turn += 1;
  await cluster.createNamespace(`new-${turn}`, appNamespace);
  await cluster.createProfile(`new-${turn}`, 'team', teamSpec);
  await cluster.deleteProfile('shop', 'team');
  const [first, second] = [[routes.job, routes.mongo], teamSpec.routes];
  await cluster.createProfile('shop', 'team', { routes: turn % 2 === 1 ? first : second });
  await cluster.deletePolicy('calm', 'ringfence-monitoring');
  await cluster.platform({ egress: turn % 2 === 1 ? 'ClusterOnly' : 'Restricted' });
}

/** Judges what is not touched, except for the one policy that is deleted: nothing may be opened. */
async function wrong(): Promise<readonly string[]> {
  const found = await judge(testbed, { since, namespaces: ['calm'] });
  return found.filter((text) => !(text.includes('monitoring/prometheus') && text.includes('was cut')));
}

const expired = `${JSON.stringify({
  type: 'ERROR',
  object: {
    ...{ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' },
    ...{ code: 410, reason: 'Expired', message: 'too old resource version' },
  },
})}\n`;

const gaps = [
  { title: 'go on where they broke', resumed: undefined },
  {
    title: 'find that their version has expired',
    resumed: { kind: 'answer', status: 200, headers: { 'content-type': 'application/json' }, body: expired },
  },
  {
    title: 'are reported by the status',
    resumed: { kind: 'answer', status: 410, body: JSON.parse(expired).object.message },
  },
] as const;

describe('watches that break and', () => {
  const cases = withLags(gaps).map(({ each, lag }) => [each.title, lag, each.resumed] as const);
  test.each(casesOfToday(cases))('%s, %i ms behind', async (_, lag, resumed) => {
    const { proxy } = testbed;
    proxy.watches.lagMs = lag;
    const release = proxy.watches.hold(/watch=true/);
    await goOn();
    const injected =
      resumed && proxy.inject({ path: /watch=true.*resourceVersion=\d/, times: 19, act: resumed });
    const first = proxy.seen.length;
    // What was held is lost with its connection.
    proxy.cut(/watch=true/);
    release();
    expect(await wrong()).toEqual([]);
    expect(proxy.seen.slice(first).some(({ path }) => resumption.test(path))).toBe(true);
    if (injected !== undefined) expect(injected.hits).toBeGreaterThan(0);
    injected?.end();
  });
});

const resumption = /watch=true.*resourceVersion=\d/;

describe('an API server that is away for a while', () => {
  test.each(withLags(['it']).map(({ lag }) => lag))('is listed anew, %i ms behind', async (lag) => {
    const { proxy } = testbed;
    proxy.watches.lagMs = lag;
    const away = proxy.inject({ act: { kind: 'reset' } });
    proxy.cut(/watch=true/);
    await goOn();
    await testbed.cluster.eventually('each watch was tried', async () => away.hits > 60);
    const first = proxy.seen.length;
    away.end();
    expect(await wrong()).toEqual([]);
    expect(proxy.seen.slice(first).filter(({ path }) => resumption.test(path))).toEqual([]);
  });

  test('is not written to before every kind is listed again', async () => {
    const { proxy, cluster } = testbed;
    const away = proxy.inject({ act: { kind: 'reset' } });
    proxy.cut(/watch=true/);
    await cluster.deletePolicy('shop', denyIngress);
    await cluster.eventually('each watch was tried', async () => away.hits > 60);
    const release = proxy.watches.hold(/\/services\?/);
    const first = proxy.seen.length;
    const seen = () => proxy.seen.slice(first);
    away.end();
    const isBack = /\/networkpolicies\?.*sendInitialEvents/;
    await cluster.eventually('the policies are listed', async () =>
      seen().some(({ path }) => isBack.test(path)),
    );
    // Long enough to have written what is missing.
    await sleep(2_000);
    expect(seen().filter(({ method, path }) => method !== 'GET' && /networkp/.test(path))).toEqual([]);
    release();
    await cluster.eventually('the policy is back', async () =>
      (await cluster.policies('shop')).get(denyIngress),
    );
    expect(await wrong()).toEqual([]);
  });
});

describe('a kind that the cluster did not have before an outage', () => {
  test('is looked for before anything is written', async () => {
    const { proxy, cluster } = testbed;
    const absent = /\/httproutes\?/;
    const watched = proxy.openTo(/watch=true/);
    const seenFrom = (from: number) => proxy.seen.slice(from);
    // All absent kinds are looked for once a minute, by another request: this one comes only because of the outage.
    expect(proxy.openTo(absent).size).toBe(0);
    const away = proxy.inject({ act: { kind: 'reset' } });
    const first = proxy.seen.length;
    proxy.cut(/watch=true/);
    await cluster.deletePolicy('shop', denyIngress);
    await cluster.eventually('each watch was tried', async () =>
      watched.isSubsetOf(new Set(seenFrom(first).map(({ path }) => path.replace(/\?.*/, '')))),
    );
    const back = proxy.seen.length;
    away.end();
    await cluster.eventually('the policy is back', async () =>
      (await cluster.policies('shop')).has(denyIngress),
    );
    const order = seenFrom(back).filter(
      ({ method, path }) => absent.test(path) || (method === 'POST' && /networkpolicies/.test(path)),
    );
    expect(order[0]?.path).toMatch(absent);
    expect(await wrong()).toEqual([]);
  });
});

describe('a ring that somebody deletes while nobody can watch', () => {
  test('is closed again like a live namespace, so that no connection is cut', async () => {
    const { proxy, cluster, recorder } = testbed;
    const away = proxy.inject({ act: { kind: 'reset' } });
    proxy.cut(/watch=true/);
    for (const name of await cluster.policyNames('shop')) await cluster.deletePolicy('shop', name);
    await cluster.eventually('each watch was tried', async () => away.hits > 60);
    await recorder.caughtUp();
    since = recorder.mark;
    away.end();
    expect(await judge(testbed, { since, namespaces: ['calm', 'shop'] })).toEqual([]);
  });
});

describe('a kind that the server refuses', () => {
  const refused: Act = {
    kind: 'answer',
    status: 403,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'Status', apiVersion: 'v1', code: 403, message: 'nodes is forbidden' }),
  };

  test('is not waited for, also if no watch ever lasts long', async () => {
    const { proxy, cluster } = testbed;
    const refusal = proxy.inject({ path: /\/nodes\?/, act: refused });
    proxy.cut(/\/nodes\?/);
    // It is refused for longer than a watch may take to continue.
    await sleep(resumeWithinMs + 500);
    const cuts = setInterval(() => proxy.cut(/watch=true/), 10_000);
    try {
      await cluster.createNamespace('meanwhile', appNamespace);
      await cluster.eventually('the namespace is closed', async () =>
        (await cluster.policies('meanwhile')).has(denyIngress),
      );
    } finally {
      clearInterval(cuts);
    }
    refusal.end();
    expect(await wrong()).toEqual([]);
  });
});

describe('a view of one kind that is older than the others at a restart', () => {
  const kinds = [
    'networkpolicies',
    'appnetworkprofiles',
    'platformnetworkprofiles',
    'namespaces\\?',
    'services',
  ];
  test.each(casesOfToday(kinds))('%s: what happened since is made up for', async (kind) => {
    const { proxy, cluster } = testbed;
    await testbed.killOperators();
    const release = proxy.watches.hold(new RegExp(`/${kind}.*watch=true`));
    const first = proxy.seen.length;
    const starting = testbed.startOperator();
    // What is held was read before anything happens, and all the rest as well.
    await cluster.eventually('the held watch is open', async () =>
      proxy.seen.slice(first).some(({ path }) => new RegExp(`/${kind}.*watch=true`).test(path)),
    );
    await starting;
    await goOn();
    await cluster.deletePolicy('shop', denyIngress);
    release();
    expect(await wrong()).toEqual([]);
  });
});
