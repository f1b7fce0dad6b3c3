// How much work the operator does for fixed tasks, in numbers that do not depend on the machine. A change that makes it do a tenth more
// fails here, long before anybody could measure a time. Who makes it do less writes the new numbers down.
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { requestCounts } from '../control-plane/request-counts.ts';
import { appNamespace, platformSpec, ring } from '../support/expected-policies.ts';
import { onCluster } from '../support/on-cluster.ts';
import { samplesOf } from '../support/prometheus-samples.ts';

const namespaces = Array.from({ length: 40 }, (_, index) => `app-${index}`);
const route = (port: string) => ({
  ...{ name: port, from: { namespace: { name: 'app-0' } } },
  ...{ to: { app: 'web' }, ports: [port] },
});
const routes = [route('http'), route('admin')];

const { cluster, operator, startOperator } = onCluster({
  namespaces: Object.fromEntries(namespaces.map((name) => [name, appNamespace])),
  platform: platformSpec,
  beforeOperator: async ({ cluster }) => {
    for (const name of namespaces) await cluster.createProfile(name, 'web', { routes });
  },
});

/** What work is counted in, from the server's own counters and from the operator's. */
interface Work {
  /** Writes of policies and of teams' statuses. That of the platform is left out: how often it is written is a matter of time. */
  readonly writes: number;
  /** The bodies of these requests. */
  readonly bytes: number;
  /** Policies that were compiled, also those that were in place. */
  readonly compiled: number;
}

const sum = (numbers: Iterable<number>) => [...numbers].reduce((all, each) => all + each, 0);

/** Since the API server and the operator started. */
async function total(): Promise<Work> {
  const server = await cluster.api.text('GET', '/metrics');
  const own = [...(await operator().metrics())];
  const policies = requestCounts(server, { resource: 'networkpolicies', verb: ['POST', 'PUT', 'DELETE'] });
  const statuses = requestCounts(server, { resource: 'appnetworkprofiles', subresource: 'status' });
  const numbers = (samples: readonly (readonly [string, number])[], line: RegExp) =>
    samples.flatMap(([name, value]) => (line.test(name) ? [value] : []));
  return {
    writes: sum([...policies, ...statuses].map(({ count }) => count)),
    bytes: sum(
      numbers([...samplesOf(server)], /^apiserver_request_body_size_bytes_sum.*"(networkpol|appnetworkpro)/),
    ),
    compiled: sum(numbers(own, /^ringfence_policies_compiled_total/)),
  };
}

/** Waits until nothing more is done. */
async function rest(): Promise<Work> {
  let last: Work | undefined;
  return cluster.eventually('the operator comes to rest', async () => {
    const before = last;
    await pause(1500);
    last = await total();
    return JSON.stringify(last) === JSON.stringify(before) && last;
  });
}

function difference(after: Work, before: Work): Work {
  return {
    writes: after.writes - before.writes,
    bytes: after.bytes - before.bytes,
    compiled: after.compiled - before.compiled,
  };
}

/** What is done for a task. */
async function workOf(task: () => Promise<unknown>): Promise<Work> {
  const before = await rest();
  await task();
  return difference(await rest(), before);
}

/** At most a tenth more than what was needed when this was written, and not so little that something is missing. */
function expectAbout(work: Work, expected: Work): void {
  const shares = Object.entries(expected).map(([what, count]) => [what, work[what as keyof Work] / count]);
  for (const [what, share] of shares) {
    const found = `${what}: ${JSON.stringify(work)}`;
    expect({ found, isMore: Number(share) > 1.1, isLess: Number(share) < 0.8 }).toEqual({
      ...{ found, isMore: false, isLess: false },
    });
  }
}

describe(`for ${namespaces.length} namespaces with two routes each`, () => {
  test('the first enforcement', async () => {
    const server = await cluster.api.text('GET', '/metrics');
    expect(server).toContain('apiserver_request_body_size_bytes_sum');
    await startOperator({ settle: 1 });
    await cluster.platformCondition('Ready', 'True', 'Enforced');
    expectAbout(await rest(), { writes: 240, bytes: 186_840, compiled: 240 });
  });

  test('a change of one policy of each', async () => {
    const monitoring = [{ name: 'prometheus', namespace: 'monitoring', ports: ['other'] }];
    expectAbout(await workOf(() => cluster.platform({ ...platformSpec, monitoring })), {
      writes: 40,
      bytes: 35_990,
      compiled: 120,
    });
  });

  test('an edit of one profile', async () => {
    const edit = { spec: { routes: [...routes, route('debug')] } };
    expectAbout(await workOf(() => cluster.patchProfile('app-7', 'web', edit)), {
      writes: 2,
      bytes: 2_749,
      compiled: 6,
    });
  });

  test('a new namespace', async () => {
    const work = await workOf(() => cluster.createNamespace('fresh', appNamespace));
    expectAbout(work, { writes: ring.length, bytes: 1_443, compiled: ring.length });
  });
});
