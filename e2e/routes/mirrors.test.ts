// Mirrors: each ingress route into a namespace opens the egress of its sources if that is restricted. They follow edits,
// labels and deletions, whatever came first, and change no other namespace.
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { denyEgress, denyIngress, dnsPolicy, type StoredPolicy } from '../cluster.ts';
import { comesToRest, enforced } from '../support/expected-policies.ts';
import { createDns } from '../support/fixtures.ts';
import { onCluster } from '../support/on-cluster.ts';

const strict = { app: 'yes', mode: 'strict' };

let platformUid: string;

const { cluster, operator, startOperator } = onCluster({
  namespaces: {
    shop: { ...strict, team: 'shop' },
    db: { app: 'yes' },
    bystander: strict,
    system: { app: 'yes' },
    edge: strict,
  },
  beforeOperator: ({ cluster }) => createDns(cluster),
  operator: { settle: 0 },
  afterOperator: async ({ cluster }) => {
    const { metadata } = await cluster.platform({
      ...enforced,
      systemNamespaces: ['system'],
      ingressControllers: [{ name: 'edge', namespace: 'edge', pods: app('controller') }],
      mirrorFrom: { selector: { matchLabels: { mirror: 'yes' } } },
      rules: [
        {
          name: 'strict',
          namespaces: { selector: { matchLabels: { mode: 'strict' } } },
          egress: 'Restricted',
        },
      ],
    });
    platformUid = metadata.uid;
    await cluster.platformCondition('Ready', 'True', 'Enforced');
  },
});

const named = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });
const app = (name: string) => ({ matchLabels: { 'app.kubernetes.io/name': name } });

/** The policies of a namespace that open the egress of an app. */
async function waysOut(namespace: string, of: string): Promise<readonly StoredPolicy[]> {
  const policies = [...(await cluster.policies(namespace)).values()];
  return policies.filter(
    ({ spec }) =>
      JSON.stringify(spec.podSelector) === JSON.stringify(app(of)) && spec.policyTypes.includes('Egress'),
  );
}

/** Waits until the egress of an app is open to exactly these peers and TCP ports. */
async function waysOutAre(
  namespace: string,
  of: string,
  wanted: readonly { readonly to: object; readonly ports: readonly number[] }[],
): Promise<readonly StoredPolicy[]> {
  const rulesOf = (policies: readonly StoredPolicy[]) => policies.flatMap(({ spec }) => spec.egress ?? []);
  const expected = wanted.map(({ to, ports }) => ({
    to: [to],
    ports: ports.map((port) => ({ protocol: 'TCP', port })),
  }));
  return cluster.eventually(
    `the ways out of ${namespace}/${of} are ${JSON.stringify(expected)}`,
    async () => {
      const policies = await waysOut(namespace, of);
      return isDeepStrictEqual(rulesOf(policies), expected) ? policies : undefined;
    },
    { instead: async () => JSON.stringify(rulesOf(await waysOut(namespace, of))) },
  );
}

const toDb = (...ports: readonly number[]) => [
  { to: { namespaceSelector: named('db'), podSelector: app('mongo') }, ports },
];
const webOf = (name: string) => ({ namespace: { name, pods: app('web') } });
const fromShop = webOf('shop');
const admit = (name: string, from: object, ...ports: readonly number[]) => ({
  routes: [{ name, from, to: { app: 'mongo' }, ports }],
});

describe('the way out', () => {
  test('within a namespace is written with the way in, by the same profile', async () => {
    const profile = await cluster.createProfile('shop', 'cache', {
      routes: [{ name: 'web-to-cache', from: { app: 'web' }, to: { app: 'cache' }, ports: [6379] }],
    });
    const [policy] = await waysOutAre('shop', 'web', [{ to: { podSelector: app('cache') }, ports: [6379] }]);
    expect(policy?.metadata.ownerReferences?.map(({ uid }) => uid)).toEqual([profile.metadata.uid]);
    await cluster.deleteProfile('shop', 'cache');
    await waysOutAre('shop', 'web', []);
  });

  test('to another namespace that names this one is written by the platform, and follows each edit', async () => {
    await cluster.createProfile('db', 'mongo', admit('shop', fromShop, 27017));
    const [policy] = await waysOutAre('shop', 'web', toDb(27017));
    expect(policy?.metadata.ownerReferences?.map(({ uid }) => uid)).toEqual([platformUid]);
    await cluster.patchProfile('db', 'mongo', { spec: admit('shop', fromShop, 27018) });
    await waysOutAre('shop', 'web', toDb(27018));
    await cluster.deleteProfile('db', 'mongo');
    await waysOutAre('shop', 'web', []);
  });

  test('is written for a namespace that is created after the profile that names it', async () => {
    await cluster.createProfile('db', 'late', admit('late', webOf('late'), 5432));
    await cluster.createNamespace('late', strict);
    await waysOutAre('late', 'web', toDb(5432));
    await cluster.deleteProfile('db', 'late');
    await waysOutAre('late', 'web', []);
  });

  test('is written once a namespace is restricted, and removed with that', async () => {
    await cluster.createNamespace('loose', { app: 'yes' });
    await cluster.createProfile('db', 'loose', admit('loose', webOf('loose'), 5432));
    await comesToRest(cluster, 1_500);
    expect(await waysOut('loose', 'web')).toEqual([]);
    await cluster.label('loose', { mode: 'strict' });
    await waysOutAre('loose', 'web', toDb(5432));
    await cluster.label('loose', { mode: null });
    await waysOutAre('loose', 'web', []);
    await cluster.deleteProfile('db', 'loose');
  });
});

describe('a route that names its source by labels', () => {
  const fromTeam = { namespace: { selector: { matchLabels: { team: 'shop' } }, pods: app('web') } };

  test('opens no other namespace by itself: its author could open the egress of every namespace', async () => {
    await cluster.createProfile('db', 'team', admit('team', fromTeam, 27017));
    await comesToRest(cluster, 1_500);
    expect(await waysOut('shop', 'web')).toEqual([]);
  });

  test('does so if the platform mirrors from its namespace, as long as the labels match at both ends', async () => {
    await cluster.label('db', { mirror: 'yes' });
    await waysOutAre('shop', 'web', toDb(27017));
    await cluster.label('bystander', { team: 'shop' });
    await waysOutAre('bystander', 'web', toDb(27017));
    await cluster.label('bystander', { team: null });
    await waysOutAre('bystander', 'web', []);
    await cluster.label('db', { mirror: null });
    await waysOutAre('shop', 'web', []);
    await cluster.deleteProfile('db', 'team');
  });

  test('does in a system namespace, and is removed with its profile', async () => {
    await cluster.createProfile('system', 'metrics', {
      routes: [{ name: 'push', from: fromTeam, to: { app: 'gateway' }, ports: [9091] }],
    });
    await waysOutAre('shop', 'web', [
      { to: { namespaceSelector: named('system'), podSelector: app('gateway') }, ports: [9091] },
    ]);
    await cluster.deleteProfile('system', 'metrics');
    await waysOutAre('shop', 'web', []);
  });
});

describe('what the platform allows', () => {
  const toWeb = (port: number) => [
    { to: { namespaceSelector: named('db'), podSelector: app('admin') }, ports: [port] },
  ];

  test('opens the egress of its systems too: an ingress controller reaches what is exposed, also after changes', async () => {
    const services = '/api/v1/namespaces/db/services';
    const ingresses = '/apis/networking.k8s.io/v1/namespaces/db/ingresses';
    const ports = (targetPort: number) => [{ port: 80, targetPort }];
    await cluster.api.json('POST', services, {
      metadata: { name: 'admin' },
      spec: { selector: app('admin').matchLabels, ports: ports(8080) },
    });
    await cluster.api.json('POST', ingresses, {
      metadata: { name: 'admin' },
      spec: { defaultBackend: { service: { name: 'admin', port: { number: 80 } } } },
    });
    const [policy] = await waysOutAre('edge', 'controller', toWeb(8080));
    expect(policy?.metadata.ownerReferences?.map(({ uid }) => uid)).toEqual([platformUid]);
    await cluster.api.json('PATCH', `${services}/admin`, { spec: { ports: ports(8081) } });
    await waysOutAre('edge', 'controller', toWeb(8081));
    await cluster.api.json('DELETE', `${ingresses}/admin`);
    await waysOutAre('edge', 'controller', []);
  });
});

describe('an edit', () => {
  const crowd = Array.from({ length: 30 }, (_, index) => `crowd-${index}`);

  test('reconciles only the namespaces that it affects, and rewrites what differs in them', async () => {
    await Promise.all(crowd.map((name) => cluster.createNamespace(name, strict)));
    await cluster.createProfile('db', 'mongo', admit('shop', fromShop, 27017));
    await waysOutAre('shop', 'web', toDb(27017));
    await cluster.policiesAre('crowd-29', [denyIngress, denyEgress, dnsPolicy]);
    await comesToRest(cluster, 1_500);
    const versions = async (namespace: string) =>
      [...(await cluster.policies(namespace)).values()].map(
        ({ metadata: { name, resourceVersion } }) => `${namespace}/${name} ${resourceVersion}`,
      );
    const looks = async () => (await operator().metrics()).get('workqueue_adds_total') ?? 0;
    const names = ['shop', 'db', 'bystander', 'system', 'late', 'loose', ...crowd];
    const before = {
      versions: new Set((await Promise.all(names.map(versions))).flat()),
      looks: await looks(),
    };
    await cluster.patchProfile('db', 'mongo', { spec: admit('shop', fromShop, 27019) });
    await waysOutAre('shop', 'web', toDb(27019));
    await comesToRest(cluster, 1_500);
    const after = (await Promise.all(names.map(versions))).flat();
    expect(after.filter((version) => !before.versions.has(version))).toEqual([
      expect.stringMatching(/^shop\//),
      expect.stringMatching(/^db\//),
    ]);
    // Both namespaces, and the statuses of the profile and the platform: not the crowd.
    expect((await looks()) - before.looks).toBeLessThan(crowd.length / 2);
  });
});

describe('what all namespaces have written into one', () => {
  const senders = Array.from({ length: 10 }, (_, at) => `sender-${at}`);
  const routesOf = (sender: string, many: number) => ({
    routes: Array.from({ length: many }, (_, at) => ({
      name: `r${at}`,
      from: { namespace: { name: 'bystander', pods: app(`${sender}-${at}`) } },
      to: { app: 'web' },
      ports: [80],
    })),
  });
  const routeOfLate = (reason: string, of = 'r0') =>
    cluster.eventually(`route ${of} of the last sender says ${reason}`, async () => {
      const profile = await cluster.profile('too-late', 'web');
      return profile?.status?.routes?.find((route) => route.name === of && route.reason === reason);
    });

  test('is capped, and the sender of what is left out reads it, until there is room', async () => {
    for (const sender of senders) {
      await cluster.createNamespace(sender, { app: 'yes' });
      await cluster.createProfile(sender, 'web', routesOf(sender, 50));
    }
    await cluster.createNamespace('too-late', { app: 'yes' });
    await cluster.createProfile('too-late', 'web', routesOf('too-late', 1));
    expect((await routeOfLate('MirrorsCapped')).message).toContain(
      'it is not mirrored in `bystander`: the routes of all namespaces together would create more than 500 policies',
    );
    await operator().stop();
    await cluster.patchProfile('too-late', 'web', { spec: routesOf('too-late', 2) });
    await startOperator();
    await routeOfLate('MirrorsCapped', 'r1');
    await cluster.deleteProfile('sender-3', 'web');
    await routeOfLate('Active', 'r1');
    await waysOutAre('bystander', 'too-late-0', [
      { to: { namespaceSelector: named('too-late'), podSelector: app('web') }, ports: [80] },
    ]);
  });
});
