// Random worlds by seed: labels, Services, profiles and NetworkPolicies around the pods of the cast, all of which an API server
// accepts. The same seed makes the same world. Must not know what is allowed in it.
import fc from 'fast-check';
import { egressModes } from '../../../src/api/egress.ts';
import type { Labels } from '../../../src/model/selectors.ts';
import { labelsOf, type PolicyWords, policyOf } from '../../../test/random-policies.ts';
import { type RouteWords, routeOf } from '../../../test/random-routes.ts';
import type { Manifest } from '../../cluster.ts';
import { appLabel, cast, castNamespaces } from './cast.ts';

/** A world: what is around the pods of the cast. */
export interface World {
  readonly seed: number;
  /** By namespace; those of the cast. */
  readonly namespaceLabels: Readonly<Record<string, Labels>>;
  /** By `namespace/name`, besides what they always have; the pods of the cast that are not of a Deployment. */
  readonly podLabels: Readonly<Record<string, Labels>>;
  readonly services: readonly Manifest[];
  readonly profiles: readonly Manifest[];
  /** NetworkPolicies that people wrote by hand. */
  readonly policies: readonly Manifest[];
  readonly platform: Manifest;
}

/** Where worlds are: only addresses of these families, and of these places, are in policies. */
export interface Place {
  readonly families: readonly ('IPv4' | 'IPv6')[];
}

const labels = { tier: ['front', 'back'], team: ['red', 'blue'], [appLabel]: ['web', 'api', 'mongo'] };

const blocks = {
  IPv4: [
    ...['0.0.0.0/0', '128.0.0.0/1', '10.0.0.0/8', '10.244.0.0/16', '10.244.1.0/24', '10.250.0.0/24'],
    ...['93.184.216.0/24', '172.16.0.0/12', '10.244.0.0/28'],
  ]
    .map((cidr): { cidr: string; except?: string[] } => ({ cidr }))
    .concat(
      { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '169.254.0.0/16'] },
      { cidr: '0.0.0.0/0', except: ['93.184.216.34/32'] },
      { cidr: '10.244.0.0/16', except: ['10.244.0.0/24'] },
      { cidr: '10.0.0.0/8', except: ['10.244.0.0/25', '10.250.0.0/24'] },
    ),
  IPv6: [
    ...['::/0', 'fd00::/8', 'fd00:10:244::/48', 'fd00:10:244:1::/64', 'fd00:10:250::/64'].map(
      (cidr): { cidr: string; except?: string[] } => ({ cidr }),
    ),
    { cidr: '::/0', except: ['fd00::/8'] },
    { cidr: 'fd00:10:244::/48', except: ['fd00:10:244::/64'] },
  ],
} as const;

/** The blocks of the families of a place. */
const blocksOf = ({ families }: Place) => families.flatMap((family) => [...blocks[family]]);

const policyWords = (place: Place): PolicyWords => ({
  namespaces: castNamespaces,
  labels,
  portNames: ['http', 'metrics', 'db', 'dns'],
  portNumbers: [8080, 9090, 27017, 443, 7000],
  portRanges: [
    [8000, [8100, 9000]],
    [5353, [5353, 65535]],
  ],
  blocks: blocksOf(place),
});

const routeWords = (place: Place): RouteWords => ({
  apps: ['web', 'api', 'mongo', 'worker', 'cache', 'till'],
  labels: { tier: labels.tier, team: labels.team },
  services: ['web', 'api', 'mongo', 'db'],
  namespaces: ['shop', 'pay', 'stock', 'legacy', 'kube-system', 'infra'],
  ingressControllers: ['public'],
  monitoring: ['prometheus'],
  cidrs: blocksOf(place),
  ports: [8080, 8081, 3000, 27017, 80, 443, 'http', 'metrics', 'db', '8000-9100', '5353/UDP', '7000/UDP'],
});

/** Objects that differ in name within a namespace. */
const keyOf = ({ metadata: { namespace, name } }: Manifest) => `${namespace}/${name}`;

const ringed = ['shop', 'pay', 'stock'] as const;
const mode = fc.constantFrom(...egressModes);

/** Ports of Services, as clients dial them and as pods have them. */
const servicePorts = fc.constantFrom(
  [{ name: 'http', port: 80, targetPort: 'http' }],
  [{ name: 'http', port: 80, targetPort: 8080 }],
  [
    { name: 'http', port: 8080, targetPort: 'http' },
    { name: 'metrics', port: 443, targetPort: 'metrics' },
    { name: 'udp', port: 443, targetPort: 'metrics', protocol: 'UDP' },
  ],
  [
    { name: 'db', port: 27017, targetPort: 'db' },
    { name: 'dns', port: 80, targetPort: 5353, protocol: 'UDP' },
  ],
);

const service: fc.Arbitrary<Manifest> = fc
  .record({
    namespace: fc.constantFrom('shop', 'pay', 'stock', 'legacy'),
    name: fc.constantFrom('web', 'api', 'mongo', 'db'),
    ports: servicePorts,
    selector: fc.oneof(
      fc.constantFrom('web', 'api', 'mongo', 'cache', 'till').map((app) => ({ [appLabel]: app })),
      fc.constant({ tier: 'back' }),
    ),
    headless: fc.constantFrom(false, false, false, true),
  })
  .map(({ namespace, name, ports, selector, headless }) => ({
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { namespace, name } },
    spec: { ports, selector, ...(headless ? { clusterIP: 'None' } : {}) },
  }));

function profileOf(place: Place): fc.Arbitrary<Manifest> {
  return fc
    .record({
      namespace: fc.constantFrom(...ringed, ...ringed, 'legacy', 'kube-system'),
      name: fc.constantFrom('a', 'b'),
      egress: fc.option(mode, { nil: undefined, freq: 3 }),
      routes: fc.uniqueArray(routeOf(routeWords(place)), {
        minLength: 2,
        maxLength: 8,
        selector: ({ name }) => name,
      }),
    })
    .map(({ namespace, name, egress, routes }) => ({
      ...{ apiVersion: 'ringfence.dev/v1alpha1', kind: 'AppNetworkProfile', metadata: { namespace, name } },
      spec: { ...(egress === undefined ? {} : { egress }), routes },
    }));
}

function platformOf(place: Place): fc.Arbitrary<Manifest> {
  const inInfra = (name: string, app: string) => ({
    ...{ name, namespace: 'infra', pods: { matchLabels: { [appLabel]: app } } },
  });
  const allow = fc.option(
    fc.record({
      ends: fc.subarray(['app', 'pods', 'service', 'namespace', 'monitoring', 'internet'], { minLength: 3 }),
      cidrs: fc.constant([...new Set(blocksOf(place).map(({ cidr }) => cidr))]),
    }),
    { nil: undefined, freq: 6 },
  );
  return fc
    .record({
      egress: mode,
      rules: fc.tuple(...ringed.map((name) => fc.record({ name: fc.constant(name), egress: mode, allow }))),
      mirrorFrom: fc.option(labelsOf({ labels: { team: labels.team } }), { nil: undefined }),
      systemNamespaces: fc.constantFrom([], ['kube-system']),
      scraped: fc.constantFrom(['metrics'], [9090, '9090/UDP']),
    })
    .map(({ egress, rules, mirrorFrom, systemNamespaces, scraped }) => ({
      ...{
        apiVersion: 'ringfence.dev/v1alpha1',
        kind: 'PlatformNetworkProfile',
        metadata: { name: 'default' },
      },
      spec: {
        enforcement: 'Enforce',
        egress,
        namespaces: { selector: { matchLabels: { ring: 'yes' } } },
        systemNamespaces,
        rules: rules.map(({ name, egress: own, allow: limits }) => ({
          ...{ name, namespaces: { names: [name] }, egress: own },
          ...(limits === undefined ? {} : { allow: limits }),
        })),
        ingressControllers: [inInfra('public', 'controller')],
        monitoring: [{ ...inInfra('prometheus', 'prometheus'), ports: scraped }],
        ...(mirrorFrom === undefined ? {} : { mirrorFrom: { selector: { matchLabels: mirrorFrom } } }),
      },
    }));
}

function worldOf(place: Place): fc.Arbitrary<Omit<World, 'seed'>> {
  const team = labelsOf({ labels: { team: labels.team, tier: labels.tier } });
  const pods = cast.filter(({ node }) => node !== undefined);
  const policy = policyOf(policyWords(place)).map(
    ({ namespace, name, spec }): Manifest => ({
      ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { namespace, name } },
      spec,
    }),
  );
  return fc.record({
    namespaceLabels: fc
      .tuple(...castNamespaces.map(() => team))
      .map((all) =>
        Object.fromEntries(
          castNamespaces.map((name, index) => [
            name,
            { ...all[index], ...(ringed.some((each) => each === name) ? { ring: 'yes' } : {}) },
          ]),
        ),
      ),
    podLabels: fc
      .tuple(...pods.map(() => team))
      .map((all) =>
        Object.fromEntries(
          pods.map(({ namespace, name }, index) => [`${namespace}/${name}`, { ...all[index] }]),
        ),
      ),
    services: fc.uniqueArray(service, { minLength: 3, maxLength: 7, selector: keyOf }),
    profiles: fc.uniqueArray(profileOf(place), { minLength: 3, maxLength: 6, selector: keyOf }),
    policies: fc.uniqueArray(policy, { maxLength: 4, selector: keyOf }),
    platform: platformOf(place),
  });
}

/** The world of a seed. */
export function randomWorld(seed: number, place: Place): World {
  const [world] = fc.sample(worldOf(place), { seed, numRuns: 1 });
  if (world === undefined) throw new Error('fast-check drew no world');
  return { seed, ...world };
}

/** Its objects, but for the pods and namespaces of the cast, in an order in which they can be created. */
export function objectsOf({ services, profiles, policies, platform }: World): readonly Manifest[] {
  return [platform, ...services, ...policies, ...profiles];
}
