// How kinds are looked for that a cluster does not have. The server is a real one; only the clock is not.
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type LocalClient, localClient } from '../../test/local-server.ts';
import { AbsentKinds } from './absent-kinds.ts';

const routes = {
  path: '/apis/gateway.networking.k8s.io/v1/tcproutes',
  olderPaths: ['/apis/gateway.networking.k8s.io/v1alpha2/tcproutes'],
};
const gateways = { path: '/apis/gateway.networking.k8s.io/v1/gateways' };

const aggregated = (version: string, ...resources: string[]) => ({
  apiVersion: 'apidiscovery.k8s.io/v2',
  kind: 'APIGroupDiscoveryList',
  items: [
    {
      metadata: { name: 'gateway.networking.k8s.io' },
      versions: [{ version, resources: resources.map((resource) => ({ resource })) }],
    },
  ],
});

let local: LocalClient;
let answers: (object | number)[];
let asked: (string | undefined)[];
let kinds: AbsentKinds;
let stop: AbortController;

beforeEach(async () => {
  jest.useFakeTimers({ now: 0, doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask'] });
  [answers, asked, stop] = [[], [], new AbortController()];
  local = await localClient((request, response) => {
    asked.push(request.url);
    const answer = answers.shift() ?? 500;
    response.statusCode = typeof answer === 'number' ? answer : 200;
    response.end(JSON.stringify(typeof answer === 'number' ? { kind: 'Status', apiVersion: 'v1' } : answer));
  });
  kinds = new AbsentKinds(local.client);
});

afterEach(() => {
  stop.abort();
  local.stop();
  jest.useRealTimers();
});

/** Lets this much time pass. */
const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
const look = (kind: typeof gateways, absences = 1) => kinds.nextLook(kind, absences, stop.signal);

describe('a look', () => {
  test('is one request for all who wait, also for those who would have waited longer', async () => {
    answers = [aggregated('v1', 'gateways')];
    const told = Promise.all([look(routes, 10), look(gateways)]);
    await pass(6_000);
    expect(await told).toEqual([false, true]);
    expect(asked).toEqual(['/apis']);
  });

  test('finds a kind in an older version', async () => {
    answers = [aggregated('v1alpha2', 'tcproutes')];
    const told = look(routes);
    await pass(6_000);
    expect(await told).toBe(true);
  });

  test('is about the version where the server tells no kinds', async () => {
    const groups = [{ versions: [{ groupVersion: 'gateway.networking.k8s.io/v1alpha2' }] }];
    answers = [{ kind: 'APIGroupList', apiVersion: 'v1', groups }];
    const told = Promise.all([look(routes), look(gateways)]);
    await pass(6_000);
    expect(await told).toEqual([true, false]);
  });

  test('that fails lets everybody look for himself', async () => {
    answers = [403];
    const told = Promise.all([look(routes), look(gateways)]);
    await pass(6_000);
    expect(await told).toEqual([true, true]);
  });

  test.each([
    [1, 5],
    [2, 10],
    [3, 20],
    [4, 40],
    [5, 60],
    [50, 60],
  ])('comes, when the kind was not found %i times, after about %i s', async (absences, seconds) => {
    answers = [aggregated('v1')];
    const told = look(routes, absences);
    await pass(850 * seconds);
    expect(jest.getTimerCount()).toBe(1);
    await pass(300 * seconds);
    expect(await told).toBe(false);
    expect(asked).toEqual(['/apis']);
  });
});

test('who no longer waits is not looked for', async () => {
  const told = look(gateways);
  stop.abort();
  expect(await told).toBe(false);
  expect(await look(gateways)).toBe(false);
  await pass(120_000);
  expect([asked, jest.getTimerCount()]).toEqual([[], 0]);
});
