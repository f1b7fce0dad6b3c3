// What statuses say when others write them, when writes are refused, and over a restart: what is true, and nothing twice.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { denyIngress, platformPath, profilePath, type StoredProfile, transition } from '../cluster.ts';
import { appNamespace, becomesRight, comesToRest, platformSpec } from '../support/expected-policies.ts';
import { onCluster } from '../support/on-cluster.ts';

const admission = '/apis/admissionregistration.k8s.io/v1';
const team = { routes: [{ name: 'web', from: { app: 'web' }, to: { app: 'mongo' }, ports: [27017] }] };

const { cluster, operator, startOperator } = onCluster({
  controllerManager: true,
  namespaces: ['shop', 'pay'],
  platform: platformSpec,
  operator: {},
  afterOperator: async ({ cluster }) => {
    await becomesRight(cluster, ['shop', 'pay']);
    await cluster.platformCondition('Ready', 'True', 'Enforced');
  },
});

const condition = ({ status }: StoredProfile, type: string) =>
  status?.conditions?.find((candidate) => candidate.type === type);

/** Waits until the status of a team's profile is as `look` wants it. */
async function teamReads<T>(
  namespace: string,
  what: string,
  look: (profile: StoredProfile) => T | undefined,
): Promise<T> {
  return cluster.eventually(
    what,
    async () => {
      const profile = await cluster.profile(namespace, 'team');
      return profile && look(profile);
    },
    { instead: async () => JSON.stringify((await cluster.profile(namespace, 'team'))?.status) },
  );
}

const isReady = (profile: StoredProfile) =>
  condition(profile, 'Ready')?.status === 'True' ? profile.status : undefined;

describe('a status that somebody else writes', () => {
  test("of a team's profile is fixed", async () => {
    await cluster.createProfile('shop', 'team', team);
    const before = await teamReads('shop', 'the team is Ready', isReady);
    await cluster.api.json('PATCH', `${profilePath('shop', 'team')}/status`, {
      status: { observedGeneration: 0, policies: 99, routes: null },
    });
    const after = await teamReads('shop', 'its status is as before', ({ status }) =>
      status?.observedGeneration === 1 && status.routes !== undefined ? status : undefined,
    );
    expect(after).toEqual(before);
  });

  test('of the platform profile is fixed: what was found out is restored from what the operator knows', async () => {
    const before = await cluster.eventually('something was found out', async () => {
      const found = (await cluster.platformProfile())?.status?.discovered;
      return found?.kubernetesAPI?.endpoints.length ? found : undefined;
    });
    for (const forged of [null, { kubernetesAPI: { endpoints: [{ address: '198.51.100.1', port: 443 }] } }]) {
      await cluster.api.json('PATCH', `${platformPath}/status`, { status: { discovered: forged } });
      await cluster.eventually('it is restored', async () => {
        const found = (await cluster.platformProfile())?.status?.discovered;
        return JSON.stringify(found) === JSON.stringify(before);
      });
    }
  });
});

describe('the platform profile', () => {
  test('is as Ready after a restart as it was, and at the same time: nothing is written', async () => {
    await comesToRest(cluster);
    const before = await cluster.platformProfile();
    const statuses: unknown[] = [];
    await operator().stop();
    await startOperator();
    await operator().logged('the platform profile: ');
    await comesToRest(cluster);
    statuses.push(await cluster.platformProfile());
    expect(statuses).toEqual([before]);
  }, 60_000);

  test('counts as many policies as there are when a namespace is gone', async () => {
    await cluster.deleteNamespace('pay');
    await cluster.eventually(
      'the count is right',
      async () => {
        const counts = (await cluster.platformProfile())?.status?.counts;
        const found = await cluster.policyNames('shop');
        return counts?.policies === found.length && counts.enforced === 1;
      },
      { instead: async () => JSON.stringify((await cluster.platformProfile())?.status) },
    );
  });

  test('does not go on telling of a name that was taken while a namespace was being closed', async () => {
    await cluster.createNamespace('live');
    await cluster.createPolicy('live', transition, {
      podSelector: { matchLabels: { x: 'y' } },
      policyTypes: ['Ingress'],
    });
    await operator().stop();
    await startOperator();
    await operator().logged('caches synced');
    await cluster.label('live', appNamespace);
    await cluster.platformCondition('Ready', 'False', 'Transitioning');
    await cluster.platformCondition('Ready', 'True', 'Enforced');
    await cluster.eventually('the name is reported no more', async () => {
      const { message } = await cluster.platformCondition('Accepted', 'True');
      return !message.includes('NameTaken');
    });
  }, 60_000);
});

describe('a namespace in which the server refuses policies', () => {
  const name = 'no-policies';
  const reason = 'policies are closed for the season';

  beforeAll(async () => {
    await cluster.api.json('POST', `${admission}/validatingadmissionpolicies`, {
      metadata: { name },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          namespaceSelector: { matchLabels: { refused: 'yes' } },
          resourceRules: [
            {
              apiGroups: ['networking.k8s.io'],
              apiVersions: ['v1'],
              resources: ['networkpolicies'],
              operations: ['CREATE', 'UPDATE'],
            },
          ],
        },
        validations: [{ expression: 'false', message: reason }],
      },
    });
    await cluster.api.json('POST', `${admission}/validatingadmissionpolicybindings`, {
      metadata: { name },
      spec: { policyName: name, validationActions: ['Deny'] },
    });
    await cluster.createNamespace('probe', { refused: 'yes' });
    await cluster.eventually('the policy is in force', async () => {
      try {
        await cluster.createPolicy('probe', denyIngress, { podSelector: {} });
        await cluster.deletePolicy('probe', denyIngress);
        return undefined;
      } catch (error) {
        return String(error).includes(reason);
      }
    });
  }, 60_000);

  test("tells a new profile's team so: in the status, with the server's reason, and with an Event", async () => {
    await cluster.createNamespace('refused', { ...appNamespace, refused: 'yes' });
    await cluster.createProfile('refused', 'team', team);
    const status = await teamReads('refused', 'the team reads why', (profile) => {
      const programmed = condition(profile, 'Programmed');
      return programmed?.status === 'False' && programmed.message.includes(reason) ? profile : undefined;
    });
    expect(condition(status, 'Ready')).toMatchObject({ status: 'False', reason: 'Refused' });
    expect(condition(status, 'Accepted')).toMatchObject({ status: 'True' });
    expect(status.status?.routes).toEqual([
      expect.objectContaining({ name: 'web', state: 'Pending', reason: 'Refused' }),
    ]);
    const event = await cluster.eventually('the team has an Event', async () => {
      const { items } = await cluster.api.json<{ items: readonly { note: string; regarding: object }[] }>(
        'GET',
        '/apis/events.k8s.io/v1/namespaces/refused/events',
      );
      return items.find(({ note, regarding }) => note.includes(reason) && 'uid' in regarding);
    });
    expect(event.regarding).toMatchObject({ kind: 'AppNetworkProfile', name: 'team', namespace: 'refused' });
    await cluster.platformCondition('Ready', 'False', 'NamespacesFailing');
  }, 60_000);

  test('tells that it is over when it is', async () => {
    await cluster.api.json('DELETE', `${admission}/validatingadmissionpolicybindings/${name}`);
    const status = await cluster.eventually(
      'the team is Ready',
      async () => {
        const profile = await cluster.profile('refused', 'team');
        return profile && isReady(profile);
      },
      { timeoutMs: 120_000 },
    );
    expect(status.routes).toEqual([expect.objectContaining({ name: 'web', state: 'Active' })]);
    await cluster.platformCondition('Ready', 'True', 'Enforced');
  }, 150_000);
});
