// The strongest thing that can be tested here: what the compiled policies mean, by the analysis, is exactly what the profiles
// say, for every pod, address and port. What they say is read from the routes by an evaluator that knows no policy.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type AskedPort,
  type DeclaredCluster,
  type DeclaredEnd,
  type DeclaredPod,
  type DeclaredRoute,
  type DeclaredRouteEnd,
  isDeclared,
} from '../../test/declared-cluster.ts';
import { namespace, platform, profile, service, view } from '../../test/fixtures.ts';
import { runs } from '../../test/property-runs.ts';
import { analyze } from '../analyze/analysis.ts';
import type { Endpoint } from '../analyze/endpoints.ts';
import { compile } from '../compile/compile.ts';
import { noPorts } from '../model/port-set.ts';

const appLabel = 'app.kubernetes.io/name';
const apps = ['web', 'api', 'mongo'] as const;
const tiers = { web: 'front', api: 'back', mongo: 'back' } as const;
const ports = {
  web: [{ name: 'http', number: 8080 }],
  api: [
    { name: 'http', number: 8081 },
    { name: 'metrics', number: 9090 },
  ],
  mongo: [],
} as const;

/** Two namespaces with a ring, and one without; the systems of the platform are beside them. */
const pods: readonly DeclaredPod[] = [
  ...['shop', 'pay', 'legacy'].flatMap((namespace) =>
    apps.map((name) => ({
      namespace,
      name,
      labels: { [appLabel]: name, tier: tiers[name] },
      ports: ports[name],
    })),
  ),
  ...['nginx', 'prometheus', 'other'].map((name) => ({
    ...{ namespace: 'systems', name, labels: { role: name }, ports: [] },
  })),
];
const publicAddresses = ['8.8.8.8', '2600::1'];
const addresses = [...publicAddresses, '10.1.0.5', '10.96.0.10', '10.20.0.1', '169.254.169.254', 'fd00::1'];
const ends: readonly DeclaredEnd[] = [...pods, ...addresses.map((address) => ({ address }))];
/** Not port 1, which stands beside port names: what profiles say of it is in a property of its own. */
const asked: readonly AskedPort[] = [
  ...[79, 80, 443, 8000, 8080, 8081, 8100, 8101, 9090].map((number) => ({
    protocol: 'TCP' as const,
    number,
  })),
  ...[53, 80, 8080].map((number) => ({ protocol: 'UDP' as const, number })),
  { protocol: 'SCTP', number: 80 },
];

const selector = fc
  .constantFrom({ [appLabel]: 'web' }, { tier: 'back' }, { tier: 'front', [appLabel]: 'api' }, {})
  .map((matchLabels) => ({ matchLabels }));
const teams = fc.constantFrom({ team: 'a' }, { team: 'b' }, {}).map((matchLabels) => ({ matchLabels }));
const here: fc.Arbitrary<DeclaredRouteEnd> = fc.oneof(
  fc.record({ app: fc.constantFrom(...apps, 'gone') }),
  fc.record({ pods: selector }),
  fc.record({ service: fc.constantFrom('web', 'api', 'gone') }),
);
const elsewhere: fc.Arbitrary<DeclaredRouteEnd> = fc.oneof(
  fc.record({
    namespace: fc.record(
      { name: fc.constantFrom('shop', 'pay', 'legacy', 'gone'), pods: selector },
      { requiredKeys: ['name'] },
    ),
  }),
  fc.record({
    namespace: fc.record({ selector: teams, pods: selector }, { requiredKeys: ['selector'] }),
  }),
  fc.constantFrom<DeclaredRouteEnd>(
    { ingressController: {} },
    { monitoring: { name: 'prometheus' } },
    { cidr: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
    { cidr: { cidr: 'fd00::/8' } },
    { anywhere: {} },
    { internet: {} },
    { cluster: {} },
    { nodes: {} },
  ),
);
const somePorts = (...all: readonly (number | string)[]) =>
  fc.option(fc.uniqueArray(fc.constantFrom(...all), { minLength: 1, maxLength: 2 }), { nil: undefined });
const route: fc.Arbitrary<DeclaredRoute> = fc
  .oneof(fc.record({ from: fc.oneof(here, elsewhere), to: here }), fc.record({ from: here, to: elsewhere }))
  .chain((both) => {
    const isOfService = 'service' in both.to;
    const written = isOfService ? somePorts(80, 443, 'http') : somePorts(80, 'http', '8000-8100', '53/UDP');
    return written.map((some) => ({ ...both, ...(some === undefined ? {} : { ports: some }) }));
  });

const mode = fc.constantFrom('Unrestricted', 'ClusterOnly', 'Restricted', 'Restricted');
const said: fc.Arbitrary<DeclaredCluster> = fc
  .record({
    shop: mode,
    pay: mode,
    targetPort: fc.constantFrom<number | string>(8080, 'http'),
    mirrorFrom: fc.option(teams, { nil: undefined }),
    profiles: fc.array(
      fc.record(
        {
          namespace: fc.constantFrom('shop', 'shop', 'pay', 'legacy'),
          egress: mode,
          routes: fc.array(route, { maxLength: 4 }),
        },
        { requiredKeys: ['namespace', 'routes'] },
      ),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .map(({ shop, pay, targetPort, mirrorFrom, profiles }) => ({
    ...(mirrorFrom === undefined ? {} : { mirrorFrom }),
    namespaces: {
      shop: { labels: { team: 'a' }, egress: shop },
      pay: { labels: { team: 'b' }, egress: pay },
      legacy: { labels: { team: 'a' } },
      systems: { labels: {} },
    },
    services: [
      { namespace: 'shop', name: 'web', app: 'web', ports: [{ name: 'http', port: 80, targetPort }] },
      {
        ...{ namespace: 'pay', name: 'api', app: 'api' },
        ports: [
          { name: 'http', port: 80, targetPort },
          { name: 'https', port: 443, targetPort: 8443 },
        ],
      },
    ],
    profiles,
    systems: { namespace: 'systems', ingressController: 'nginx', monitoring: 'prometheus' },
    scraped: ['metrics'],
    publicAddresses,
    nodeRange: '10.1.0.0/24',
    serviceRange: '10.96.0.0/16',
  }));

/** The same cluster, as the operator sees it. */
function seen(cluster: DeclaredCluster) {
  const { namespaces, services, profiles, systems, mirrorFrom, nodeRange, serviceRange } = cluster;
  const ringed = Object.entries(namespaces).flatMap(([name, { egress }]) =>
    egress === undefined ? [] : [{ name, namespaces: { names: [name] }, egress }],
  );
  const system = (role: string) => ({ namespace: systems.namespace, pods: { matchLabels: { role } } });
  return view({
    platform: platform({
      namespaces: {
        exclude: Object.keys(namespaces).filter((name) => !ringed.some((each) => each.name === name)),
      },
      rules: ringed,
      ...(mirrorFrom === undefined ? {} : { mirrorFrom: { selector: mirrorFrom } }),
      ingressControllers: [{ name: 'public', ...system(systems.ingressController) }],
      monitoring: [{ name: 'prometheus', ...system(systems.monitoring), ports: cluster.scraped }],
      cluster: { podRanges: ['10.244.0.0/16'], serviceRanges: [serviceRange], nodeRanges: [nodeRange] },
    }),
    namespaces: Object.entries(namespaces).map(([name, { labels }]) => namespace(name, labels)),
    objects: services.map(({ namespace: where, name, app, ports: some }) =>
      service(`${where}/${name}`, some, { selector: { [appLabel]: app } }),
    ),
    profiles: profiles.map(({ namespace: where, routes, ...rest }, index) =>
      profile(`${where}/p${index}`, {
        ...rest,
        routes: routes.map((each, at) => ({ name: `r${at}`, ...each })),
      } as Parameters<typeof profile>[1]),
    ),
  });
}

/** What the policies of a cluster mean, for each two ends, as ports in the order in which they are asked. */
function meant(cluster: DeclaredCluster): (from: DeclaredEnd, to: DeclaredEnd) => string {
  const analysis = analyze({
    namespaces: Object.entries(cluster.namespaces).map(([name, { labels }]) => ({ name, labels })),
    workloads: pods.map(({ namespace: where, name, labels, ports: some }) => ({
      ...{ namespace: where, name, kind: 'Deployment' },
      pods: [
        {
          labels,
          ports: some.map((port) => ({ ...port, protocol: 'TCP' as const })),
          addresses: [],
          hostNetwork: false,
        },
      ],
    })),
    services: [],
    policies: compile(seen(cluster)).policies,
  });
  const endpoint = (end: DeclaredEnd): Endpoint =>
    'address' in end
      ? { cidr: end.address }
      : { workload: { namespace: end.namespace, name: end.name, kind: 'Deployment' } };
  return (from, to) => {
    const [explained] = analysis.explain(endpoint(from), endpoint(to));
    const all = explained?.ports ?? noPorts;
    return tell(({ protocol, number }) =>
      all[protocol].some(({ first, last }) => first <= number && number <= last),
    );
  };
}

function tell(isAllowed: (port: AskedPort) => boolean): string {
  return asked
    .filter(isAllowed)
    .map(({ protocol, number }) => `${number}/${protocol}`)
    .join(' ');
}

const nameOf = (end: DeclaredEnd) => ('address' in end ? end.address : `${end.namespace}/${end.name}`);

test('compiled policies allow exactly what the profiles say', () => {
  fc.assert(
    fc.property(said, (cluster) => {
      const isMeant = meant(cluster);
      const told: string[] = [];
      const truth: string[] = [];
      for (const from of ends) {
        for (const to of ends) {
          // Policies say nothing of two addresses, and a pod always reaches itself.
          if (from === to || ('address' in from && 'address' in to)) continue;
          const pair = `${nameOf(from)} -> ${nameOf(to)}:`;
          told.push(`${pair} ${isMeant(from, to)}`);
          truth.push(`${pair} ${tell((port) => isDeclared(cluster, from, to, port))}`);
        }
      }
      expect(told).toEqual(truth);
    }),
    runs(200),
  );
});

test('no rule has names of ports alone, which some CNIs take for every port where no pod has them', () => {
  fc.assert(
    fc.property(said, (cluster) => {
      const rules = compile(seen(cluster)).policies.flatMap(({ spec }) => [
        ...(spec.ingress ?? []),
        ...(spec.egress ?? []),
      ]);
      const named = rules.filter(({ ports }) => ports?.some(({ port }) => typeof port === 'string'));
      for (const { ports } of named) expect(ports?.some(({ port }) => typeof port === 'number')).toBe(true);
    }),
    runs(200),
  );
});
