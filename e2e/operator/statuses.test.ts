// What statuses say when others write them, when writes are refused, and over a restart: what is true, and nothing twice.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { conditionOf, platformPath, profilePath, type StoredProfile, transition } from '../cluster.ts';
import { imposeAdmissionPolicy } from '../support/admission-policies.ts';
import { appNamespace, becomesRight, comesToRest, platformSpec } from '../support/expected-policies.ts';
import { onCluster } from '../support/on-cluster.ts';

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

/** Waits until the status of a team's profile is as `look` wants it. */
async function teamReads<T>(
  namespace: string,
  what: string,
  look: (profile: StoredProfile) => T | undefined,
  timeoutMs?: number,
): Promise<T> {
  return cluster.eventually(
    what,
    async () => {
      const profile = await cluster.profile(namespace, 'team');
      return profile && look(profile);
    },
    { timeoutMs, instead: async () => JSON.stringify((await cluster.profile(namespace, 'team'))?.status) },
  );
}

const isReady = (profile: StoredProfile) =>
  conditionOf(profile, 'Ready')?.status === 'True' ? profile.status : undefined;

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

  test('of the platform profile is fixed: the operator restores what it discovered', async () => {
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
  test('keeps its status over a restart, with the times in it: nothing is written', async () => {
    await comesToRest(cluster);
    const before = await cluster.platformProfile();
    await operator().stop();
    await startOperator();
    await operator().logged('the platform profile: ');
    await comesToRest(cluster);
    expect(await cluster.platformProfile()).toEqual(before);
  });

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

  test('stops reporting a name that was taken while a namespace was being closed', async () => {
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
    await cluster.platformReports('NameTaken', false);
  });
});

describe('a namespace in which the server refuses policies', () => {
  const reason = 'policies are closed for the season';
  let end: () => Promise<void>;

  beforeAll(async () => {
    end = await imposeAdmissionPolicy(cluster, {
      kind: 'validating',
      name: 'no-policies',
      label: 'refused',
      spec: { validations: [{ expression: 'false', message: reason }] },
      isShownBy: (answer) => answer instanceof Error && answer.message.includes(reason),
    });
  });

  test("tells a new profile's team so: in the status, with the server's reason, and with an Event", async () => {
    await cluster.createNamespace('refused', { ...appNamespace, refused: 'yes' });
    await cluster.createProfile('refused', 'team', team);
    const profile = await teamReads('refused', 'the team reads why', (stored) => {
      const programmed = conditionOf(stored, 'Programmed');
      return programmed?.status === 'False' && programmed.message.includes(reason) ? stored : undefined;
    });
    expect(conditionOf(profile, 'Ready')).toMatchObject({ status: 'False', reason: 'Refused' });
    expect(conditionOf(profile, 'Accepted')).toMatchObject({ status: 'True' });
    expect(profile.status?.routes).toEqual([
      expect.objectContaining({ name: 'web', state: 'Pending', reason: 'Refused' }),
    ]);
    const event = await cluster.eventually('the team has an Event', async () =>
      (await cluster.events('refused')).find(({ note, regarding }) => note.includes(reason) && regarding.uid),
    );
    expect(event.regarding).toMatchObject({ kind: 'AppNetworkProfile', name: 'team', namespace: 'refused' });
    await cluster.platformCondition('Ready', 'False', 'NamespacesFailing');
  });

  test('reports the end of the refusal', async () => {
    await end();
    const status = await teamReads('refused', 'the team is Ready', isReady, 120_000);
    expect(status.routes).toEqual([expect.objectContaining({ name: 'web', state: 'Active' })]);
    await cluster.platformCondition('Ready', 'True', 'Enforced');
  });
});
