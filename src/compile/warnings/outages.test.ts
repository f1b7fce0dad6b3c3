import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import {
  type KubernetesObject,
  object,
  type PlatformSpec,
  type Routes,
  service,
  shopView,
  webhooks,
} from '../../../test/fixtures.ts';
import { compile } from '../compile.ts';

const nginx = { ingressControllers: [{ name: 'nginx', preset: 'ingress-nginx' }] } as const;

/** The findings of the shop, as `code: what they are about`. */
function found(
  objects: readonly KubernetesObject[],
  routes: Routes = [],
  spec: PlatformSpec = {},
): readonly string[] {
  const { findings } = compile(shopView({ spec, routes, objects }));
  return findings.map(({ code, message }) => `${code}: ${/`([^`]+)`/.exec(message)?.[1]}`);
}

const of = (name: string, type: string, spec: object = { selector: { app: name } }) =>
  service(`shop/${name}`, [{ port: 443, targetPort: 8443 }], { type, ...spec });

describe('a Service that is an entrance', () => {
  test('is reported where no route opens its pods, in the order of names', () => {
    const entrances = [of('web', 'NodePort'), of('api', 'LoadBalancer')];
    const told = ['EntranceClosed: api', 'EntranceClosed: web'];
    expect(found(entrances)).toEqual(told);
    expect(found(entrances.toReversed())).toEqual(told);
    expect(found(entrances, [{ name: 'a', from: { anywhere: {} }, to: { service: 'api' } }])).toEqual([
      'EntranceClosed: web',
    ]);
  });

  test('is open by a route to some of its labels, not by one that asks for more', () => {
    const entrance = of('web', 'LoadBalancer', { selector: { app: 'web', tier: 'front' } });
    const to = (matchLabels: Readonly<Record<string, string>>): Routes => [
      { name: 'a', from: { anywhere: {} }, to: { pods: { matchLabels } } },
    ];
    expect(found([entrance], to({ tier: 'front' }))).toEqual([]);
    expect(found([entrance], to({ app: 'web', tier: 'front', canary: 'yes' }))).toEqual([
      'EntranceClosed: web',
    ]);
    expect(found([entrance], to({ app: 'api' }))).toEqual(['EntranceClosed: web']);
  });

  test('is not open by routes from pods alone: what comes in through it comes from an address', () => {
    const entrance = [of('web', 'LoadBalancer')];
    const routeFrom = (from: Routes[number]['from']): Routes => [{ name: 'a', from, to: { service: 'web' } }];
    expect(found(entrance, routeFrom({ app: 'api' }))).toEqual(['EntranceClosed: web']);
    expect(found(entrance, routeFrom({ namespace: { name: 'pay' } }))).toEqual(['EntranceClosed: web']);
    expect(found(entrance, routeFrom({ cidr: { cidr: '203.0.113.0/24' } }))).toEqual([]);
  });

  test('is not open by a route to none of its ports, and open by one to any of them', () => {
    const ports = [
      { name: 'web', port: 443, targetPort: 8443 },
      { name: 'dns', port: 53, targetPort: 5353, protocol: 'UDP' },
    ] as const;
    const entrance = [service('shop/web', ports, { type: 'LoadBalancer', selector: { app: 'web' } })];
    const routeOn = (port: number | string): Routes => [
      { name: 'a', from: { anywhere: {} }, to: { pods: { matchLabels: { app: 'web' } } }, ports: [port] },
    ];
    expect(found(entrance, routeOn(443))).toEqual(['EntranceClosed: web']);
    expect(found(entrance, routeOn(8443))).toEqual([]);
    expect(found(entrance, routeOn('5353/UDP'))).toEqual([]);
  });

  test('is open by an Ingress that leads to it, where a controller serves that', () => {
    const backend = { service: { name: 'web', port: { number: 443 } } };
    const objects = [of('web', 'NodePort'), object('Ingress', 'shop/web', { defaultBackend: backend })];
    expect(found(objects, [], nginx)).toEqual([]);
    expect(found(objects)).toEqual(['EntranceClosed: web', 'IngressUnserved: web']);
    expect(found(objects, [], { ...nginx, ingressRoutes: 'None' })).toEqual(['EntranceClosed: web']);
  });

  test('is neither a ClusterIP, nor an ExternalName, nor one whose endpoints somebody writes', () => {
    expect(
      found([
        of('web', 'ClusterIP'),
        of('away', 'ExternalName', { externalName: 'db.example.com', selector: { app: 'away' } }),
        of('by-hand', 'LoadBalancer', {}),
        of('empty', 'NodePort', { selector: {} }),
      ]),
    ).toEqual([]);
  });

  test('is not reported if there is no ring', () => {
    const entrance = [of('web', 'LoadBalancer')];
    expect(found(entrance, [], { enforcement: 'DryRun' })).toEqual(['EntranceClosed: web']);
    expect(found(entrance, [], { enforcement: 'Off' })).toEqual([]);
    expect(found(entrance, [], { namespaces: { exclude: ['shop'] } })).toEqual([]);
  });
});

describe('a Service that the control plane calls', () => {
  const hook = of('hook', 'ClusterIP');
  const spec = { cluster: { nodeRanges: ['10.0.0.0/24'] } };

  test.each(['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'] as const)(
    'as the backend of a %s is reported once, until a route opens it',
    (kind) => {
      expect(found([hook, webhooks(kind, 'hook', 3)])).toEqual(['ControlPlaneShutOut: hook']);
      const route = { name: 'hook', from: { nodes: {} }, to: { service: 'hook' } } as const;
      expect(found([hook, webhooks(kind, 'hook')], [route], spec)).toEqual([]);
      // While nobody knows the nodes, the route opens nothing.
      expect(found([hook, webhooks(kind, 'hook')], [route])).toEqual(['ControlPlaneShutOut: hook']);
    },
  );

  test('is not open by a route to another port of its pods, nor by one from pods of its own namespace', () => {
    const given = [hook, webhooks('ValidatingWebhookConfiguration', 'hook')];
    const route = (from: Routes[number]['from'], port: number): Routes => [
      { name: 'a', from, to: { pods: { matchLabels: { app: 'hook' } } }, ports: [port] },
    ];
    const konnectivity = { namespace: { name: 'kube-system' } };
    expect(found(given, route({ nodes: {} }, 9090), spec)).toEqual(['ControlPlaneShutOut: hook']);
    expect(found(given, route({ app: 'web' }, 8443), spec)).toEqual(['ControlPlaneShutOut: hook']);
    expect(found(given, route({ nodes: {} }, 8443), spec)).toEqual([]);
    expect(found(given, route(konnectivity, 8443), spec)).toEqual([]);
  });

  test('as the backend of an APIService is reported for each, but not of one that is served by the API server', () => {
    const objects = [
      object('APIService', 'v1.b.example.com', { service: { namespace: 'shop', name: 'hook' } }),
      object('APIService', 'v1.a.example.com', { service: { namespace: 'shop', name: 'hook' } }),
      object('APIService', 'v1.apps', {}),
      object('APIService', 'v1.c.example.com', { service: { namespace: 'elsewhere', name: 'hook' } }),
    ];
    const { findings } = compile(shopView({ objects: [...objects, hook] }));
    expect(findings.map(({ message }) => message.split(' ')[0])).toEqual([
      'APIService/v1.a.example.com',
      'APIService/v1.b.example.com',
    ]);
  });

  test('is not reported if it is gone, or leads to no pods here', () => {
    const caller = webhooks('ValidatingWebhookConfiguration', 'hook');
    expect(found([caller])).toEqual([]);
    expect(found([caller, of('hook', 'ClusterIP', {})])).toEqual([]);
    const away = { externalName: 'hook.example.com', selector: { app: 'hook' } };
    expect(found([caller, of('hook', 'ExternalName', away)])).toEqual([]);
  });
});

describe('an Ingress that no declared ingress controller serves', () => {
  const backend = { service: { name: 'web', port: { number: 443 } } };
  const web = of('web', 'ClusterIP');
  const ingress = (className?: string) =>
    object('Ingress', 'shop/web', {
      ...(className === undefined ? {} : { ingressClassName: className }),
      defaultBackend: backend,
    });
  const classes = { ingressControllers: [{ ...nginx.ingressControllers[0], classes: ['nginx'] }] };

  test('is reported, with its class, where none is declared and where none is of its class', () => {
    expect(found([web, ingress()])).toEqual(['IngressUnserved: web']);
    expect(found([web, ingress('alb')], [], classes)).toEqual(['IngressUnserved: alb']);
    expect(found([web, ingress('nginx')], [], classes)).toEqual([]);
  });

  test('is reported with who serves which classes, at the field that says its class', () => {
    const messageOf = (objects: readonly KubernetesObject[]) =>
      compile(shopView({ spec: classes, objects })).findings.map(({ message }) => message);
    const others = 'is not served by any ingress controller in the platform profile (`nginx` serves `nginx`)';
    expect(messageOf([web, ingress('alb')])).toEqual([
      expect.stringContaining(`Ingress shop/web, of class \`alb\`, ${others}`),
    ]);
    const isDefault = { 'ingressclass.kubernetes.io/is-default-class': 'true' };
    expect(messageOf([web, ingress(), object('IngressClass', 'alb', {}, isDefault)])).toEqual([
      expect.stringContaining(
        `Ingress shop/web has no class, and the default class is \`alb\`: it ${others}`,
      ),
    ]);
    const ofLoadBalancer = object('IngressClass', 'alb', {}, isDefault);
    const ofEdge = object('IngressClass', 'edge', {}, isDefault);
    for (const defaults of [
      [ofLoadBalancer, ofEdge],
      [ofEdge, ofLoadBalancer],
    ]) {
      expect(messageOf([web, ingress(), ...defaults])).toEqual([
        expect.stringContaining('has no class, and the default class is `alb`, `edge`: it'),
      ]);
    }
    expect(compile(shopView({ spec: classes, objects: [web, ingress()] })).findings).toEqual([
      expect.objectContaining({
        subject: { kind: 'Ingress', namespace: 'shop', name: 'web' },
        path: 'spec.ingressClassName',
        message: expect.stringContaining('has no class, and no IngressClass is known to be the default: it'),
        hint: expect.stringContaining('set `spec.ingressClassName` to a class that is served'),
      }),
    ]);
  });

  test('is not reported if a route opens its pods on its port to something that may be its ingress controller', () => {
    const route = (from: Routes[number]['from'], port: number): Routes => [
      { name: 'a', from, to: { app: 'web' }, ports: [port] },
    ];
    const reported = (from: Routes[number]['from'], port = 8443) =>
      found([web, ingress('alb')], route(from, port), { ...classes, appLabel: 'app' });
    const unserved = ['IngressUnserved: alb'];
    expect(reported({ cidr: { cidr: '203.0.113.0/24' } })).toEqual([]);
    expect(reported({ namespace: { name: 'alb' } })).toEqual([]);
    expect(reported({ cidr: { cidr: '203.0.113.0/24' } }, 9090)).toEqual(unserved);
    expect(reported({ app: 'api' })).toEqual(unserved);
    expect(reported({ ingressController: {} })).toEqual(unserved);
  });

  test('is not reported if it leads to no pods here, or if `ingressRoutes` is None', () => {
    expect(found([ingress('alb')], [], classes)).toEqual([]);
    expect(found([web, ingress('alb')], [], { ...classes, ingressRoutes: 'None' })).toEqual([]);
  });

  test('may be a route of the Gateway API, whose Gateway exists', () => {
    const route = object('HTTPRoute', 'shop/web', {
      parentRefs: [{ name: 'public' }],
      rules: [{ backendRefs: [{ name: 'web', port: 443 }] }],
    });
    const gateway = object('Gateway', 'shop/public', {
      gatewayClassName: 'cilium',
      listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }],
    });
    expect(found([web, route], [], classes)).toEqual([]);
    expect(found([web, route, gateway], [], classes)).toEqual(['IngressUnserved: cilium']);
  });

  test('may be one on nodes with unknown addresses: that is reported, and not a missing declaration', () => {
    const hosts = { ingressControllers: [{ name: 'edge', hostNetwork: true }] };
    expect(compile(shopView({ spec: hosts, objects: [web, ingress()] })).findings).toEqual([
      expect.objectContaining({
        code: 'IngressUnserved',
        message: expect.stringContaining('on nodes whose addresses are not known'),
        hint: expect.stringContaining('spec.cluster.nodeRanges'),
      }),
    ]);
  });

  test('may be a route that is attached to something that is not followed, and the hint opens its pods when it is pasted', () => {
    const route = object('HTTPRoute', 'shop/web', {
      parentRefs: [{ group: 'gateway.networking.x-k8s.io', kind: 'XListenerSet', name: 'early' }],
      rules: [{ backendRefs: [{ name: 'web', port: 443 }] }],
    });
    const given = (routes: Routes) =>
      compile(shopView({ spec: nginx, routes, objects: [web, route] })).findings;
    const [unserved, ...more] = given([]);
    expect(more).toEqual([]);
    expect(unserved).toMatchObject({
      code: 'IngressUnserved',
      message: expect.stringMatching(/^HTTPRoute shop\/web is attached to `XListenerSet\/early`, /),
    });
    const { hint = '' } = unserved ?? {};
    expect(given(parse(hint.slice(hint.indexOf('\n') + 1)) as Routes)).toEqual([]);
  });
});

describe('a route that opens every pod of its namespace', () => {
  test('is reported by its name, however its selector says so', () => {
    const routes: Routes = [
      { name: 'empty', from: { app: 'web' }, to: { pods: {} } },
      { name: 'no-labels', from: { app: 'web' }, to: { pods: { matchLabels: {}, matchExpressions: [] } } },
      { name: 'some', from: { app: 'web' }, to: { pods: { matchLabels: { app: 'api' } } } },
      { name: 'out', from: { pods: {} }, to: { namespace: { selector: {} } } },
    ];
    expect(found([], routes)).toEqual(['OpensWholeNamespace: empty', 'OpensWholeNamespace: no-labels']);
  });

  test('says to whom, and on which ports if that is all of them', () => {
    const messageFor = (route: Partial<Routes[number]>) => {
      const routes = [{ name: 'a', from: { app: 'web' }, to: { pods: {} }, ports: [80], ...route }] as Routes;
      return compile(shopView({ routes })).findings.find(({ code }) => code === 'OpensWholeNamespace')
        ?.message;
    };
    const tail = ': `pods` selects all of them';
    expect(messageFor({})).toBe(`route \`a\` opens every pod of the namespace${tail}`);
    expect(messageFor({ from: { anywhere: {} } })).toBe(
      `route \`a\` opens every pod of the namespace to everyone${tail}`,
    );
    expect(messageFor({ from: { namespace: { selector: {} } } })).toContain(' to every namespace: ');
    const routes: Routes = [{ name: 'a', from: { anywhere: {} }, to: { pods: {} } }];
    expect(compile(shopView({ routes })).findings[0]?.message).toContain(' to everyone on every port: ');
  });

  test('out is reported only if it leads everywhere on every port: then no pod is isolated any more', () => {
    const out = (to: Routes[number]['to'], ports?: readonly number[]): Routes => [
      { name: 'out', from: { pods: {} }, to, ...(ports && { ports }) },
    ];
    const spec = { egress: 'Restricted', kubernetesAPI: { addresses: ['10.96.0.1'], ports: [443] } } as const;
    const told = (routes: Routes) => found([], routes, spec).filter((each) => each.startsWith('Opens'));
    expect(told(out({ anywhere: {} }))).toEqual(['OpensWholeNamespace: out']);
    expect(told(out({ anywhere: {} }, [443]))).toEqual([]);
    expect(told(out({ kubernetesAPI: {} }))).toEqual([]);
    // Egress is open there without it.
    expect(found([], out({ anywhere: {} }))).toEqual([]);
  });
});
