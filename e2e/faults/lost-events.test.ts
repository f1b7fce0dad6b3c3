// A watch that loses an event and goes on as if nothing had happened. Nothing but a look at what the server really has finds it.
import { expect, test } from '@jest/globals';
import { denyIngress } from '../cluster.ts';
import {
  appNamespace,
  becomesRight,
  comesToRest,
  countWrites,
  platformSpec,
} from '../support/expected-policies.ts';
import { onCluster } from '../support/on-cluster.ts';

const ringed = ['edited', 'deleted'];
const comparisons = 'ringfence_cache_comparisons_total{result="success"}';
const { cluster, operator, proxy } = onCluster({
  proxy: true,
  namespaces: ringed,
  platform: platformSpec,
  operator: { flags: ['--compare-every', '1'] },
  afterOperator: async ({ cluster }) => {
    await becomesRight(cluster, ringed);
    await comesToRest(cluster);
  },
});

/** How many objects were found to differ, by resource; without resources that have none. */
async function differences(): Promise<Readonly<Record<string, number>>> {
  const found: Record<string, number> = {};
  for (const [line, value] of await operator().metrics()) {
    const resource = /^ringfence_cache_differences_total\{resource="(.+)"\}$/.exec(line)?.[1];
    if (resource !== undefined && value !== 0) found[resource] = value;
  }
  return found;
}

/** Waits until so many comparisons have been made from now on. */
async function compared(count: number): Promise<void> {
  const made = async () => (await operator().metrics()).get(comparisons) ?? 0;
  const before = await made();
  await cluster.eventually(`${count} comparisons are made`, async () => (await made()) >= before + count);
}

test('if nothing differs, comparisons write nothing, count nothing and read no object', async () => {
  const [writes, first] = [await countWrites(cluster), proxy().seen.length];
  await compared(60);
  expect(await differences()).toEqual({});
  expect(await countWrites(cluster)).toBe(writes);
  const reads = proxy()
    .seen.slice(first)
    .filter(({ path }) => path.includes('metadata.name'));
  expect(reads.filter(({ path }) => !path.includes('limit=500') && !path.includes('watch=true'))).toEqual([]);
  expect(operator().lines.find(({ msg }) => /compared|lost events/.test(msg))).toBeUndefined();
  expect((await operator().metrics()).get(comparisons.replace('success', 'error'))).toBe(0);
});

test('lost events are found, acted on, reported and counted', async () => {
  const policies = /\/networkpolicies\?/;
  const lost = [
    proxy().watches.lose(/\/namespaces\?/, /"type":"ADDED".*"name":"created"/),
    proxy().watches.lose(policies, /"type":"MODIFIED".*"namespace":"edited"/),
    proxy().watches.lose(policies, /"type":"DELETED".*"namespace":"deleted"/),
  ];
  await cluster.createNamespace('created', appNamespace);
  await cluster.patchPolicy('edited', denyIngress, { spec: { ingress: [{}] } });
  await cluster.deletePolicy('deleted', denyIngress);
  ringed.push('created');
  // It is not before the watch has passed the list that something counts as lost: a bookmark may take a minute.
  await becomesRight(cluster, ringed, 180_000);
  expect(lost.map((isLost) => isLost())).toEqual([true, true, true]);
  await comesToRest(cluster);
  await compared(60);
  expect(await differences()).toEqual({ namespaces: 1, 'networkpolicies.networking.k8s.io': 2 });
  const told = operator().lines.filter(({ msg }) => msg.includes('the watch lost events'));
  expect(told.flatMap(({ objects }) => objects).sort()).toEqual([
    'created',
    `deleted/${denyIngress}`,
    `edited/${denyIngress}`,
  ]);
});
