import { describe, expect, test } from '@jest/globals';
import { object } from '../../test/fixtures.ts';
import type { RawObject, Resource } from '../kube/resource.ts';
import type { Identified } from '../kube/store.ts';
import type { GatewayRouteKind } from '../model/gateway-routes.ts';
import { gatewayRoutes, gateways, listenerSets, referenceGrants } from './gateway-resources.ts';

/** The facts without what identifies the object. */
function facts<T extends Identified>(resource: Resource<T>, given: RawObject) {
  const { namespace: _n, name: _a, uid: _u, resourceVersion: _r, ...rest } = resource.reduce(given);
  return rest;
}

const routeCases = Object.values(gatewayRoutes).map((resource) => ({
  kind: resource.kind as GatewayRouteKind,
  resource,
}));

describe.each(routeCases)('an object of kind $kind', ({ kind, resource }) => {
  const port = (number: number) => (kind === 'UDPRoute' ? `${number}/UDP` : number);

  test('is its Gateways and its backends, in its own namespace unless they say another', () => {
    const spec = {
      parentRefs: [{ name: 'own' }, { name: 'public', namespace: 'infra', sectionName: 'https' }],
      rules: [
        {
          backendRefs: [
            { name: 'web', port: 80 },
            { name: 'api', namespace: 'pay', port: 81, weight: 0 },
          ],
        },
        {},
      ],
    };
    expect(facts(resource, object(kind, 'shop/web', spec))).toEqual({
      kind,
      hostnames: [],
      parents: [
        { kind: 'Gateway', namespace: 'shop', name: 'own' },
        { kind: 'Gateway', namespace: 'infra', name: 'public', listener: 'https' },
      ],
      otherParents: [],
      backends: [
        { namespace: 'shop', name: 'web', port: port(80), at: 'spec.rules[0].backendRefs[0]' },
        { namespace: 'pay', name: 'api', port: port(81), at: 'spec.rules[0].backendRefs[1]' },
      ],
      otherBackends: [],
    });
  });

  test('keeps apart the backends that are no Services', () => {
    const rules = [
      {
        backendRefs: [
          { group: 'x.example', name: 'odd' },
          { kind: 'Lambda', group: 'aws', name: 'fn' },
        ],
      },
    ];
    expect(facts(resource, object(kind, 'shop/web', { rules }))).toMatchObject({
      backends: [],
      otherBackends: [
        { named: 'Service/odd', at: 'spec.rules[0].backendRefs[0]' },
        { named: 'Lambda/fn', at: 'spec.rules[0].backendRefs[1]' },
      ],
    });
  });

  test('may be attached to ListenerSets, to some listener by its port, and to what is tried before it joins the API', () => {
    const parentRefs = [
      { kind: 'ListenerSet', name: 'team', port: 8443 },
      { kind: 'Service', group: '', name: 'mesh' },
      { kind: 'ListenerSet', group: 'other.example', name: 'odd' },
      { kind: 'XListenerSet', group: 'gateway.networking.x-k8s.io', name: 'early' },
    ];
    expect(facts(resource, object(kind, 'shop/web', { parentRefs }))).toMatchObject({
      parents: [{ kind: 'ListenerSet', namespace: 'shop', name: 'team', port: 8443 }],
      otherParents: ['XListenerSet/early'],
    });
  });

  test('may name the hosts that it is for', () => {
    const hostnames = ['a.example', '*.b.example'];
    expect(facts(resource, object(kind, 'shop/web', { hostnames }))).toMatchObject({ hostnames });
  });

  test('may lead nowhere', () => {
    expect(facts(resource, object(kind, 'shop/web'))).toEqual({
      kind,
      hostnames: [],
      parents: [],
      otherParents: [],
      backends: [],
      otherBackends: [],
    });
  });
});

describe('a Gateway', () => {
  const reduced = (spec: object) => facts(gateways, object('Gateway', 'infra/public', spec));
  const listening = (allowedRoutes?: object) =>
    reduced({
      gatewayClassName: 'istio',
      listeners: [{ name: 'web', port: 80, protocol: 'HTTP', ...(allowedRoutes && { allowedRoutes }) }],
    }).listeners[0];

  test('has its class, and takes routes of its own namespace and no ListenerSets unless it says so', () => {
    const listeners = [{ name: 'web', port: 80, protocol: 'HTTP' }];
    expect(reduced({ gatewayClassName: 'istio', listeners })).toEqual({
      className: 'istio',
      listeners: [{ name: 'web', port: 80, protocol: 'HTTP', passthrough: false, routesFrom: 'Same' }],
      listenerSetsFrom: 'None',
    });
  });

  test.each([
    ['All', { from: 'All' }, 'All'],
    ['Same', { from: 'Same' }, 'Same'],
    ['None', { from: 'None' }, 'None'],
    [
      'a selector',
      { from: 'Selector', selector: { matchLabels: { a: 'b' } } },
      { selector: { matchLabels: { a: 'b' } } },
    ],
    ['a selector that is missing', { from: 'Selector' }, 'None'],
    ['what a later version may say', { from: 'Friends' }, 'None'],
  ])('takes routes and ListenerSets from %s', (_, namespaces, expected) => {
    expect(listening({ namespaces })?.routesFrom).toEqual(expected);
    const spec = { gatewayClassName: 'istio', allowedListeners: { namespaces } };
    expect(reduced(spec).listenerSetsFrom).toEqual(expected);
  });

  test('has the protocol, the host and the mode of TLS of each listener', () => {
    const tls = { mode: 'Passthrough' };
    const listeners = [
      { name: 'tls', port: 8443, protocol: 'TLS', hostname: '*.example', tls },
      { name: 'all', port: 8444, protocol: 'TLS', hostname: '', tls: {} },
    ];
    const read = reduced({ gatewayClassName: 'istio', listeners }).listeners;
    expect(read).toMatchObject([
      { protocol: 'TLS', hostname: '*.example', passthrough: true },
      { protocol: 'TLS', passthrough: false },
    ]);
    expect(read[1]).not.toHaveProperty('hostname');
  });

  test('takes routes of the kinds that a listener names, and none of the API if it only names others', () => {
    expect(listening({ kinds: [] })).not.toHaveProperty('kinds');
    expect(listening({ kinds: [{ kind: 'GRPCRoute' }] })?.kinds).toEqual(['GRPCRoute']);
    expect(listening({ kinds: [{ group: 'other.example', kind: 'HTTPRoute' }] })?.kinds).toEqual([]);
  });
});

describe('a ListenerSet', () => {
  const listeners = [{ name: 'team', protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'All' } } }];
  const reduced = (parentRef: object) =>
    facts(listenerSets, object('ListenerSet', 'shop/team', { parentRef, listeners }));

  test('adds listeners to a Gateway, in its own namespace unless it says another', () => {
    expect(reduced({ name: 'own' })).toEqual({
      gateway: { namespace: 'shop', name: 'own' },
      listeners: [{ name: 'team', protocol: 'HTTP', passthrough: false, routesFrom: 'All' }],
    });
    expect(reduced({ name: 'public', namespace: 'infra' }).gateway).toEqual({
      namespace: 'infra',
      name: 'public',
    });
  });

  test('adds none to what is no Gateway', () => {
    expect(reduced({ kind: 'Elsewhere', name: 'own' })).not.toHaveProperty('gateway');
    expect(reduced({ group: 'other.example', name: 'own' })).not.toHaveProperty('gateway');
  });
});

describe('a ReferenceGrant', () => {
  const from = [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'routing' }];
  const granted = (to: readonly object[]) =>
    facts(referenceGrants, object('ReferenceGrant', 'shop/grant', { from, to }));

  test('is about every Service where one of its entries names none', () => {
    expect(
      granted([
        { group: '', kind: 'Service' },
        { kind: 'Service', name: 'web' },
      ]),
    ).toEqual({
      from: [{ kind: 'HTTPRoute', namespace: 'routing' }],
    });
  });

  test('is about the Services that it names', () => {
    expect(granted([{ kind: 'Service', name: 'web' }, { kind: 'Secret' }])).toMatchObject({
      services: ['web'],
    });
  });

  test('is about no Service if it is about other objects: none is not all', () => {
    expect(granted([{ kind: 'Secret' }, { group: 'other.example', kind: 'Service' }])).toMatchObject({
      services: [],
    });
  });
});
