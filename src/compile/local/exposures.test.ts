import { describe, expect, test } from '@jest/globals';
import {
  type KubernetesObject,
  object,
  type PlatformSpec,
  platformSpec,
  service,
  view,
} from '../../../test/fixtures.ts';
import { clusterServicesOf } from '../platform/cluster-services.ts';
import { exposuresOf } from './exposures.ts';
import { guardrailsOf } from './guardrails.ts';
import { routeContextOf } from './route-context.ts';

const nginx = { name: 'nginx', namespace: 'ingress-nginx' } as const;
const other = { name: 'other', namespace: 'edge' } as const;
const gateways = { name: 'gateways', preset: 'gateway-api' } as const;

type Controllers = NonNullable<PlatformSpec['ingressControllers']>;

function exposed(controllers: Controllers, objects: readonly KubernetesObject[], more: PlatformSpec = {}) {
  const seen = view({ objects });
  const gatewayNamespaces = { names: ['infra', 'shop'] };
  const spec = platformSpec({ ingressControllers: controllers, gatewayNamespaces, ...more });
  const context = routeContextOf(seen, spec, 'shop', clusterServicesOf(seen, spec));
  return exposuresOf(seen, spec, { context, guardrails: guardrailsOf(spec.rules[0], context) });
}

/** What is opened, as `who -> pods:ports`, where who is the namespaces of the peers with a label of their pods. */
function allowRules(...given: Parameters<typeof exposed>): readonly string[] {
  return exposed(...given).allowRules.map(({ pods, rule }) => {
    const who = rule.peers.map((peer) => {
      if ('ipBlock' in peer) return peer.ipBlock.cidr;
      const labels = { ...peer.namespaceSelector?.matchLabels, ...peer.podSelector?.matchLabels };
      return Object.values(labels).join('/');
    });
    const ports = (rule.ports ?? []).map(({ port }) => port);
    return `${who.join('+')} -> ${Object.values(pods.matchLabels ?? {})}:${ports}`;
  });
}

const web = service('shop/web', [
  { name: 'http', port: 80, targetPort: 8080 },
  { name: 'admin', port: 81, targetPort: 'console' },
]);

const backend = (port: object, name = 'web') => ({ service: { name, port } });
const ingress = (name: string, spec: object, annotations = {}) =>
  object('Ingress', `shop/${name}`, spec, annotations);
const byPath = (...backends: readonly object[]) => ({
  rules: [{ host: 'no-paths.example' }, { http: { paths: backends.map((each) => ({ backend: each })) } }],
});

describe('an Ingress', () => {
  test('exposes the pods and ports of its default backend and of each path, once, and nothing else', () => {
    const spec = {
      defaultBackend: backend({ number: 80 }),
      ...byPath(backend({ name: 'admin' }), backend({ name: 'admin' })),
    };
    const unrelated = service('shop/mongo', [{ port: 27017 }]);
    expect(allowRules([nginx], [ingress('a', spec), web, unrelated])).toEqual([
      'ingress-nginx -> web:8080',
      'ingress-nginx -> web:console',
    ]);
  });

  test('exposes what a Service has by another name or number as little as a route does, and a finding says so', () => {
    const spec = byPath(
      backend({ number: 8080 }),
      backend({ number: 80 }, 'gone'),
      backend({ name: 'http' }),
    );
    const { allowRules: opened, findings } = exposed([nginx], [ingress('a', spec), web]);
    expect(opened).toHaveLength(1);
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^Ingress shop\/a exposes no pods for one of its backends: Service `web` has no port `8080`/,
      ),
      'Ingress shop/a exposes no pods for one of its backends: there is no Service `gone` in `shop` yet',
    ]);
  });

  test('that makes the same mistake on several paths is reported once', () => {
    const spec = byPath(backend({ number: 1 }, 'gone'), backend({ number: 2 }, 'gone'));
    expect(exposed([nginx], [ingress('a', spec)]).findings).toHaveLength(1);
  });

  test.each([
    [['app', 'pods', 'ingressController'], 'add a route: `from: {ingressController: {}}`, `to: {pods: …}`'],
    [['app', 'ingressController'], 'add a route: `from: {ingressController: {}}`, `to: {app: …}`'],
    [['app', 'pods'], 'no route of `shop` may allow it: it reaches `ingressController`, which rule `teams`'],
  ] as const)('with a resource backend has a hint that guardrails accept: they allow %j', (ends, hint) => {
    const resource = { resource: { apiGroup: 'storage.example', kind: 'Bucket', name: 'files' } };
    const rules = [{ name: 'teams', namespaces: { selector: {} }, allow: { ends } }];
    const { findings } = exposed([nginx], [ingress('a', byPath(resource))], { rules });
    expect(findings).toMatchObject([{ code: 'BackendUnusable', hint: expect.stringContaining(hint) }]);
  });

  test('with a resource backend has a finding: nobody knows the pods behind it', () => {
    const resource = { resource: { apiGroup: 'storage.example', kind: 'Bucket', name: 'files' } };
    const { allowRules: opened, findings } = exposed([nginx], [ingress('a', byPath(resource, resource))]);
    expect(opened).toEqual([]);
    expect(findings).toEqual([
      expect.objectContaining({
        code: 'BackendUnusable',
        subject: { kind: 'Ingress', namespace: 'shop', name: 'a' },
        path: 'spec.rules[1].http.paths[0].backend',
        message: expect.stringContaining('`Bucket/files`'),
      }),
    ]);
  });

  test('of another namespace exposes nothing here', () => {
    const elsewhere = object('Ingress', 'pay/a', { defaultBackend: backend({ number: 80 }) });
    expect(exposed([nginx], [elsewhere, web])).toEqual({ allowRules: [], findings: [], unserved: [] });
  });

  test('exposes nothing where `ingressRoutes` is None, or where no ingress controller is declared', () => {
    const objects = [ingress('a', { defaultBackend: backend({ number: 80 }) }), web];
    expect(exposed([nginx], objects, { ingressRoutes: 'None' })).toEqual({
      allowRules: [],
      findings: [],
      unserved: [],
    });
    expect(exposed([], objects)).toMatchObject({ allowRules: [], findings: [] });
  });
});

describe('the class of an Ingress', () => {
  const two: Controllers = [
    { ...nginx, classes: ['nginx'] },
    { ...other, classes: ['internal', 'edge'] },
  ];
  const defaultBackend = backend({ number: 80 });
  const byDefault = (name: string) =>
    object('IngressClass', name, {}, { 'ingressclass.kubernetes.io/is-default-class': 'true' });

  test('tells two controllers apart', () => {
    const a = ingress('a', { ingressClassName: 'nginx', defaultBackend });
    const b = ingress('b', { ingressClassName: 'edge', defaultBackend: backend({ number: 81 }) });
    expect(allowRules(two, [a, b, web])).toEqual(['ingress-nginx -> web:8080', 'edge -> web:console']);
  });

  test('may be said by the old annotation', () => {
    const a = ingress('a', { defaultBackend }, { 'kubernetes.io/ingress.class': 'internal' });
    expect(allowRules(two, [a, web])).toEqual(['edge -> web:8080']);
  });

  test('of no declared controller opens nothing, and its backends are not reported: somebody else serves it', () => {
    const a = ingress('a', { ingressClassName: 'theirs', defaultBackend: backend({ number: 1 }, 'gone') });
    expect(exposed(two, [a])).toEqual({
      allowRules: [],
      findings: [],
      unserved: [
        {
          object: { kind: 'Ingress', namespace: 'shop', name: 'a' },
          backends: [{ namespace: 'shop', name: 'gone', port: 1, at: 'spec.defaultBackend' }],
          why: { kind: 'NotDeclared', className: 'theirs' },
        },
      ],
    });
  });

  test('is the default class where the Ingress names none', () => {
    const a = ingress('a', { defaultBackend });
    expect(allowRules(two, [a, web, byDefault('edge'), object('IngressClass', 'nginx')])).toEqual([
      'edge -> web:8080',
    ]);
  });

  test('is each default class where there are several, whatever their order', () => {
    const objects = [ingress('a', { defaultBackend }), web, byDefault('edge'), byDefault('nginx')];
    expect(allowRules(two, objects)).toEqual(['ingress-nginx+edge -> web:8080']);
    expect(allowRules(two, objects.toReversed())).toEqual(allowRules(two, objects));
  });

  test('is none where there is no default: only controllers that serve every class are let in', () => {
    const objects = [ingress('a', { defaultBackend }), web];
    expect(allowRules(two, objects)).toEqual([]);
    expect(allowRules([nginx, { ...other, classes: ['edge'] }], objects)).toEqual([
      'ingress-nginx -> web:8080',
    ]);
  });

  test('is of no interest to a controller that names no classes', () => {
    const a = ingress('a', { ingressClassName: 'whatever', defaultBackend });
    expect(allowRules([nginx], [a, web])).toEqual(['ingress-nginx -> web:8080']);
  });
});

const fromAll = { namespaces: { from: 'All' } };
const gateway = (key: string, gatewayClassName = 'istio', allowedRoutes: object = fromAll) =>
  object('Gateway', key, {
    gatewayClassName,
    listeners: [{ name: 'http', port: 80, protocol: 'HTTP', allowedRoutes }],
  });
const parent = { name: 'public', namespace: 'infra' };
const route = (
  kind: 'HTTPRoute' | 'GRPCRoute',
  key: string,
  refs: readonly object[],
  parents: readonly object[] = [parent],
) => object(kind, key, { parentRefs: parents, rules: [{ backendRefs: refs }] });
const toWeb = { name: 'web', port: 80 };

describe.each(['HTTPRoute', 'GRPCRoute'] as const)('an %s', (kind) => {
  const publicGateway = gateway('infra/public');

  test('exposes its backends to the pods of the Gateways that it is attached to, by the label with their name', () => {
    const both = route(kind, 'shop/web', [toWeb], [parent, { name: 'own' }]);
    expect(
      allowRules([gateways], [both, web, publicGateway, gateway('shop/own'), gateway('infra/not-meant')]),
    ).toEqual(['infra/public+shop/own -> web:8080']);
  });

  test('opens nothing while its Gateway does not exist, nor for a parent that is no Gateway', () => {
    const mesh = route(
      kind,
      'shop/web',
      [toWeb],
      [{ kind: 'Service', group: '', name: 'public', namespace: 'infra' }],
    );
    const foreign = route(kind, 'shop/web', [toWeb], [{ group: 'networking.example', ...parent }]);
    expect(allowRules([gateways], [route(kind, 'shop/web', [toWeb]), web])).toEqual([]);
    expect(allowRules([gateways], [mesh, web, publicGateway])).toEqual([]);
    expect(allowRules([gateways], [foreign, web, publicGateway])).toEqual([]);
  });

  test('exposes the Service that a copy of its requests goes to', () => {
    const mirror = { type: 'RequestMirror', requestMirror: { backendRef: { name: 'shadow', port: 80 } } };
    const rules = [{ backendRefs: [{ ...toWeb, filters: [mirror] }], filters: [mirror] }];
    const mirrored = object(kind, 'shop/web', { parentRefs: [parent], rules });
    const shadow = service('shop/shadow', [{ port: 80 }]);
    expect(allowRules([gateways], [mirrored, web, shadow, publicGateway])).toEqual([
      'infra/public -> web:8080',
      'infra/public -> shadow:80',
    ]);
  });

  test('with a backend that is no Service has a finding', () => {
    const imported = { group: 'multicluster.x-k8s.io', kind: 'ServiceImport', name: 'far' };
    const objects = [route(kind, 'shop/web', [imported, imported]), publicGateway];
    expect(exposed([gateways], objects)).toMatchObject({
      allowRules: [],
      findings: [
        expect.objectContaining({
          code: 'BackendUnusable',
          message: expect.stringContaining('`ServiceImport/far`'),
        }),
      ],
    });
  });

  describe('of another namespace', () => {
    const central = route(kind, 'routing/central', [{ ...toWeb, namespace: 'shop' }]);
    const grant = (to: readonly object[], from: object = {}) =>
      object('ReferenceGrant', 'shop/grant', {
        from: [{ group: 'gateway.networking.k8s.io', kind, namespace: 'routing', ...from }],
        to,
      });
    const open = ['infra/public -> web:8080'];
    const given = [central, web, publicGateway];

    test('exposes nothing without a ReferenceGrant here, and makes no noise here', () => {
      expect(exposed([gateways], given)).toEqual({ allowRules: [], findings: [], unserved: [] });
    });

    test('exposes what a ReferenceGrant lets it: every Service, or those that are named', () => {
      expect(allowRules([gateways], [...given, grant([{ group: '', kind: 'Service' }])])).toEqual(open);
      expect(allowRules([gateways], [...given, grant([{ kind: 'Service', name: 'web' }])])).toEqual(open);
      expect(allowRules([gateways], [...given, grant([{ kind: 'Service', name: 'mongo' }])])).toEqual([]);
      expect(
        allowRules([gateways], [...given, grant([{ kind: 'Service', name: 'mongo' }, { kind: 'Service' }])]),
      ).toEqual(open);
    });

    test.each([
      ['a grant of other objects', grant([{ kind: 'Secret' }])],
      ['a grant to another namespace', grant([{ kind: 'Service' }], { namespace: 'pay' })],
      ['a grant to another kind', grant([{ kind: 'Service' }], { kind: 'TCPRoute' })],
      ['a grant to another group', grant([{ kind: 'Service' }], { group: 'routes.example' })],
    ])('is not let in by %s', (_, refused) => {
      expect(allowRules([gateways], [...given, refused])).toEqual([]);
    });
  });
});

describe('the preset gateway-api', () => {
  const here = route('HTTPRoute', 'shop/web', [toWeb]);
  const given = [here, web, gateway('infra/public')];

  test('is distinguished by the class of the Gateway', () => {
    expect(allowRules([{ ...gateways, classes: ['istio'] }], given)).toEqual(['infra/public -> web:8080']);
    expect(allowRules([{ ...gateways, classes: ['cilium'] }], given)).toEqual([]);
  });

  test('serves no Ingress', () => {
    const a = ingress('a', { defaultBackend: backend({ number: 80 }) });
    expect(allowRules([gateways], [a, web, gateway('infra/public')])).toEqual([]);
  });

  test('gives way to the namespace that the profile says, and lets the load balancer in', () => {
    const moved = { ...gateways, namespace: 'envoy-gateway-system', cidrs: ['198.51.100.0/28'] };
    expect(allowRules([moved], given)).toEqual(['envoy-gateway-system/public+198.51.100.0/28 -> web:8080']);
  });

  test('finds the pods of a Gateway whose name is too long for a label: by the value that GEP-1762 gives', () => {
    const long = 'example-very-very-very-very-very-very-very-very-very-long-gateway-name';
    const attached = route('HTTPRoute', 'shop/web', [toWeb], [{ name: long }]);
    expect(allowRules([gateways], [attached, web, gateway(`shop/${long}`)])).toEqual([
      'shop/example-very-very-ve-65cb6f84bc9e50270d0a6c2f845fd98c6fe8d89f -> web:8080',
    ]);
  });

  test('is served by a controller of its own pods too, where that serves the class of the Gateway', () => {
    expect(allowRules([{ ...nginx, classes: ['istio'] }], given)).toEqual(['ingress-nginx -> web:8080']);
    expect(allowRules([{ ...nginx, classes: ['nginx'] }], given)).toEqual([]);
  });
});

describe('a route of another protocol than HTTP', () => {
  const listeners = ['TLS', 'TCP', 'UDP'].map((protocol, at) => ({
    ...{ name: protocol.toLowerCase(), port: 8000 + at, protocol },
    ...{ tls: protocol === 'TLS' ? { mode: 'Passthrough' } : undefined, allowedRoutes: fromAll },
  }));
  const gate = object('Gateway', 'infra/public', { gatewayClassName: 'istio', listeners });
  const dns = service('shop/web', [
    { name: 'tcp', port: 53, targetPort: 5300 },
    { name: 'udp', port: 53, protocol: 'UDP', targetPort: 5353 },
  ]);
  const toDns = { name: 'web', port: 53 };

  test.each([
    ['TLSRoute', [{ protocol: 'TCP', port: 5300 }]],
    ['TCPRoute', [{ protocol: 'TCP', port: 5300 }]],
    ['UDPRoute', [{ protocol: 'UDP', port: 5353 }]],
  ] as const)('exposes its backends on the ports of its protocol: %s', (kind, ports) => {
    const one = object(kind, 'shop/dns', { parentRefs: [parent], rules: [{ backendRefs: [toDns] }] });
    const { allowRules: opened, findings } = exposed([gateways], [one, dns, gate]);
    expect(opened.map(({ rule }) => rule.ports)).toEqual([ports]);
    expect(findings).toEqual([]);
  });

  test('has a finding where the Service has no port of its protocol', () => {
    const one = object('UDPRoute', 'shop/dns', { parentRefs: [parent], rules: [{ backendRefs: [toWeb] }] });
    expect(exposed([gateways], [one, web, gate])).toMatchObject({
      allowRules: [],
      findings: [
        expect.objectContaining({
          code: 'BackendUnusable',
          message: expect.stringMatching(/^UDPRoute shop\/dns .*no port `80\/UDP`/),
        }),
      ],
    });
  });
});
