// Profiles that are stored and do not decode, as after a CRD of another version or a loosened one: what they own stays as
// it is, the status names the field, and everything else continues.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { denyIngress, platformPath, platformsPath, profilePath } from '../cluster.ts';
import { appNamespace, becomesRight, comesToRest, platformSpec, ring } from '../support/expected-policies.ts';
import { loosen, scribble, seesUnknownFields } from '../support/loosened-schema.ts';
import { onCluster } from '../support/on-cluster.ts';

const profile = profilePath('shop', 'web');
const ringed = ['shop', 'other'];
const owned = 'ringfence-web-of-another-version';

const { cluster, operator, startOperator } = onCluster({
  namespaces: ringed,
  platform: platformSpec,
  beforeOperator: ({ cluster }) => cluster.createProfile('shop', 'web', { routes: [] }),
  operator: {},
  afterOperator: ({ cluster }) => becomesRight(cluster, ringed),
});

interface Conditioned {
  readonly metadata: { readonly generation: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly { type: string; status: string; reason: string; message: string }[];
  };
}

/** Waits until an object's condition Accepted is about its newest generation and says so. */
async function accepted(path: string, status: string, reason: string, message = '') {
  let last: unknown;
  await cluster.eventually(
    `Accepted is ${status} (${reason}): ${message}`,
    async () => {
      const found = await cluster.find<Conditioned>(path);
      const condition = Array.isArray(found?.status?.conditions)
        ? found.status.conditions.find((candidate) => candidate?.type === 'Accepted')
        : undefined;
      last = condition;
      return (
        found?.status?.observedGeneration === found?.metadata.generation &&
        condition?.status === status &&
        condition.reason === reason &&
        condition.message.includes(message)
      );
    },
    { instead: async () => `it says ${JSON.stringify(last)}` },
  );
}

/** Shows that the watches and the workers go on: another namespace gets its ring. */
async function goesOn(): Promise<void> {
  const name = `probe-${ringed.length}`;
  ringed.push(name);
  await cluster.createNamespace(name, appNamespace);
  await cluster.policiesAre(name, ring);
}

/** Shows that a ring is fixed. */
async function heals(namespace: string): Promise<void> {
  await cluster.deletePolicy(namespace, denyIngress);
  await cluster.eventually('it is back', async () => (await cluster.policies(namespace)).get(denyIngress));
}

describe('a second PlatformNetworkProfile', () => {
  const second = {
    apiVersion: 'ringfence.dev/v1alpha1',
    kind: 'PlatformNetworkProfile',
    metadata: { name: 'second' },
    spec: { enforcement: 'Off' },
  };

  test('is refused by the API server, which names metadata.name', async () => {
    const answer = cluster.api.json('POST', platformsPath, second);
    await expect(answer).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('metadata.name must be `default`'),
    });
  });
});

describe('a stored AppNetworkProfile that does not decode', () => {
  const routes = [{ name: 'a', from: { app: 'web' }, to: { app: 'mongo' } }];

  beforeAll(async () => {
    await loosen(cluster, 'appnetworkprofiles');
    await seesUnknownFields(cluster, profile);
  });

  /** What is wrong, and what the condition says of it. */
  const garbage: readonly (readonly [string, object | string | null, string])[] = [
    ['no spec', null, 'spec: is required'],
    ['a spec of another type', 'nonsense', 'spec: must be an object'],
    ['routes of another type', { routes: 'nonsense' }, 'spec.routes: must be a list'],
    [
      'a route end of another version',
      { routes: [{ ...routes[0], to: { fqdn: 'example.org' } }] },
      'spec.routes[0].to',
    ],
    ['an unknown field', { routes: [], strict: true }, 'spec.strict'],
    ['a route that is null', { routes: [null] }, 'spec.routes[0]'],
  ];

  test.each(garbage)('because it has %s, reports the field', async (_, spec, message) => {
    await scribble(cluster, profile, { spec: null });
    await scribble(cluster, profile, { spec });
    await accepted(profile, 'False', 'InvalidProfile', message);
    await goesOn();
  });

  test('keeps what it owns, untouched, while the ring around it and other namespaces heal', async () => {
    const stored = await cluster.find<{ metadata: { uid: string } }>(profile);
    const owner = {
      apiVersion: 'ringfence.dev/v1alpha1',
      kind: 'AppNetworkProfile',
      name: 'web',
      uid: stored?.metadata.uid,
      controller: true,
    };
    await cluster.createPolicy(
      'shop',
      owned,
      { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] },
      { labels: { 'app.kubernetes.io/managed-by': 'ringfence' }, ownerReferences: [owner] },
    );
    const before = (await cluster.policies('shop')).get(owned);
    expect(before).toBeDefined();
    await heals('shop');
    await heals('other');
    expect((await cluster.policies('shop')).get(owned)).toEqual(before);
    await operator().stop();
    await startOperator();
    await heals('shop');
    await comesToRest(cluster);
    expect((await cluster.policies('shop')).get(owned)).toEqual(before);
  });

  test('applies again when it is fixed: what it should not own goes', async () => {
    await scribble(cluster, profile, { spec: null });
    await scribble(cluster, profile, { spec: { routes: [] } });
    await accepted(profile, 'True', 'Accepted');
    await becomesRight(cluster, ringed);
  });
});

describe('a status that somebody scribbled into', () => {
  test.each([
    ['lists of another type', { conditions: 'nonsense', routes: 7 }],
    ['a condition that is none', { conditions: [7, null, { type: 'Accepted' }] }],
    ['no object', 'nonsense'],
    ['fields of another version', { conditions: null, observedGeneration: -1, invented: { by: 'others' } }],
  ])('of a team, with %s, is written anew, and the profile counts', async (_, status) => {
    await scribble(cluster, `${profile}/status`, { status: null });
    await scribble(cluster, `${profile}/status`, { status });
    await scribble(cluster, profile, {
      spec: { routes: [{ name: 'a', from: { app: 'web' }, to: { anywhere: {} } }] },
    });
    await scribble(cluster, profile, { spec: { routes: [] } });
    await accepted(profile, 'True', 'Accepted');
    expect((await cluster.profile('shop', 'web'))?.status).not.toHaveProperty('invented');
    await goesOn();
  });

  test.each([
    ['lists of another type', { conditions: 'nonsense', failing: 7 }],
    ['no object', 'nonsense'],
  ])('of the platform, with %s, is written anew, and the profile counts', async (_, status) => {
    await loosen(cluster, 'platformnetworkprofiles');
    await scribble(cluster, `${platformPath}/status`, { status: null });
    await scribble(cluster, `${platformPath}/status`, { status });
    await scribble(cluster, platformPath, { spec: { ingressRoutes: 'None' } });
    await scribble(cluster, platformPath, { spec: { ingressRoutes: null } });
    await accepted(platformPath, 'True', 'Accepted');
    await goesOn();
  });
});

describe('a stored PlatformNetworkProfile that does not decode', () => {
  beforeAll(async () => {
    // What is being changed when everything freezes would stay half-way.
    await becomesRight(cluster, ringed);
    await loosen(cluster, 'platformnetworkprofiles');
  });

  test('reports the field, and its last readable version stays in force: missing policies are written, and nothing is pruned', async () => {
    await scribble(cluster, platformPath, { spec: { enforcement: 'Sometimes' } });
    await accepted(platformPath, 'False', 'InvalidProfile', 'spec.enforcement: must be `Enforce`');
    await accepted(
      platformPath,
      'False',
      'InvalidProfile',
      'the last readable version stays in force, and nothing is pruned',
    );
    await heals('shop');
    await goesOn();
    // By the version before, it would lose its ring.
    await cluster.label('other', { app: null });
    // What the operator says of a later change shows that it has had the time to do something about this.
    await scribble(cluster, platformPath, { spec: { enforcement: 'Rarely' } });
    await accepted(platformPath, 'False', 'InvalidProfile', 'not `Rarely`');
    await comesToRest(cluster);
    expect(await cluster.policyNames('other')).toEqual(ring);
    await cluster.label('other', appNamespace);
  });

  test('freezes an operator that starts now: it has read no version', async () => {
    await operator().stop();
    await startOperator();
    await operator().logged('caches synced');
    await cluster.deletePolicy('shop', denyIngress);
    await cluster.createNamespace('born-frozen', appNamespace);
    await scribble(cluster, platformPath, { spec: { enforcement: 'Seldom' } });
    await accepted(platformPath, 'False', 'InvalidProfile', 'not `Seldom`');
    await comesToRest(cluster);
    expect(await cluster.policyNames('shop')).toEqual(ring.filter((name) => name !== denyIngress));
    expect(await cluster.policyNames('born-frozen')).toEqual([]);
    expect(await cluster.policyNames('other')).toEqual(ring);
  });

  test('applies again when it is fixed', async () => {
    await scribble(cluster, platformPath, { spec: { enforcement: 'Enforce' } });
    await accepted(platformPath, 'True', 'Accepted');
    await becomesRight(cluster, [...ringed, 'born-frozen']);
    await cluster.platformCondition('Ready', 'True', 'Enforced');
    const conditions = (await cluster.platformProfile())?.status?.conditions ?? [];
    expect(conditions.map(({ type }) => type)).not.toContain('Stalled');
  });
});
