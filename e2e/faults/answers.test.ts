// The API server fails, the operator goes on: an API server that goes away, forgets, refuses, lies or stalls.
// Each time it comes back to the one right set of policies, and then to rest.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { watchedNames } from '../../src/objects/kinds.ts';
import { denyIngress } from '../cluster.ts';
import { appNamespace, becomesRight, comesToRest, platformSpec, ring } from '../support/expected-policies.ts';
import type { Act, Fault } from '../support/fault-proxy.ts';
import { onCluster } from '../support/on-cluster.ts';
import type { OperatorProcess } from '../support/operator-process.ts';
import { casesOfToday } from './parameters.ts';

const denyAll = { podSelector: {}, policyTypes: ['Ingress'] };
const ringed = ['deleted', 'edited'];
const { cluster, proxy, startOperator, stopOperators } = onCluster({
  proxy: true,
  namespaces: ringed,
  platform: platformSpec,
});

const createNamespaces = (names: readonly string[]) =>
  Promise.all(names.map((name) => cluster.createNamespace(name, appNamespace)));

/** All that the operator has to do something about: a deleted policy, an edited one and a new namespace. */
async function disturb({ deleted, edited, created }: Record<'deleted' | 'edited' | 'created', string>) {
  ringed.push(created);
  await Promise.all([
    cluster.deletePolicy(deleted, denyIngress),
    cluster.patchPolicy(edited, denyIngress, { spec: { ingress: [{}] } }),
    createNamespaces([created]),
  ]);
}

const linesWith = (operator: OperatorProcess, text: string) =>
  operator.lines.filter(({ msg }) => msg.includes(text)).length;

describe('an API server that is killed for 10 s', () => {
  test('is waited for: what changed right after its return is fixed, and the log has one line each way', async () => {
    await using operator = await startOperator({ kubeconfig: await cluster.operatorKubeconfig() });
    await becomesRight(cluster, ringed);
    await cluster.controlPlane.killApiServer();
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    await cluster.controlPlane.startApiServer();
    await disturb({ deleted: 'deleted', edited: 'edited', created: 'created' });
    await becomesRight(cluster, ringed);
    await operator.logged('the API server is reachable again');
    expect(linesWith(operator, 'unreachable')).toBe(1);
    expect(linesWith(operator, 'reachable again')).toBe(1);
    // While it starts, a slow API server may refuse for longer than the log is patient: that is reported, and no more.
    expect(
      operator.lines.filter(
        ({ level, status }) => level > 30 && ![403, 404, 429, 503].includes(Number(status)),
      ),
    ).toHaveLength(1);
    // A kind whose list a slow API server refused at first is asked for again some time later.
    const health = () => operator.health('/readyz');
    await cluster.eventually('it is ready', async () => (await health()).status === 200, {
      instead: async () => (await health()).text,
    });
    await comesToRest(cluster);
  });
});

describe('through a proxy that fails', () => {
  let operator: OperatorProcess;

  beforeAll(async () => {
    // Each case has its own, or a policy that is deleted again and again would look contested.
    const victims = cases.flatMap((_, index) => [`deleted-${index}`, `edited-${index}`]);
    await createNamespaces(victims);
    ringed.push(...victims);
    operator = await startOperator();
    await becomesRight(cluster, ringed);
  });

  afterAll(stopOperators);

  const writes = { path: /\/networkpolicies(\/|$)/ };
  const watches = { path: /\/networkpolicies\?.*watch=true/ };
  const badGateway: Act = {
    kind: 'answer',
    status: 502,
    headers: { 'content-type': 'text/html' },
    body: '<html>502 Bad Gateway</html>',
  };
  const internalError: Act = {
    kind: 'answer',
    status: 500,
    body: JSON.stringify({ kind: 'Status', apiVersion: 'v1', code: 500, message: 'etcdserver: no leader' }),
  };
  const tooMany: Act = { kind: 'answer', status: 429, headers: { 'retry-after': '1' }, body: 'slow down' };
  const loginPage: Act = { kind: 'answer', status: 200, body: '<html>log in to continue</html>' };
  const otherJson: Act = { kind: 'answer', status: 200, body: '{"success": true}\n' };
  const empty: Act = { kind: 'answer', status: 503 };

  const cases: readonly (readonly [string, readonly Fault[]])[] = [
    ['429 with Retry-After', [{ ...writes, times: 4, act: tooMany }]],
    ['500 to writes', [{ ...writes, times: 4, act: internalError }]],
    ['a page of a gateway instead of JSON', [{ ...writes, times: 4, act: badGateway }]],
    ['no body at all', [{ ...writes, times: 4, act: empty }]],
    ['a page of a portal with status 200', [{ ...writes, times: 4, act: loginPage }]],
    ['some JSON with status 200', [{ ...writes, times: 4, act: otherJson }]],
    ['connections that are reset', [{ ...writes, times: 4, act: { kind: 'reset' } }]],
    ['writes that happen and are not answered', [{ ...writes, times: 4, act: { kind: 'swallow' } }]],
    ['answers that end too early', [{ ...writes, times: 4, act: { kind: 'truncate', bytes: 50 } }]],
    ['answers that break off', [{ ...writes, times: 4, act: { kind: 'tear', bytes: 50 } }]],
    ['slow answers', [{ ...writes, times: 4, act: { kind: 'delay', ms: 1_000 } }]],
    ['watches that are refused with 429', [{ ...watches, times: 2, act: tooMany }]],
    ['watches that a gateway answers', [{ ...watches, times: 4, act: badGateway }]],
    ['watches that a portal answers with status 200', [{ ...watches, times: 2, act: loginPage }]],
    ['watches that send other JSON', [{ ...watches, times: 2, act: otherJson }]],
    ['watches that end at once', [{ ...watches, times: 2, act: { kind: 'truncate', bytes: 0 } }]],
    ['watches that end within a line', [{ ...watches, times: 2, act: { kind: 'truncate', bytes: 99 } }]],
    ['watches that break off within a line', [{ ...watches, times: 2, act: { kind: 'tear', bytes: 99 } }]],
  ];

  const numbered = cases.map(([title, faults], index) => [title, faults, index] as const);
  test.each(casesOfToday(numbered))('%s: it converges', async (_, faults, index) => {
    const injected = faults.map((fault) => proxy().inject(fault));
    if (faults.some(({ path }) => path === watches.path)) proxy().cut(watches.path);
    await disturb({ deleted: `deleted-${index}`, edited: `edited-${index}`, created: `created-${index}` });
    await becomesRight(cluster, ringed);
    expect(injected.map(({ hits }) => hits)).toEqual(faults.map(({ times }) => times));
    // After repeated failures the backoff grows: the next case begins without one.
    await cluster.eventually('the watch stands', async () => proxy().openFor(watches.path) > 2_500);
  });

  test('a watch that breaks whenever it is opened is reported once, and once when it stands', async () => {
    const from = operator.lines.length;
    const fault = proxy().inject({ ...watches, act: { kind: 'tear', bytes: 0 } });
    proxy().cut(watches.path);
    await operator.logged('the API server is unreachable', { from });
    await cluster.eventually('it is tried again', async () => fault.hits >= 5);
    fault.end();
    await operator.logged('the API server is reachable again', { from });
    const told = operator.lines.slice(from).filter(({ msg }) => msg.includes('reachable'));
    expect(told).toHaveLength(2);
  });

  test('Retry-After is obeyed', async () => {
    await cluster.createNamespace('patient', appNamespace);
    ringed.push('patient');
    await becomesRight(cluster, ringed);
    const path = /\/namespaces\/patient\/networkpolicies/;
    const answer: Act = { kind: 'answer', status: 429, headers: { 'retry-after': '2' } };
    const first = proxy().seen.length;
    proxy().inject({ method: 'POST', path, times: 1, act: answer });
    await cluster.deletePolicy('patient', denyIngress);
    await becomesRight(cluster, ringed);
    const [refused, accepted] = proxy()
      .seen.slice(first)
      .filter((seen) => seen.method === 'POST' && path.test(seen.path));
    expect((accepted?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThan(1_900);
  });

  test('nothing is written when nothing fails any more', async () => {
    await comesToRest(cluster);
  });
});

describe('a history that is compacted while the operator is away', () => {
  test('is a reason to list anew: what was deleted meanwhile is known to be gone', async () => {
    await cluster.createNamespace('name-taken', appNamespace);
    await cluster.createPolicy('name-taken', denyIngress, denyAll);
    await using _ = await startOperator();
    await cluster.eventually(
      'ours has a second name',
      async () => (await cluster.policyNames('name-taken')).length === ring.length + 1,
    );
    const away = proxy().inject({ act: { kind: 'reset' } });
    proxy().cut(/watch=true/);
    await cluster.deletePolicy('name-taken', denyIngress);
    await cluster.deletePolicy('deleted-0', denyIngress);
    await cluster.controlPlane.killApiServer();
    await cluster.controlPlane.compactEtcd();
    await cluster.controlPlane.startApiServer();
    const back = proxy().seen.length;
    away.end();
    ringed.push('name-taken');
    await becomesRight(cluster, ringed);
    const watches = proxy()
      .seen.slice(back)
      .filter(({ path }) => path.includes('/networkpolicies?'));
    expect(watches.map(({ path }) => path.includes('sendInitialEvents'))).toEqual([true]);
    await comesToRest(cluster);
  });
});

describe('a write that is refused as a conflict again and again', () => {
  test('is reported with the reason of the server, and written once the server takes it', async () => {
    await using operator = await startOperator();
    await operator.logged('caches synced');
    const body = JSON.stringify({
      kind: 'Status',
      apiVersion: 'v1',
      code: 409,
      message: 'it is there already',
    });
    const path = /\/namespaces\/conflicting\/networkpolicies/;
    const fault = proxy().inject({ method: 'POST', path, act: { kind: 'answer', status: 409, body } });
    await createNamespaces(['conflicting']);
    await cluster.eventually('it is reported', async () => {
      const { status } = (await cluster.platformProfile()) ?? {};
      return status?.failing?.some(
        ({ namespace, reason }) => namespace === 'conflicting' && reason === 'Conflict',
      );
    });
    fault.end();
    ringed.push('conflicting');
    await becomesRight(cluster, ringed);
    await comesToRest(cluster);
  });
});

describe('a server without watch-list', () => {
  const foreignPolicies = 600;

  beforeAll(async () => {
    // Its name sorts before those of the others, so that theirs come on the second page.
    await cluster.createNamespace('aaa');
    await Promise.all(
      Array.from({ length: foreignPolicies }, (_, index) =>
        cluster.createPolicy('aaa', `foreign-${index}`, denyAll),
      ),
    );
  });

  /** What a server answers that has the feature gate off, and what one does that is too old to know it. */
  const refusals = [
    [
      422,
      'sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
    ],
    [400, 'unknown parameter'],
  ] as const;

  test.each(refusals)('that answers %i is listed in pages, then watched', async (status, message) => {
    const body = JSON.stringify({ kind: 'Status', apiVersion: 'v1', code: status, message });
    const fault = proxy().inject({ path: /sendInitialEvents=true/, act: { kind: 'answer', status, body } });
    const torn = proxy().inject({ path: /continue=/, times: 1, act: { kind: 'tear', bytes: 1_000 } });
    const first = proxy().seen.length;
    await using operator = await startOperator();
    await operator.logged('caches synced');
    await becomesRight(cluster, ringed);
    const [deleted, edited] = [`deleted-${status % 10}`, `edited-${status % 10}`];
    await disturb({ deleted, edited, created: `created-without-${status}` });
    await becomesRight(cluster, ringed);
    await comesToRest(cluster);
    const pages = proxy()
      .seen.slice(first)
      .filter(({ path }) => path.includes('/networkpolicies?limit=500'));
    expect(pages.map(({ path }) => path.includes('continue='))).toEqual([false, true, false, true]);
    // It asks once for each kind that it watches.
    expect([fault.hits, torn.hits]).toEqual([watchedNames.length, 1]);
    fault.end();
  });
});
