// Closing and opening a live namespace, with every set of policies in between recorded: every allow policy is itself
// a deny, so no pod direction may ever be isolated without what is allowed in it.
import { describe, expect, test } from '@jest/globals';
import { denyIngress, monitoringPolicy, transition } from '../cluster.ts';
import { appNamespace, platformSpec, ring } from '../support/expected-policies.ts';
import { onCluster } from '../support/on-cluster.ts';
import { type PolicySet, recordDuring } from '../support/policy-recorder.ts';

const settle = 2;
const { cluster, operator, startOperator } = onCluster({
  namespaces: ['live', 'crash', 'guarded'],
  operator: { settle },
  afterOperator: async ({ cluster, operator }) => {
    await operator().logged('caches synced');
    await cluster.createNamespace('early', appNamespace);
    await cluster.createProfile('early', 'team', {
      routes: [{ name: 'web-to-mongo', from: { app: 'web' }, to: { app: 'mongo' }, ports: [27017] }],
    });
    await cluster.eventually('the team reads that there is no platform profile', async () => {
      const { status } = (await cluster.profile('early', 'team')) ?? {};
      return status?.conditions?.find(({ reason }) => reason === 'NoPlatformProfile');
    });
  },
});

/** What a set of policies lets in: everything, what the ring allows, or less. */
function ingressOf(policies: PolicySet): 'everything' | 'what is allowed' | 'less' {
  if (policies.size === 0 || hasOpening(policies)) return 'everything';
  return policies.has(monitoringPolicy) ? 'what is allowed' : 'less';
}

/** Whether there is a temporary policy; the name of one for some pods only goes on with a hash. */
function hasOpening(policies: PolicySet): boolean {
  return [...policies.keys()].some((name) => name.startsWith(transition));
}

const during = (namespace: string, change: () => Promise<void>) =>
  recordDuring(cluster.api, namespace, change);

describe('a namespace that is older than the platform profile', () => {
  test('is live, also if the operator saw its creation', async () => {
    const recorder = await during('early', async () => {
      await cluster.platform(platformSpec);
      await cluster.platformCondition('Ready', 'True', 'Enforced');
    });
    expect(recorder.names()[1]).toBe(transition);
    expect(recorder.sets.map(ingressOf)).not.toContain('less');
    expect(recorder.sets.at(-1)?.size).toBe(ring.length + 1);
  });

  test('is live, also if policies of a team are left after garbage collection has taken the ring', async () => {
    await operator().stop();
    await cluster.deletePlatform();
    for (const namespace of ['early', 'live', 'crash', 'guarded'])
      for (const name of ring) await cluster.deletePolicy(namespace, name);
    const recorder = await during('early', async () => {
      await cluster.platform(platformSpec);
      await startOperator();
      await cluster.platformCondition('Ready', 'True', 'Enforced');
    });
    const [before, first] = recorder.sets;
    expect(before?.size).toBe(1);
    // The pods of the team's policy are isolated before and after: they are not opened, all others are.
    expect(first && hasOpening(first)).toBe(true);
    expect(first?.has(transition)).toBe(false);
    expect(recorder.sets.slice(1).map(ingressOf)).not.toContain('less');
    await cluster.platform({ enforcement: 'Off' });
    await cluster.platformCondition('Ready', 'True', 'Off');
  });
});

describe('a live namespace', () => {
  test('is closed through a temporary policy that allows everything, until the ring has settled', async () => {
    const recorder = await during('live', async () => {
      const begun = performance.now();
      await cluster.platform({ enforcement: 'Enforce' });
      await cluster.policiesAre('live', [...ring, transition]);
      await cluster.platformCondition('Programmed', 'False', 'Transitioning');
      await cluster.policiesAre('live', ring);
      // Measured from before the first write, so that a slow machine only sees a longer time.
      expect(performance.now() - begun).toBeGreaterThan(settle * 1000);
    });
    expect(recorder.names()).toEqual([
      '',
      transition,
      [denyIngress, transition].join(' '),
      [...ring, transition].sort().join(' '),
      ring.join(' '),
    ]);
    expect(recorder.sets.map(ingressOf)).not.toContain('less');
    await cluster.platformCondition('Ready', 'True');
  });

  test('keeps what is allowed while a rule is edited, and is never opened for it', async () => {
    const recorder = await during('live', async () => {
      await cluster.platform({
        monitoring: [{ ...platformSpec.monitoring[0], ports: ['metrics', 8080] }],
      });
      await cluster.eventually('the new port is written', async () => {
        const policy = (await cluster.policies('live')).get(monitoringPolicy);
        return JSON.stringify(policy?.spec.ingress).includes('8080');
      });
    });
    expect(recorder.sets.map(ingressOf)).toEqual(recorder.sets.map(() => 'what is allowed'));
  });

  test('is opened through a temporary policy too', async () => {
    const recorder = await during('live', async () => {
      await cluster.platform({ enforcement: 'DryRun' });
      await cluster.policiesAre('live', []);
    });
    expect(recorder.names().at(1)).toBe([...ring, transition].sort().join(' '));
    expect(recorder.names().at(-2)).toBe(transition);
    expect(recorder.sets.map(ingressOf)).not.toContain('less');
  });

  test('continues after a crash half-way, from what the operator finds', async () => {
    const recorder = await during('crash', async () => {
      await cluster.platform({ enforcement: 'Enforce' });
      await cluster.eventually('the temporary policy is there', async () =>
        (await cluster.policies('crash')).get(transition),
      );
      await operator().kill();
      await cluster.deletePolicy('crash', monitoringPolicy).catch(() => undefined);
      await startOperator();
      await cluster.policiesAre('crash', ring);
    });
    expect(recorder.sets.map(ingressOf)).not.toContain('less');
  });

  test('is not opened if a policy of somebody else already isolates all of its pods', async () => {
    await cluster.platform({ enforcement: 'Off' });
    await cluster.policiesAre('guarded', []);
    await cluster.createPolicy('guarded', 'own-deny', { podSelector: {}, policyTypes: ['Ingress'] });
    const recorder = await during('guarded', async () => {
      await cluster.platform({ enforcement: 'Enforce' });
      await cluster.policiesAre('guarded', ['own-deny', ...ring]);
    });
    expect(recorder.sets.some((set) => set.has(transition))).toBe(false);
  });
});
