// A restart of the operator: when all is right, beside a raw watch-list of as many policies; and when all is stale, because the
// platform profile was edited while it was down, beside a raw watch-list and the same writes. Must not know what is promised.
import { writeVerbs } from '../../e2e/control-plane/request-counts.ts';
import { percentile } from '../statistics.ts';
import { repeatWrites } from './bulk-work.ts';
import { observe, observeRequests } from './observe.ts';
import { costFigures, type ScenarioResult } from './scenario-result.ts';
import { family, type Stage, timeoutMs } from './stage.ts';

const restarts = 3;

/** Everything is as it should be. The median of several restarts counts, and all their writes. */
export async function measureRestart(stage: Stage): Promise<ScenarioResult> {
  const { ours, raw, writer } = stage;
  const { result: times, requests } = await observeRequests(ours, async () => {
    const ready: number[] = [];
    for (let round = 0; round < restarts; round += 1) {
      await stage.stopOperator();
      const operator = await stage.startOperator();
      ready.push((await operator.ready(timeoutMs)) - operator.startedAt);
      await stage.atRest('Enforced');
    }
    return ready;
  });
  const { result: listing, cost: rawCost } = await observe(raw, writer, async () => {
    const lists: number[] = [];
    for (let round = 0; round < restarts; round += 1) lists.push(await stage.listRaw());
    return lists;
  });
  const { process } = stage.operator;
  const cost = { cpuSeconds: process.cpuSeconds(), peakMiB: process.peakMemoryMiB(), requests };
  const written = requests.filter(
    ({ verb, resource }) => writeVerbs.some((each) => each === verb) && resource !== 'leases',
  );
  return {
    scenario: 'restart, all right',
    figures: [
      { what: 'ready', unit: 'ms', ringfence: percentile(times, 50), raw: percentile(listing, 50) },
      { what: 'writes', unit: '', ringfence: written.reduce((sum, { count }) => sum + count, 0) },
      ...costFigures({ cost, lag: await stage.operator.takeLag() }),
    ],
    cost,
    rawCost,
  };
}

/** DNS has had another port since before the start: one policy of each namespace is stale. */
export async function measureStaleRestart(stage: Stage): Promise<ScenarioResult> {
  const { ours, raw, writer, namespaces } = stage;
  await stage.stopOperator();
  await ours.cluster.platform({ dns: { ports: [5354] } });
  stage.takeWrites();
  const policies = { family, names: ['ringfence-dns'] };
  const isWritten = { verb: 'PUT', names: policies.names, namespaces } as const;
  const { result: seconds, requests } = await observeRequests(ours, async () => {
    const before = ours.witness.tally('MODIFIED', policies);
    const { startedAt } = await stage.startOperator();
    const end = await ours.witness.tallied('MODIFIED', policies, before + namespaces.length, timeoutMs);
    await stage.atRest('Enforced');
    return (end - startedAt) / 1000;
  });
  const { process } = stage.operator;
  const cost = { cpuSeconds: process.cpuSeconds(), peakMiB: process.peakMemoryMiB(), requests };
  const lag = await stage.operator.takeLag();
  const writes = stage.takeWrites();
  const { result: rawSeconds, cost: rawCost } = await observe(raw, writer, async () => {
    const listMs = await stage.listRaw();
    const perSecond = await repeatWrites(stage, isWritten, writes);
    return listMs / 1000 + namespaces.length / perSecond;
  });
  return {
    scenario: 'restart, all stale',
    figures: [
      { what: 'all written', unit: 's', ringfence: seconds, raw: rawSeconds },
      ...costFigures({ cost, rawCost, lag }),
    ],
    cost,
    rawCost,
  };
}
