// Two operators of one cluster: one works, the other one waits, and takes over when the first one ends, dies or falls silent.
import { describe, expect, test } from '@jest/globals';
import { denyIngress, leasePath } from '../cluster.ts';
import { appNamespace, becomesRight, platformSpec } from '../support/expected-policies.ts';
import { onCluster } from '../support/on-cluster.ts';
import type { OperatorProcess } from '../support/operator-process.ts';

const seconds = 3;
const flags = ['--leader-elect', '--lease-duration', String(seconds)];
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
const direct = () => cluster.operatorKubeconfig();
const viaProxy = async () => proxy().kubeconfig(await direct());
const start = async (kubeconfig = direct()) => startOperator({ kubeconfig: await kubeconfig, flags });

/** Starts one, and another one when the first one works. */
async function startTwo(kubeconfig = direct()): Promise<readonly [OperatorProcess, OperatorProcess]> {
  const first = await start(kubeconfig);
  await first.logged('the lease is ours');
  const second = await start();
  await second.logged('another operator holds the lease: waiting');
  await second.logged('caches synced');
  return [first, second];
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

test('an operator that is stopped hands over at once', async () => {
  const [first, second] = await startTwo();
  expect(await first.stop()).toBe(0);
  const before = await lease();
  expect(before?.leaseDurationSeconds === 1 || before?.holderIdentity !== '').toBe(true);
  await second.logged('the lease is ours');
  await corrects(second);
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

describe('a lease that is lost', () => {
  test('because it cannot be renewed ends the operator, with this reason, before another one takes over', async () => {
    const [first, second] = await startTwo(viaProxy());
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
  test('when somebody deletes it, or edits it', async () => {
    const first = await start();
    await first.logged('the lease is ours');
    await cluster.api.json('DELETE', leasePath);
    await cluster.eventually('it is back', async () => (await lease()) !== undefined);
    await cluster.api.json('PATCH', leasePath, { metadata: { labels: { edited: 'yes' } } });
    const { renewTime } = (await lease()) ?? {};
    await cluster.eventually('it is renewed', async () => (await lease())?.renewTime !== renewTime);
    await corrects(first);
  });

  test('when the answer to a renewal is lost', async () => {
    const first = await start(viaProxy());
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
