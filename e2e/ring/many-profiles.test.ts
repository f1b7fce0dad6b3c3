// Very many profiles in one namespace, good ones and bad ones, on a real API server: each gets its status, and
// none affects the others.
import { expect, test } from '@jest/globals';
import { denyIngress, type StoredProfile } from '../cluster.ts';
import { onCluster } from '../support/on-cluster.ts';

const size = 1_000;

const { cluster } = onCluster({
  namespaces: { crowd: {} },
  beforeOperator: ({ cluster }) =>
    cluster.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: 'crowd', name: 'web' },
      spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
    }),
  operator: { settle: 0 },
  afterOperator: async ({ cluster }) => {
    await cluster.platform({ enforcement: 'Enforce' });
    await cluster.platformCondition('Ready', 'True', 'Enforced');
  },
});

/** What a profile is like, by its number, and what is to become of it. */
const sorts = [
  {
    routes: (own: string) => [{ name: 'in', from: { app: 'web' }, to: { app: own }, ports: [80] }],
    becomes: { states: ['Active'], reasons: ['Active'], ready: 'True', policies: 1 },
  },
  {
    routes: (own: string) => [
      { name: 'in', from: { app: 'web' }, to: { app: own } },
      { name: 'wrong-port', from: { app: own }, to: { service: 'web' }, ports: [8080] },
    ],
    becomes: {
      states: ['Active', 'Rejected'],
      reasons: ['Active', 'ServicePortMissing'],
      ready: 'False',
      policies: 1,
    },
  },
  {
    routes: (own: string) => [{ name: 'too-soon', from: { app: own }, to: { service: 'none-yet' } }],
    becomes: { states: ['Pending'], reasons: ['ServiceMissing'], ready: 'True', policies: 0 },
  },
  {
    routes: () => [{ name: 'the-same', from: { app: 'web' }, to: { app: 'mongo' }, ports: [27017] }],
    becomes: { states: ['Active'], reasons: ['Active'], ready: 'True', policies: 1 },
  },
] as const;

const sortOf = (index: number) => sorts[index % sorts.length] ?? sorts[0];
const nameOf = (index: number) => `team-${index}`;
const profilesPath = '/apis/ringfence.dev/v1alpha1/namespaces/crowd/appnetworkprofiles';

test(`${size} profiles that come at once: the good routes work, the others say why not`, async () => {
  const numbers = Array.from({ length: size }, (_, index) => index);
  const waiting = numbers.values();
  const create = async () => {
    for (const index of waiting)
      await cluster.createProfile('crowd', nameOf(index), { routes: sortOf(index).routes(nameOf(index)) });
  };
  await Promise.all(Array.from({ length: 16 }, create));

  const profiles = await cluster.eventually(
    'every profile has its state',
    async () => {
      const { items } = await cluster.api.json<{ items: readonly StoredProfile[] }>('GET', profilesPath);
      return items.every(({ status }) => status?.conditions !== undefined) ? items : undefined;
    },
    { timeoutMs: 150_000 },
  );
  const told = new Map(profiles.map(({ metadata: { name }, status }) => [name, status]));
  for (const index of numbers) {
    const { states, reasons, ready } = sortOf(index).becomes;
    const { routes = [], conditions = [] } = told.get(nameOf(index)) ?? {};
    expect(routes.map(({ state }) => state)).toEqual(states);
    expect(routes.map(({ reason }) => reason)).toEqual(reasons);
    expect(conditions.find(({ type }) => type === 'Ready')?.status).toBe(ready);
  }
  expect(told.get(nameOf(1))?.routes?.[1]).toMatchObject({
    message: expect.stringContaining('Service `web` has no port `8080`: it has `80`'),
    suggestion: 'ports: [80]',
  });

  const policies = await cluster.policies('crowd');
  const owned = Map.groupBy(policies.values(), ({ metadata }) => metadata.ownerReferences?.[0]?.name);
  expect(owned.get('default')?.map(({ metadata }) => metadata.name)).toEqual([denyIngress]);
  for (const index of numbers)
    expect(owned.get(nameOf(index))?.length ?? 0).toBe(sortOf(index).becomes.policies);
});

test('each is written to once, and an edit of one writes to no other', async () => {
  const statuses = { resource: 'appnetworkprofiles', subresource: 'status' };
  const writes = () => cluster.countRequests({ ...statuses, verb: 'PATCH', code: '200' });
  expect(await writes()).toBe(size);
  const spec = { routes: sorts[2].routes(nameOf(0)) };
  await cluster.patchProfile('crowd', nameOf(0), { spec });
  await cluster.eventually('the edit is reported', async () => {
    const edited = await cluster.profile('crowd', nameOf(0));
    return edited?.status?.routes?.[0]?.state === 'Pending';
  });
  expect(await writes()).toBe(size + 1);
});

test('200 routes of 50 ports are written, in policies that the API server takes', async () => {
  const routes = Array.from({ length: 200 }, (_, route) => ({
    name: `r${route}`,
    from: { app: `client-${route}` },
    to: { app: 'wide' },
    ports: Array.from({ length: 50 }, (_, port) => 1 + route * 50 + port),
  }));
  await cluster.createProfile('crowd', 'wide', { routes });
  const counts = await cluster.eventually('the profile has its counts', async () => {
    return (await cluster.profile('crowd', 'wide'))?.status?.counts;
  });
  expect(counts).toMatchObject({ routes: 200, active: 200 });
  const policies = [...(await cluster.policies('crowd')).values()];
  const mine = policies.filter(({ metadata }) => metadata.ownerReferences?.[0]?.name === 'wide');
  const rules = mine.flatMap(({ spec }) => spec.ingress as readonly { readonly ports: readonly object[] }[]);
  expect(rules.map(({ ports }) => ports.length)).toEqual(Array.from({ length: 200 }, () => 50));
});
