// How an operator ends, as the API server and another operator see it: within ten seconds of SIGTERM whatever the server does,
// with nothing written after its lease has run out, and with the lease handed over once it can't write any more.
import { afterEach, describe, expect, test } from '@jest/globals';
import { denyIngress, leasePath } from '../cluster.ts';
import { appNamespace, becomesRight, platformSpec } from '../support/expected-policies.ts';
import type { Act, Fault } from '../support/fault-proxy.ts';
import { type OperatorOptions, onCluster } from '../support/on-cluster.ts';
import { useBundle } from '../support/operator-bundle.ts';
import type { OperatorProcess } from '../support/operator-process.ts';

const ringed = ['shop-1', 'shop-2', 'shop-3'];
const mistakeOnSignal = new URL('mistake-on-signal.ts', import.meta.url);
/** Every write but those of the lease. */
const writes = ['POST', 'PUT', 'PATCH', 'DELETE'].map((method) => ({ method, path: /^(?!.*\/leases)/ }));

const { cluster, proxy, startOperator } = onCluster({
  proxy: true,
  namespaces: ringed,
  platform: platformSpec,
  resetAfterEach: true,
});

const bundle = useBundle();

afterEach(() => cluster.api.json('DELETE', leasePath).catch(() => undefined));

/** Starts one that takes the lease, or waits for it. */
async function start(leaseSeconds: number, options: OperatorOptions = {}) {
  const flags = ['--leader-elect', '--lease-duration', String(leaseSeconds)];
  const operator = await startOperator({ entry: bundle(), ...options, flags });
  await operator.logged('caches synced');
  return operator;
}

/** Starts one, and returns when it has done what there is to do. */
async function startLeader(leaseSeconds = 15, options = {}): Promise<OperatorProcess> {
  const operator = await start(leaseSeconds, options);
  await operator.logged('the lease is ours');
  await becomesRight(cluster, ringed);
  return operator;
}

const isWrite = ({ method, path }: { method: string; path: string }) =>
  method !== 'GET' && !path.includes('/leases');

/** Makes work in every namespace. Returns how many writes there were before. */
async function disturb(): Promise<number> {
  const before = proxy().seen.length;
  for (const namespace of ringed) await cluster.deletePolicy(namespace, denyIngress);
  return before;
}

/** Waits until the operator has tried to write to every namespace since. */
const triesToWrite = (since: number) =>
  cluster.eventually('it writes to every namespace', async () => {
    const tried = proxy().seen.slice(since).filter(isWrite);
    return ringed.every((name) => tried.some(({ path }) => path.includes(`/namespaces/${name}/`)));
  });

const holder = async () =>
  (await cluster.find<{ spec: { holderIdentity?: string } }>(leasePath))?.spec.holderIdentity ?? '';

describe('SIGTERM ends it, although', () => {
  /** Stops the operator in the middle of writes that are hit by `act`. Returns for how long it went on, in milliseconds. */
  async function stopAmid(act: Act, which: readonly Omit<Fault, 'act'>[]): Promise<number> {
    // Who wrote a policy a moment ago reads its owner before it writes the policy again, and reads may hang, too. So another one
    // writes them.
    await (await startLeader()).stop();
    const operator = await startLeader();
    for (const each of which) proxy().inject({ ...each, act });
    await triesToWrite(await disturb());
    const told = performance.now();
    expect(await operator.stop()).toBe(0);
    expect(operator.lines.at(-1)?.msg).toBe('operator stopped');
    return performance.now() - told;
  }

  // Its limit is ten seconds; the rest is for a busy machine. Without deadlines it took 62 s.
  const atMostMs = 25_000;

  test('writes hang: they are broken off, and the lease is handed over some time later', async () => {
    const took = await stopAmid({ kind: 'hang' }, writes);
    expect(took).toBeLessThan(atMostMs);
    expect(took).toBeGreaterThan(6_900);
    expect(await holder()).toBe('');
  });

  test('answers to writes drip', async () => {
    const took = await stopAmid({ kind: 'drip', everyMs: 2_000 }, writes);
    expect(took).toBeLessThan(atMostMs);
    expect(await holder()).toBe('');
  });

  test('everything hangs: the lease runs out by itself', async () => {
    const took = await stopAmid({ kind: 'hang' }, [{}]);
    expect(took).toBeLessThan(atMostMs);
    expect(await holder()).not.toBe('');
  });

  test('writes are slow: they are answered, and the lease is handed over at once', async () => {
    await stopAmid({ kind: 'delay', ms: 1_000 }, writes);
    expect(await holder()).toBe('');
    await becomesRight(cluster, ringed);
  });
});

describe('nothing is written when the lease has run out, although', () => {
  test('everything hangs, and then answers again', async () => {
    const first = await startLeader(6);
    const second = await start(6, { kubeconfig: await cluster.operatorKubeconfig() });
    // It renews, and its writes hang.
    for (const each of writes) proxy().inject({ ...each, act: { kind: 'hang' } });
    await triesToWrite(await disturb());
    proxy().inject({ act: { kind: 'hang' } });
    await second.logged('the lease is ours');
    const taken = proxy().seen.length;
    proxy().endFaults();
    await becomesRight(cluster, ringed);
    expect(await first.ended()).toBe(2);
    expect(first.errors).toContain('lost the lease');
    expect(proxy().seen.slice(taken).filter(isWrite)).toEqual([]);
  });

  test('the process was stopped meanwhile, and finds work as soon as it goes on', async () => {
    const first = await startLeader(6);
    const second = await start(6, { kubeconfig: await cluster.operatorKubeconfig() });
    first.signal('SIGSTOP');
    await second.logged('the lease is ours');
    await becomesRight(cluster, ringed);
    // Nobody corrects what the first one finds.
    second.signal('SIGSTOP');
    const before = await disturb();
    first.signal('SIGCONT');
    expect(await first.ended()).toBe(2);
    expect(proxy().seen.slice(before).filter(isWrite)).toEqual([]);
  });
});

describe('a mistake in ringfence itself ends it with 70, and the lease is handed over:', () => {
  test.each<[string, NodeJS.Signals]>([
    ['a mistake in a timer', 'SIGUSR2'],
    ['a mistake in a promise', 'SIGPIPE'],
  ])('%s', async (what, signal) => {
    const operator = await startLeader(15, { preload: mistakeOnSignal });
    operator.signal(signal);
    expect(await operator.ended()).toBe(70);
    expect(operator.lines.find(({ level }) => level === 60)).toMatchObject({
      msg: 'this is a bug in ringfence: exiting',
      error: expect.stringContaining(what),
    });
    expect(operator.lines.at(-1)?.msg).toBe('operator stopped');
    expect(operator.errors).toContain(`TypeError: ${what}`);
    expect(await holder()).toBe('');
  });
});

test('the lease is kept while every connection of the pool is taken by writes that hang', async () => {
  const operator = await startLeader(6);
  for (const each of writes) proxy().inject({ ...each, act: { kind: 'hang' } });
  const before = proxy().seen.length;
  // As many as there are connections: see `poolSize`.
  for (let index = 0; index < 32; index += 1) await cluster.createNamespace(`many-${index}`, appNamespace);
  const since = () => proxy().seen.slice(before);
  await cluster.eventually('all are taken', async () => since().filter(isWrite).length >= 32);
  const renewals = () =>
    since().filter(({ method, path }) => method === 'PUT' && path.includes('/leases')).length;
  const until = renewals() + 10;
  await cluster.eventually('it is renewed', async () => renewals() >= until);
  expect((await operator.metrics()).get('leader_election_master_status{name="ringfence-operator"}')).toBe(1);
});
