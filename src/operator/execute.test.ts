// How a plan is carried out where something undoes it, or nobody wants it any more. The requests go to a real server.
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pino from 'pino';
import { type LocalClient, localClient } from '../../test/local-server.ts';
import { fingerprint } from '../model/network-policy.ts';
import type { DesiredPolicy, Owner } from '../model/policies.ts';
import { Cache } from '../objects/cache.ts';
import { networkPolicies } from '../objects/policy-resources.ts';
import type { PolicyChange } from '../plan/changes.ts';
import type { Plan } from '../plan/plan.ts';
import { PolicyWriter } from './apply.ts';
import { DriftReporter } from './drift-reporter.ts';
import { PlanExecutor } from './execute.ts';
import { Metrics } from './metrics.ts';
import { Owners } from './owners.ts';
import { settlingFor } from './settling.ts';
import { TrackedNamespace } from './tracked-namespace.ts';
import { WriteConflicts } from './write-conflicts.ts';

const team: Owner = { kind: 'AppNetworkProfile', name: 'team', uid: 'team-1' };
const successor: Owner = { ...team, uid: 'team-2' };
const platform: Owner = { kind: 'PlatformNetworkProfile', name: 'default', uid: 'platform-1' };

let local: LocalClient;
let shop: TrackedNamespace;
let executor: PlanExecutor;
/** The uids of the profiles that the server has. */
let profiles: string[];
const asked: string[] = [];
const created: string[] = [];

beforeEach(async () => {
  shop = new TrackedNamespace('shop', 'shop-1');
  asked.length = 0;
  created.length = 0;
  profiles = [team.uid, platform.uid];
  local = await localClient(async (request, response) => {
    const body = await text(request);
    if (request.method === 'GET') {
      asked.push(request.url ?? '');
      const name = /name%3D(\w+)/.exec(request.url ?? '')?.[1];
      const items = profiles.map((uid) => ({ metadata: { name, uid, resourceVersion: '1' } }));
      const kind = name === 'team' ? 'AppNetworkProfileList' : 'PlatformNetworkProfileList';
      const metadata = { resourceVersion: '1' };
      response.end(JSON.stringify({ apiVersion: 'ringfence.dev/v1alpha1', kind, metadata, items }));
      return;
    }
    const { metadata, ...sent } = JSON.parse(body);
    created.push(metadata.name);
    const identity = { uid: `policy-${created.length}`, resourceVersion: String(created.length) };
    response.end(JSON.stringify({ ...sent, metadata: { ...metadata, ...identity } }));
  });
  const cache = new Cache(local.client, 'ringfence-system');
  const policies = new PolicyWriter({
    policies: cache.requests(networkPolicies),
    known: cache.stores.policies,
    driftReporter: new DriftReporter({
      log: pino({ level: 'silent' }),
      find: () => undefined,
      send: async () => {},
    }),
    metrics: new Metrics(1),
  });
  executor = new PlanExecutor({
    policies,
    conflicts: new WriteConflicts(),
    owners: new Owners(cache),
    settling: settlingFor(0),
  });
});

afterEach(() => local.stop());

function policyOf(owner: Owner, name: string): DesiredPolicy {
  const spec = { podSelector: {}, policyTypes: ['Ingress'] } as const;
  return { namespace: 'shop', name: `ringfence-${name}`, owner, spec, description: 'denies' };
}

/** A plan that writes policies of these owners, as if none of them were there. */
function planFor(...policies: readonly DesiredPolicy[]): Plan {
  const changes = policies.map(
    (policy): PolicyChange => ({ action: 'create', policy, fingerprint: fingerprint(policy.spec) }),
  );
  return { phases: [{ purpose: 'allow', changes }], findings: [], transient: [] };
}

/** Carries out a plan so often: each time all that it wrote is gone again. */
async function again(times: number, plan: Plan, namespace = shop): Promise<readonly string[]> {
  const states: string[] = [];
  for (let time = 0; time < times; time += 1)
    states.push((await executor.execute(namespace, plan, { epoch: 0 })).state);
  return states;
}

describe('a policy that is gone whenever it was written', () => {
  test('has a rival if its owner is there: three writes without success are enough', async () => {
    expect(await again(5, planFor(policyOf(team, 'web')))).toEqual([
      'Done',
      'Done',
      'Done',
      'Contested',
      'Contested',
    ]);
    expect(created).toHaveLength(4);
  });

  test('has none if its owner is gone: it is not written again, and not called contested', async () => {
    profiles = [platform.uid];
    const states = await again(5, planFor(policyOf(team, 'web'), policyOf(platform, 'monitoring')));
    expect(states).toEqual(['Done', 'Outdated', 'Outdated', 'Outdated', 'Outdated']);
    expect(created.filter((name) => name === 'ringfence-web')).toHaveLength(1);
    expect(asked[0]).toBe(
      '/apis/ringfence.dev/v1alpha1/namespaces/shop/appnetworkprofiles?fieldSelector=metadata.name%3Dteam',
    );
  });

  test('is asked for once where all of its namespace depend on one owner that is gone', async () => {
    profiles = [];
    await again(3, planFor(policyOf(platform, 'a'), policyOf(platform, 'b')));
    await again(3, planFor(policyOf(platform, 'a')), new TrackedNamespace('pay', 'pay-1'));
    expect(asked).toHaveLength(1);
    expect(created).toHaveLength(2);
  });

  test('is written at once for the successor of its owner', async () => {
    await again(4, planFor(policyOf(team, 'web')));
    profiles = [successor.uid];
    expect(await again(1, planFor(policyOf(successor, 'web')))).toEqual(['Done']);
  });

  test('is written at once in the next namespace of the same name, however often that is created', async () => {
    for (let round = 1; round <= 8; round += 1) {
      const states = await again(
        1,
        planFor(policyOf(team, 'web')),
        new TrackedNamespace('shop', `shop-${round}`),
      );
      expect(states).toEqual(['Done']);
    }
    expect(created).toHaveLength(8);
  });
});

test('a phase is finished for owners that are there, and none after it is begun', async () => {
  const { phases: first } = planFor(policyOf(team, 'web'), policyOf(platform, 'monitoring'));
  const { phases: second } = planFor(policyOf(platform, 'later'));
  await again(1, { phases: first, findings: [], transient: [] });
  profiles = [platform.uid];
  created.length = 0;
  await again(1, { phases: [...first, ...second], findings: [], transient: [] });
  expect(created).toEqual(['ringfence-monitoring']);
});
