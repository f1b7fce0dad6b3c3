// Clusters of every shape for property tests: what teams declare, good and bad, and what it leads to. Everything is read by
// the real schemas and reducers. Must not know what holds for them.
import fc from 'fast-check';
import { type EgressMode, egressModes } from '../src/api/egress.ts';
import type { Discovered } from '../src/api/platform-status.ts';
import type { NamespaceFacts } from '../src/view/cluster-view.ts';
import {
  type KubernetesObject,
  namespace,
  node,
  object,
  type PlatformSpec,
  platform,
  profile,
  type Routes,
  service,
  view,
} from './fixtures.ts';
import { labelsOf } from './random-policies.ts';
import { portsOf, type RouteWords, routeOf } from './random-routes.ts';

/** A cluster as lists, so that their order can change. */
export interface Cluster {
  readonly spec: PlatformSpec;
  readonly discovered?: Discovered;
  readonly profiles: readonly { readonly key: string; readonly routes: Routes }[];
  readonly objects: readonly KubernetesObject[];
  /** Left out: `shop` and `pay`. */
  readonly namespaces?: readonly NamespaceFacts[];
}

const words: RouteWords = {
  apps: ['web', 'api', 'mongo'],
  labels: { app: ['web', 'api', 'mongo'], tier: ['web', 'api', 'mongo'] },
  services: ['web', 'api', 'mongo', 'elsewhere', 'gone'],
  namespaces: ['shop', 'pay', 'audit', 'monitoring'],
  ingressControllers: ['nginx', 'edge', 'gone'],
  monitoring: ['prometheus', 'gone'],
  cidrs: [{ cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }, { cidr: 'fd00::/8' }],
  ports: [80, 8080, 'http', '8000-8100', '53/UDP'],
};
const app = fc.constantFrom(...words.apps);
const labels = labelsOf(words);
const selector = labels.map((matchLabels) => ({ matchLabels }));
const ports = portsOf(words);
/** A route, good or bad. */
export const route = routeOf(words);
const routes = (maxLength: number) => fc.uniqueArray(route, { maxLength, selector: ({ name }) => name });

const servicePorts = fc.constantFrom(
  [{ port: 80 }],
  [{ name: 'http', port: 80, targetPort: 8080 }],
  [
    { name: 'http', port: 80, targetPort: 'web' },
    { name: 'dns', port: 53, protocol: 'UDP', targetPort: 5353 },
  ],
);
const services = fc
  .uniqueArray(fc.tuple(fc.constantFrom('web', 'api', 'mongo'), servicePorts), { selector: ([name]) => name })
  .map((all) => [
    ...all.map(([name, some]) => service(`shop/${name}`, some)),
    object('Service', 'shop/elsewhere', { type: 'ExternalName', externalName: 'db.example.com' }),
  ]);
const className = fc.constantFrom('nginx', 'edge', 'theirs');
const toService = fc.record({
  name: fc.constantFrom('web', 'api', 'gone'),
  port: fc.constantFrom({ number: 80 }, { name: 'http' }, { number: 1 }),
});
const ingresses = fc
  .array(fc.tuple(fc.option(className, { nil: undefined }), toService), { maxLength: 3 })
  .map((all) =>
    all.map(([ingressClassName, backend], index) =>
      object('Ingress', `shop/i${index}`, {
        ...(ingressClassName === undefined ? {} : { ingressClassName }),
        defaultBackend: { service: backend },
      }),
    ),
  );
const gate = { name: 'gate', namespace: 'infra' };
/** The namespaces whose routes or ListenerSets a Gateway takes: mostly all, else those with some labels. */
const attached = fc.constantFrom(...['All', 'All', 'Same'].map((from) => ({ namespaces: { from } })), {
  namespaces: { from: 'Selector', selector: { matchLabels: { tier: 'api' } } },
});
const gatewayObjects = fc
  .array(
    fc.tuple(
      fc.constantFrom('shop', 'pay'),
      fc.constantFrom('HTTPRoute', 'HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute' as const),
    ),
    {
      maxLength: 3,
    },
  )
  .chain((all) =>
    fc.record({
      isGranted: fc.boolean(),
      allowedRoutes: attached,
      allowedListeners: attached,
      routes: fc.constant(
        all.map(([from, kind], index) =>
          object(kind, `${from}/g${index}`, {
            parentRefs: [
              [gate],
              [{ kind: 'ListenerSet', name: 'set', namespace: 'pay' }],
              [{ name: 'own', namespace: 'pay' }, gate],
            ][index],
            rules: [
              { backendRefs: [{ name: 'web', namespace: 'shop', port: kind === 'UDPRoute' ? 53 : 80 }] },
            ],
            ...(kind === 'TLSRoute' ? { hostnames: [`${'ab'[index] ?? '*'}.example`] } : {}),
          }),
        ),
      ),
    }),
  )
  .map(({ isGranted, allowedRoutes, allowedListeners, routes: all }) => {
    const from = [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'pay' }];
    const grant = object('ReferenceGrant', 'shop/grant', { from, to: [{ kind: 'Service' }] });
    const listeners = ['HTTP', 'TLS', 'TCP', 'UDP'].map((protocol, at) => ({
      ...{ name: protocol.toLowerCase(), port: 80 + at, protocol, allowedRoutes },
      ...(at === 0 ? {} : { hostname: 'a.example' }),
    }));
    const gateway = object('Gateway', 'infra/gate', {
      gatewayClassName: 'edge',
      listeners,
      allowedListeners,
    });
    const set = object('ListenerSet', 'pay/set', { parentRef: gate, listeners });
    const own = object('Gateway', 'pay/own', { gatewayClassName: 'edge', listeners });
    return [gateway, own, set, ...all, ...(isGranted ? [grant] : [])];
  });
const others = fc.subarray([
  node('a', '10.1.0.5', 'fd00:1::5'),
  node('b', '10.1.0.6'),
  object('IngressClass', 'nginx', {}, { 'ingressclass.kubernetes.io/is-default-class': 'true' }),
  object('IngressClass', 'edge', {}, { 'ingressclass.kubernetes.io/is-default-class': 'true' }),
]);

const spec: fc.Arbitrary<PlatformSpec> = fc.record({
  gatewayNamespaces: fc.constant({ names: ['infra'] }),
  ingressControllers: fc.subarray<NonNullable<PlatformSpec['ingressControllers']>[number]>([
    { name: 'nginx', preset: 'ingress-nginx', classes: ['nginx'] },
    { name: 'edge', preset: 'gateway-api', classes: ['edge'] },
    { name: 'nodes', namespace: 'edge', hostNetwork: true },
    { name: 'only-nodes', hostNetwork: true, classes: ['edge'] },
  ]),
  monitoring: fc.constantFrom([], [{ name: 'prometheus', namespace: 'monitoring', ports: ['metrics'] }]),
  ingressRoutes: fc.constantFrom('Auto' as const, 'None' as const),
  egress: fc.constantFrom(...egressModes),
});
const discovered = fc.constantFrom<Discovered>(
  {},
  {
    dns: {
      namespace: 'kube-system',
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
      ports: ['53/UDP'],
      addresses: ['10.96.0.10'],
      servicePorts: ['53/UDP'],
    },
    kubernetesAPI: {
      endpoints: [
        { address: '10.96.0.1', port: 443 },
        { address: '10.1.0.5', port: 6443 },
      ],
    },
    cluster: { podRanges: ['10.244.0.0/16'], serviceRanges: ['10.96.0.0/16'], nodeRanges: ['10.1.0.0/24'] },
  },
);
const profiles = fc
  .uniqueArray(fc.tuple(fc.constantFrom('shop/a', 'shop/b', 'pay/a'), routes(5)), {
    selector: ([key]) => key,
  })
  .map((all) => all.map(([key, some]) => ({ key, routes: some })));
/** A cluster whose namespaces `shop` and `pay` are enforced. */
export const cluster: fc.Arbitrary<Cluster> = fc.record({
  spec,
  discovered,
  profiles,
  objects: fc.tuple(services, ingresses, gatewayObjects, others).map((all) => all.flat()),
});

const shopAndPay = [namespace('shop'), namespace('pay', { tier: 'api' })];

const names = ['shop', 'pay', 'audit', 'monitoring', 'ingress-nginx'] as const;
const mostly = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, ...others.map((each) => fc.constant(each)));
const someNamespaces = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...names), labels, mostly(false, true)), {
    selector: ([name]) => name,
    minLength: 3,
  })
  .map((all) => all.map(([name, more, terminating]) => ({ ...namespace(name, more), terminating })));
type Allow = NonNullable<NonNullable<PlatformSpec['rules']>[number]['allow']>;
/** Mostly no guardrails. */
const allow = mostly<Allow | undefined>(
  undefined,
  { ends: ['app', 'service'] },
  { ends: ['app', 'pods', 'namespace'] },
);
const modeRules = fc
  .record(
    Object.fromEntries(
      names.map((name) => [name, fc.tuple(mostly<EgressMode>('Restricted', ...egressModes), allow)]),
    ),
  )
  .map((modes) =>
    Object.entries(modes).map(([name, [egress, limits]]) => ({
      name,
      namespaces: { names: [name] },
      egress,
      ...(limits === undefined ? {} : { allow: limits }),
    })),
  );
/** Whose Gateways count as ingress controllers. */
const gatewayNamespaces = mostly<NonNullable<PlatformSpec['gatewayNamespaces']> | undefined>(
  { names: ['infra'] },
  { names: ['infra', 'pay', 'shop'] },
  { selector: { matchLabels: { tier: 'api' } } },
  undefined,
);
const settings: fc.Arbitrary<PlatformSpec> = fc
  .record({
    rules: modeRules,
    systemNamespaces: fc.subarray(['audit', 'monitoring', 'ingress-nginx']),
    mirrorFrom: fc.option(fc.record({ selector }), { nil: undefined }),
    namespaces: mostly<NonNullable<PlatformSpec['namespaces']>>(
      {},
      { exclude: ['audit'] },
      { selector: { matchLabels: { tier: 'api' } } },
    ),
    ingressControllers: mostly<NonNullable<PlatformSpec['ingressControllers']>>(
      [{ name: 'nginx', preset: 'ingress-nginx' }],
      [{ name: 'edge', preset: 'gateway-api', classes: ['edge'] }],
      [],
    ),
    monitoring: mostly<NonNullable<PlatformSpec['monitoring']>>(
      [{ name: 'prometheus', namespace: 'monitoring', ports: ['metrics'] }],
      [],
    ),
    gatewayNamespaces,
  })
  .map(({ mirrorFrom, gatewayNamespaces: kept, ...more }) => ({
    ...more,
    ...(mirrorFrom === undefined ? {} : { mirrorFrom }),
    ...(kept === undefined ? {} : { gatewayNamespaces: kept }),
  }));
const neighbour = fc.oneof(
  fc.record({ namespace: fc.record({ name: fc.constantFrom(...names) }) }),
  fc.record({ namespace: fc.record({ selector, pods: selector }) }),
  fc.constantFrom({ cluster: {} }, { anywhere: {} }, { ingressController: {} }, { monitoring: {} }),
);
const betweenNeighbours = fc
  .oneof(
    { weight: 3, arbitrary: fc.record({ from: neighbour, to: fc.record({ app }), ports }) },
    fc.record({ from: fc.record({ app }), to: neighbour, ports }),
    fc.record({ from: neighbour, to: fc.record({ service: fc.constantFrom('web', 'api') }) }),
    fc.record({ from: fc.record({ app }), to: fc.record({ app }) }),
  )
  .map((each) => each as Omit<Routes[number], 'name'>);
const profilesAnywhere = fc
  .uniqueArray(
    fc.record({
      key: fc.tuple(fc.constantFrom(...names), fc.constantFrom('a', 'b')).map((parts) => parts.join('/')),
      routes: fc.array(betweenNeighbours, { maxLength: 4 }),
    }),
    { selector: ({ key }) => key, minLength: 3 },
  )
  .map((all) =>
    all.map(({ key, routes: some }) => ({
      key,
      routes: some.map((each, at) => ({ ...each, name: `r${at}` })),
    })),
  );

/** The names of the namespaces that `neighbours` may have. */
export const neighbourNames = names;

/** A cluster of several namespaces, each with an egress mode of its own, of which some are the platform's systems. */
export const neighbours: fc.Arbitrary<Cluster> = fc.record({
  spec: settings,
  discovered,
  namespaces: someNamespaces,
  profiles: profilesAnywhere,
  objects: fc.tuple(services, ingresses, gatewayObjects, others).map((all) => all.flat()),
});

/** What the compiler sees of a cluster. */
export function viewOf(given: Cluster) {
  const { spec: said, discovered: known, profiles: all, objects, namespaces = shopAndPay } = given;
  return view({
    ...(known === undefined ? {} : { discovered: known }),
    platform: platform(said),
    namespaces,
    profiles: all.map(({ key, routes: some }) => profile(key, { routes: some })),
    objects,
  });
}

/** The same items in any order. */
export function shuffle<T>(items: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });
}
