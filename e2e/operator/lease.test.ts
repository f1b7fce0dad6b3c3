// Two operators of one cluster: one works, the other one waits, and takes over when the first one ends, dies or falls silent.
import { describe, expect, test } from '@jest/globals';
import { denyIngress, leasePath } from '../cluster.ts';
import { appNamespace, becomesRight, platformSpec, ring } from '../support/expected-policies.ts';
import { type OperatorOptions, onCluster } from '../support/on-cluster.ts';
import { useBundle } from '../support/operator-bundle.ts';
import type { OperatorProcess } from '../support/operator-process.ts';

const seconds = 3;
/** With such a lease, a standby looks for it by the clock every 80 s: what is sooner was seen by its watch. */
const ages = 600;
const beforeItLooksMs = 60_000;
const flagsFor = (duration: number) => ['--leader-elect', '--lease-duration', String(duration)];
const flags = flagsFor(seconds);
const ringed = ['shop'];

interface StoredLease {
  readonly spec: {
    readonly holderIdentity: string;
    readonly leaseDurationSeconds: number;
    readonly leaseTransitions: number;
    readonly renewTime: string;
    readonly acquireTime: string;
  };
}

const { cluster, proxy, startOperator } = onCluster({
  proxy: true,
  namespaces: ['shop'],
  platform: platformSpec,
  resetAfterEach: true,
});
const bundle = useBundle();
const direct = () => cluster.operatorKubeconfig();
const viaProxy = async () => proxy().kubeconfig(await direct());
const start = async (options: OperatorOptions = {}) =>
  startOperator({ kubeconfig: await direct(), entry: bundle(), flags, ...options });

/** Starts one that waits, and returns when its caches are synced. */
async function startStandby(options: OperatorOptions = {}): Promise<OperatorProcess> {
  const standby = await start(options);
  await standby.logged('another operator holds the lease: waiting');
  await standby.logged('caches synced');
  return standby;
}

/** Starts one, and another one when the first one works. */
async function startTwo(
  first: OperatorOptions = {},
  second: OperatorOptions = {},
): Promise<readonly [OperatorProcess, OperatorProcess]> {
  const leader = await start(first);
  await leader.logged('the lease is ours');
  return [leader, await startStandby(second)];
}

const lease = async () => (await cluster.find<StoredLease>(leasePath))?.spec;
const isLeader = async (operator: OperatorProcess) =>
  (await operator.metrics()).get('leader_election_master_status{name="ringfence-operator"}');
const wrote = (operator: OperatorProcess) => operator.lines.some(({ msg }) => msg === 'policies written');

/** Shows that an operator corrects what another one has left. */
async function corrects(operator: OperatorProcess): Promise<void> {
  const from = operator.lines.length;
  await cluster.deletePolicy('shop', denyIngress);
  await becomesRight(cluster, ringed);
  await operator.logged('policies written', { from });
}

test('one works, and the other one waits with warm caches, is ready, and writes nothing', async () => {
  const [first, second] = await startTwo();
  await corrects(first);
  expect([await isLeader(first), await isLeader(second)]).toEqual([1, 0]);
  expect(await second.health('/readyz')).toEqual({ status: 200, text: 'ok\n' });
  expect(wrote(second)).toBe(false);
  expect(await lease()).toMatchObject({ leaseDurationSeconds: seconds, leaseTransitions: 0 });
});

const hasTaken = ({ lines }: OperatorProcess) => lines.some(({ msg }) => msg === 'the lease is ours');

test('one whose caches are not synced leaves the lease to one that knows everything', async () => {
  const fault = proxy().inject({ path: /\/services\?/, act: { kind: 'hang' } });
  const ignorant = await start({ kubeconfig: await viaProxy() });
  const second = await start();
  await second.logged('the lease is ours');
  await corrects(second);
  expect(await ignorant.health('/readyz')).toMatchObject({ status: 503 });
  fault.end();
  proxy().cut(/\/services\?/);
  await ignorant.logged('caches synced');
  await corrects(second);
  expect(hasTaken(ignorant)).toBe(false);
});

describe('an operator that is stopped', () => {
  test('hands over at once, however long its lease lasts', async () => {
    const [first, second] = await startTwo({ flags: flagsFor(ages) }, { flags: flagsFor(ages) });
    expect(await first.stop()).toBe(0);
    await second.logged('the lease is ours', { timeoutMs: beforeItLooksMs });
    await corrects(second);
  });

  test('is replaced, and the other one too, while somebody creates namespaces and deletes policies', async () => {
    let [oldest, other] = await startTwo({ flags: flagsFor(ages) }, { flags: flagsFor(ages) });
    let isOver = false;
    const healing = (async () => {
      // Each time in another namespace: what is undone again and again is contested, and left alone for a while.
      for (let round = 0; !isOver; round += 1) {
        await cluster.createNamespace(`healed-${round}`, appNamespace);
        ringed.push(`healed-${round}`);
        await cluster.policiesAre(`healed-${round}`, ring, beforeItLooksMs);
        await cluster.deletePolicy(`healed-${round}`, denyIngress);
        await cluster.policiesAre(`healed-${round}`, ring, beforeItLooksMs);
      }
    })();
    // As a rollout of a Deployment does it: a new one is Ready before an old one ends.
    for (let round = 0; round < 2; round += 1) {
      const replacement = await startStandby({ flags: flagsFor(ages) });
      expect(await replacement.health('/readyz')).toMatchObject({ status: 200 });
      expect(await oldest.stop()).toBe(0);
      [oldest, other] = [other, replacement];
    }
    isOver = true;
    await healing;
    expect((await lease())?.leaseTransitions).toBeGreaterThan(0);
  });
});

test('an operator that dies is followed when its lease has run out, and no sooner', async () => {
  const [first, second] = await startTwo();
  await first.kill();
  const renewed = (await lease())?.renewTime ?? '';
  await second.logged('the lease is ours');
  // The times that both wrote themselves, on one machine: the second one can only have seen the renewal after it was made.
  const acquired = (await lease())?.acquireTime ?? '';
  expect(Date.parse(acquired) - Date.parse(renewed)).toBeGreaterThan(seconds * 1000 - 10);
  await corrects(second);
});

test('a namespace that was created while one waited is closed with care, since its pods may be up by then', async () => {
  const [first, second] = await startTwo();
  // The first one does not see it: it is no application namespace until the second one works.
  await cluster.createNamespace('late');
  await first.stop();
  await second.logged('the lease is ours');
  await second.logged('namespace changed state');
  await cluster.label('late', appNamespace);
  ringed.push('late');
  await becomesRight(cluster, ringed);
  const changes = second.lines.filter(({ namespace, to }) => namespace === 'late' && to !== undefined);
  expect(changes.map(({ to }) => to)).toContain('Changing');
});

test('an operator that dies right after a write is followed by one that does the rest', async () => {
  const [first, second] = await startTwo({ kubeconfig: await viaProxy() });
  const kill = { kind: 'interrupt', run: () => first.kill() } as const;
  proxy().inject({ method: 'POST', path: /\/networkpolicies/, times: 1, act: kill });
  for (const name of ['late-1', 'late-2']) {
    await cluster.createNamespace(name, appNamespace);
    ringed.push(name);
  }
  await becomesRight(cluster, ringed);
  expect(first.hasEnded).toBe(true);
  expect(hasTaken(second)).toBe(true);
});

test('two operators that die are followed by new ones', async () => {
  for (const operator of await startTwo()) await operator.kill();
  const successors = [await start(), await start()];
  await cluster.eventually('one of them works', async () => successors.some(hasTaken));
  await cluster.deletePolicy('shop', denyIngress);
  await becomesRight(cluster, ringed);
  expect(successors.filter(hasTaken)).toHaveLength(1);
});

test('clocks that jump, each in its direction, move no lease', async () => {
  const preload = new URL('../support/shifted-clock.ts', import.meta.url);
  const [first, second] = await startTwo(
    { preload, env: { CLOCK: 'forth' } },
    { preload, env: { CLOCK: 'back' } },
  );
  for (let renewals = 0; renewals < 6; renewals += 1) {
    const before = await lease();
    await cluster.eventually('it is renewed', async () => (await lease())?.renewTime !== before?.renewTime);
  }
  expect(hasTaken(second)).toBe(false);
  await corrects(first);
  await first.kill();
  await second.logged('the lease is ours');
  await corrects(second);
});

describe('a lease that is lost', () => {
  test('because it cannot be renewed ends the operator, with this reason, before another one takes over', async () => {
    const [first, second] = await startTwo({ kubeconfig: await viaProxy() });
    const fault = proxy().inject({ method: 'PUT', path: /\/leases\//, act: { kind: 'delay', ms: 8_000 } });
    expect(await first.ended()).toBe(2);
    expect(first.lines.at(-1)?.msg).toBe('operator stopped');
    expect(first.errors).toMatch(/^ringfence: lost the lease because it was not renewed for 2 s: exiting/);
    expect(second.lines.some(({ msg }) => msg === 'the lease is ours')).toBe(false);
    await second.logged('the lease is ours');
    fault.end();
    await corrects(second);
  });

  test('because somebody else has it ends the operator', async () => {
    const first = await start();
    await first.logged('the lease is ours');
    await cluster.api.json('PATCH', leasePath, { spec: { holderIdentity: 'somebody-else' } });
    expect(await first.ended()).toBe(2);
    expect(first.errors).toContain('lost the lease because `somebody-else` holds it');
  });
});

describe('a lease is kept', () => {
  test('when somebody deletes it, or edits it, and another one waits for it', async () => {
    const [first, second] = await startTwo();
    for (let round = 0; round < 3; round += 1) {
      await cluster.api.json('DELETE', leasePath);
      await cluster.eventually('it is back', async () => (await lease()) !== undefined);
    }
    await cluster.api.json('PATCH', leasePath, { spec: { leaseDurationSeconds: 36_000 } });
    await cluster.eventually('its duration is right again', async () => {
      return (await lease())?.leaseDurationSeconds === seconds;
    });
    await corrects(first);
    expect(hasTaken(second)).toBe(false);
  });

  test('when the answer to a renewal is lost', async () => {
    const first = await start({ kubeconfig: await viaProxy() });
    await first.logged('the lease is ours');
    const fault = proxy().inject({ method: 'PUT', path: /\/leases\//, times: 1, act: { kind: 'swallow' } });
    await cluster.eventually('it was lost', async () => fault.hits === 1);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    await corrects(first);
  });
});

test('a namespace that is missing is reported, and the operator is not ready', async () => {
  const lost = await startOperator({
    kubeconfig: await direct(),
    flags: [...flags, '--namespace', 'nowhere'],
  });
  // The permission is for the operator's own namespace alone.
  const line = await lost.logged('a permission is missing: grant it with `kubectl apply -k config/rbac`');
  expect(line.error).toContain('in the namespace "nowhere"');
  expect(await lost.health('/readyz')).toMatchObject({
    status: 503,
    text: expect.stringContaining("the lease can't be acquired"),
  });
});
