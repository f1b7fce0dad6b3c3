// Something else undoes what the operator writes: the operator reports it, backs off instead of fighting, and comes back.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { conditionOf, denyIngress } from '../cluster.ts';
import { imposeAdmissionPolicy } from '../support/admission-policies.ts';
import { appNamespace, becomesRight, comesToRest, platformSpec, ring } from '../support/expected-policies.ts';
import { onAnyCluster } from '../support/on-cluster.ts';

/** The first write, those that show that it had no effect, and the one after the first pause. */
const mostWrites = 5;

const ringed = ['deleted', 'edited', 'calm'];
const { cluster, operator } = onAnyCluster({
  namespaces: ringed,
  platform: platformSpec,
  operator: {},
  afterOperator: async ({ cluster }) => {
    await becomesRight(cluster, ringed);
    await cluster.platformCondition('Ready', 'True');
  },
});

/** How often the operator has written NetworkPolicies with this verb; nothing else here uses it. */
const writes = (verb: 'POST' | 'PUT') => cluster.countRequests({ verb, resource: 'networkpolicies' });

/** Another tool: does something about a policy whenever it is there, again and again, until it is stopped. */
function rival(namespace: string, undo: () => Promise<unknown>) {
  let running = true;
  const run = async () => {
    while (running) {
      const deny = (await cluster.policies(namespace)).get(denyIngress);
      if (deny !== undefined && deny.spec.ingress === undefined) await undo();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const stopped = run();
  return {
    async stop() {
      running = false;
      await stopped;
    },
  };
}

const contestOf = (namespace: string) => ({
  namespace,
  reason: 'Contested',
  message: expect.stringContaining(`something undoes what Ringfence writes to \`${denyIngress}\``),
});

async function failing() {
  return (await cluster.platformProfile())?.status?.failing ?? [];
}

describe('two tools that undo every write', () => {
  const rivals: { stop(): Promise<void> }[] = [];
  let before: { readonly POST: number; readonly PUT: number };

  beforeAll(async () => {
    before = { POST: await writes('POST'), PUT: await writes('PUT') };
    rivals.push(
      rival('deleted', () => cluster.deletePolicy('deleted', denyIngress)),
      rival('edited', () => cluster.patchPolicy('edited', denyIngress, { spec: { ingress: [{}] } })),
    );
  });

  afterAll(async () => {
    for (const { stop } of rivals) await stop();
  });

  test('are reported with the name of the policy, in the status and once each in the log', async () => {
    const contested = await cluster.platformCondition('Contested', 'True', 'UndoneByOthers');
    expect(contested.message).toContain(`\`${denyIngress}\``);
    await cluster.eventually('both are reported', async () => (await failing()).length === 2);
    expect(await failing()).toEqual([contestOf('deleted'), contestOf('edited')]);
    await cluster.platformCondition('Ready', 'False', 'NamespacesFailing');
    const lines = operator().lines.filter(({ msg }) => msg === 'a policy is contested');
    expect(lines.map(({ namespace }) => namespace).sort()).toEqual(['deleted', 'edited']);
  });

  test('are not fought, while other namespaces heal', async () => {
    const creates = await writes('POST');
    await cluster.deletePolicy('calm', denyIngress);
    await cluster.policiesAre('calm', ring);
    await comesToRest(cluster, 4_000);
    expect(creates - before.POST).toBeLessThanOrEqual(mostWrites);
    expect((await writes('PUT')) - before.PUT).toBeLessThanOrEqual(mostWrites);
    expect((await writes('PUT')) - before.PUT).toBeGreaterThanOrEqual(3);
  });

  test('are outlasted: when they stop, every policy comes back, and the status is Ready again', async () => {
    for (const { stop } of rivals) await stop();
    await becomesRight(cluster, ringed);
    await cluster.eventually('nothing is contested any more', async () => {
      const profile = await cluster.platformProfile();
      return conditionOf(profile, 'Ready')?.status === 'True' && !conditionOf(profile, 'Contested');
    });
    expect(await failing()).toEqual([]);
  });
});

describe('an admission policy that changes what is written', () => {
  let end: () => Promise<void>;

  beforeAll(async () => {
    const expression = '[JSONPatch{op: "add", path: "/spec/ingress", value: [Object.spec.ingress{}]}]';
    end = await imposeAdmissionPolicy(cluster, {
      kind: 'mutating',
      name: 'opens-everything',
      label: 'mutated',
      spec: {
        reinvocationPolicy: 'Never',
        matchConditions: [{ name: 'deny', expression: `object.metadata.name == '${denyIngress}'` }],
        mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression } }],
      },
      isShownBy: (answer) => !(answer instanceof Error) && answer.spec.ingress !== undefined,
    });
  });

  test('is reported after three writes without effect, which hold up no other policy', async () => {
    const before = (await writes('POST')) + (await writes('PUT'));
    await cluster.createNamespace('mutated', { ...appNamespace, mutated: 'yes' });
    await cluster.platformCondition('Contested', 'True', 'UndoneByOthers');
    // One of them is for the other policy of the ring.
    expect((await writes('POST')) + (await writes('PUT')) - before).toBe(3 + 1);
    expect(await failing()).toEqual([contestOf('mutated')]);
    await cluster.policiesAre('mutated', ring);
    await comesToRest(cluster, 4_000);
  });

  test('is outlasted: without it, the policy is as it should be', async () => {
    await end();
    await becomesRight(cluster, [...ringed, 'mutated']);
    await cluster.platformCondition('Ready', 'True');
  });
});
