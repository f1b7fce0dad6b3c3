// A minute at rest. What the API server does for itself is taken away: that of the raw writer has no operator. What it does not count,
// the operator does.
// Must not know what is promised.
import { setTimeout as sleep } from 'node:timers/promises';
import { countsSince, type RequestCount } from '../../e2e/control-plane/request-counts.ts';
import { observe } from './observe.ts';
import { costFigures, type ScenarioResult } from './scenario-result.ts';
import type { Stage } from './stage.ts';

const minuteMs = 60_000;

/** Nothing happens in the cluster. */
export async function measureRest(stage: Stage): Promise<ScenarioResult> {
  const { ours, raw, operator, writer } = stage;
  await stage.atRest('Enforced');
  const unknownBefore = await operator.unknownKinds();
  const minute = () => sleep(minuteMs);
  const [{ cost }, { cost: rawCost }] = await Promise.all([
    observe(ours, operator.process, minute),
    observe(raw, writer, minute),
  ]);
  const lag = await operator.takeLag();
  const unknown = {
    ...{ verb: 'GET', group: '', resource: 'kinds that are absent', subresource: '', code: '404' },
    count: (await operator.unknownKinds()) - unknownBefore,
  };
  const requests = [...countsSince(rawCost.requests, cost.requests), unknown];
  return {
    scenario: 'rest, for a minute',
    figures: [
      { what: 'requests', unit: '', ringfence: countOf(requests.filter(isWork)) },
      ...costFigures({ cost, lag }),
    ],
    cost: { ...cost, requests },
  };
}

/** Watches are renewed, and each kind is listed once an hour, to compare the cache with it. */
function isWork({ verb, resource }: RequestCount): boolean {
  return verb !== 'WATCH' && verb !== 'LIST' && resource !== 'leases';
}

function countOf(requests: readonly RequestCount[]): number {
  return requests.reduce((sum, { count }) => sum + count, 0);
}
