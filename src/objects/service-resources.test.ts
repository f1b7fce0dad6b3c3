import { describe, expect, test } from '@jest/globals';
import { object, service } from '../../test/fixtures.ts';
import type { RawObject, Resource } from '../kube/resource.ts';
import type { Identified } from '../kube/store.ts';
import {
  apiServices,
  ingressClasses,
  ingresses,
  mutatingWebhooks,
  services,
  validatingWebhooks,
} from './service-resources.ts';

/** The facts without what identifies the object. */
function facts<T extends Identified>(resource: Resource<T>, object: RawObject) {
  const { namespace: _n, name: _a, uid: _u, resourceVersion: _r, ...rest } = resource.reduce(object);
  return rest;
}

describe('a Service', () => {
  test('has its ports with the defaults that the API server fills in', () => {
    expect(
      facts(
        services,
        service('shop/web', [{ port: 80 }, { name: 'dns', port: 53, protocol: 'UDP', targetPort: 'dns' }]),
      ),
    ).toEqual({
      type: 'ClusterIP',
      headless: false,
      clusterIPs: [],
      selector: { app: 'web' },
      ports: [
        { port: 80, protocol: 'TCP', targetPort: 80 },
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 'dns' },
      ],
    });
  });

  test('has an empty or zero target port as the port itself, as the API server stores it', () => {
    const ports = [
      { port: 80, targetPort: '' },
      { port: 81, targetPort: 0 },
      { name: '', port: 82, protocol: '' },
    ];
    expect(services.reduce(service('shop/web', ports)).ports).toEqual([
      { port: 80, protocol: 'TCP', targetPort: 80 },
      { port: 81, protocol: 'TCP', targetPort: 81 },
      { port: 82, protocol: 'TCP', targetPort: 82 },
    ]);
  });

  test('is headless where it has no address, and selects nothing where its selector is empty or absent', () => {
    for (const selector of [{}, undefined]) {
      expect(facts(services, service('shop/db', [], { clusterIP: 'None', selector }))).toEqual({
        type: 'ClusterIP',
        headless: true,
        clusterIPs: [],
        ports: [],
      });
    }
  });

  test('has the addresses of both families, and one where an old file names one', () => {
    const addresses = (spec: object) => services.reduce(object('Service', 'shop/db', spec)).clusterIPs;
    expect(addresses({ clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9', 'fd00::9'] })).toEqual([
      '10.96.0.9',
      'fd00::9',
    ]);
    expect(addresses({ clusterIP: '10.96.0.9' })).toEqual(['10.96.0.9']);
    expect(addresses({ clusterIP: 'None', clusterIPs: ['None'] })).toEqual([]);
  });

  test('keeps where an ExternalName points to', () => {
    const spec = { type: 'ExternalName', externalName: 'db.example.com' };
    expect(facts(services, object('Service', 'shop/db', spec))).toMatchObject({ ...spec, ports: [] });
  });
});

describe('an Ingress', () => {
  const backend = (name: string, port: object) => ({ service: { name, port } });

  test('is its default backend and the backends of all paths, each once and with the first field that names it', () => {
    const web = backend('web', { number: 80 });
    const spec = {
      ingressClassName: 'nginx',
      defaultBackend: web,
      rules: [
        {},
        { http: { paths: [{ backend: web }, { backend: backend('web', { name: 'http' }) }] } },
        { http: { paths: [{ backend: { resource: { kind: 'Bucket', name: 'files' } } }] } },
      ],
    };
    expect(facts(ingresses, object('Ingress', 'shop/web', spec))).toEqual({
      className: 'nginx',
      backends: [
        { namespace: 'shop', name: 'web', port: 80, at: 'spec.defaultBackend' },
        { namespace: 'shop', name: 'web', port: 'http', at: 'spec.rules[1].http.paths[1].backend' },
      ],
      resourceBackends: [{ named: 'Bucket/files', at: 'spec.rules[2].http.paths[0].backend' }],
    });
  });

  test('has the class of its spec before that of the old annotation, and none where neither is there', () => {
    const old = { 'kubernetes.io/ingress.class': 'old' };
    const classOf = (spec: object, annotations = {}) =>
      facts(ingresses, object('Ingress', 'shop/web', spec, annotations)).className;
    expect(classOf({ ingressClassName: 'new' }, old)).toBe('new');
    expect(classOf({}, old)).toBe('old');
    expect(classOf({})).toBeUndefined();
  });
});

describe('an IngressClass', () => {
  test('is the default where its annotation says `true`, and not where it says anything else', () => {
    const isDefault = (value: string) =>
      facts(
        ingressClasses,
        object('IngressClass', 'nginx', {}, { 'ingressclass.kubernetes.io/is-default-class': value }),
      );
    expect([isDefault('true'), isDefault('false')]).toEqual([{ isDefault: true }, { isDefault: false }]);
  });
});

describe('what the control plane calls', () => {
  const metadata = { name: 'policy', uid: 'uid', resourceVersion: '1' };

  test.each([
    ['ValidatingWebhookConfiguration', validatingWebhooks],
    ['MutatingWebhookConfiguration', mutatingWebhooks],
  ] as const)(
    'is each Service of a %s, on port 443 unless it says another; a URL is none',
    (kind, resource) => {
      const webhooks = [
        { clientConfig: { service: { namespace: 'shop', name: 'hook' } } },
        { clientConfig: { service: { namespace: 'shop', name: 'hook', port: 8443 } } },
        { clientConfig: { url: 'https://hooks.example' } },
        {},
      ];
      const caller = `${kind}/policy`;
      expect(facts(resource, { metadata, webhooks } as RawObject)).toEqual({
        calls: [
          { caller, service: { namespace: 'shop', name: 'hook', port: 443 } },
          { caller, service: { namespace: 'shop', name: 'hook', port: 8443 } },
        ],
      });
    },
  );

  test('is the Service of an APIService; one that the API server answers itself has none', () => {
    const spec = { service: { namespace: 'shop', name: 'metrics' } };
    expect(facts(apiServices, { metadata, spec } as RawObject)).toEqual({
      calls: [{ caller: 'APIService/policy', service: { namespace: 'shop', name: 'metrics', port: 443 } }],
    });
    expect(facts(apiServices, { metadata, spec: {} } as RawObject)).toEqual({ calls: [] });
  });
});
