import { describe, expect, test } from '@jest/globals';
import { type KubernetesObject, namespace, object, view } from '../../../test/fixtures.ts';
import type { ClusterView } from '../../view/cluster-view.ts';
import { gatewaysAccepting } from './attachments.ts';

const from = (namespaces: object) => ({ namespaces });
const everywhere = from({ from: 'All' });
const toProd = from({ from: 'Selector', selector: { matchLabels: { stage: 'prod' } } });
const listener = (name: string, port: number, allowedRoutes?: object, more: object = {}) => ({
  ...{ name, port, protocol: 'HTTP', allowedRoutes },
  ...more,
});

const gateway = (listeners: readonly object[], allowedListeners?: object) =>
  object('Gateway', 'infra/public', { gatewayClassName: 'istio', listeners, allowedListeners });
const set = (key: string, allowedRoutes?: object, parent: object = { name: 'public', namespace: 'infra' }) =>
  object('ListenerSet', key, { parentRef: parent, listeners: [listener('team', 8443, allowedRoutes)] });

const routeIn = ({ gatewayRoutes }: ClusterView) =>
  gatewayRoutes.flatMap((all) => all.get('shop')?.get('web') ?? [])[0];

/** Which Gateways take an HTTPRoute of the shop with these parents. */
function taking(
  objects: readonly KubernetesObject[],
  parents: readonly object[] = [{ name: 'public', namespace: 'infra' }],
  labels: Readonly<Record<string, string>> = {},
): readonly string[] {
  const route = object('HTTPRoute', 'shop/web', { parentRefs: parents });
  return takingRoute(objects, route, labels);
}

/** Which Gateways take this route of the shop. */
function takingRoute(
  objects: readonly KubernetesObject[],
  route: KubernetesObject,
  labels: Readonly<Record<string, string>> = {},
): readonly string[] {
  const seen = view({ namespaces: [namespace('shop', labels)], objects: [...objects, route] });
  const facts = routeIn(seen);
  if (facts === undefined) throw new Error('the route is there');
  return gatewaysAccepting(seen, facts).map((each) => `${each.namespace}/${each.name}`);
}

const taken = ['infra/public'];

describe('a Gateway takes a route', () => {
  test('of its own namespace alone, unless a listener says otherwise', () => {
    expect(taking([gateway([listener('http', 80)])])).toEqual([]);
    expect(taking([gateway([listener('http', 80, everywhere)])])).toEqual(taken);
    const own = object('Gateway', 'shop/own', { gatewayClassName: 'x', listeners: [listener('http', 80)] });
    expect(taking([own], [{ name: 'own' }])).toEqual(['shop/own']);
  });

  test('of the namespaces that a listener selects by their labels, and of none that is not known', () => {
    const selective = [gateway([listener('http', 80, toProd)])];
    expect(taking(selective, undefined, { stage: 'prod' })).toEqual(taken);
    expect(taking(selective, undefined, { stage: 'test' })).toEqual([]);
    const anyLabels = gateway([listener('http', 80, from({ from: 'Selector', selector: {} }))]);
    const facts = view({
      objects: [
        anyLabels,
        object('HTTPRoute', 'shop/web', { parentRefs: [{ name: 'public', namespace: 'infra' }] }),
      ],
    });
    const route = routeIn(facts);
    expect(route && gatewaysAccepting(facts, route)).toEqual([]);
  });

  test('by the listener that it names, or one on the port that it names', () => {
    const two = [gateway([listener('open', 80, everywhere), listener('closed', 443)])];
    const asked = (more: object) => taking(two, [{ name: 'public', namespace: 'infra', ...more }]);
    expect(asked({ sectionName: 'open' })).toEqual(taken);
    expect(asked({ sectionName: 'closed' })).toEqual([]);
    expect(asked({ sectionName: 'gone' })).toEqual([]);
    expect(asked({ port: 80 })).toEqual(taken);
    expect(asked({ port: 443 })).toEqual([]);
    expect(asked({ sectionName: 'open', port: 443 })).toEqual([]);
  });

  test('of a kind that the listener takes', () => {
    const only = (kind: string) => [gateway([listener('http', 80, { ...everywhere, kinds: [{ kind }] })])];
    expect(taking(only('HTTPRoute'))).toEqual(taken);
    expect(taking(only('GRPCRoute'))).toEqual([]);
  });

  test('once, whatever number of its listeners take it', () => {
    const both = [gateway([listener('a', 80, everywhere), listener('b', 81, everywhere)])];
    const parent = { name: 'public', namespace: 'infra' };
    expect(
      taking(both, [
        { ...parent, sectionName: 'a' },
        { ...parent, sectionName: 'b' },
      ]),
    ).toEqual(taken);
  });
});

describe('a Gateway takes a route through a ListenerSet', () => {
  const open = gateway([listener('http', 80)], from({ from: 'All' }));
  const parents = [{ kind: 'ListenerSet', name: 'team' }];

  test('that it lets in, of whose namespace the route is', () => {
    expect(taking([open, set('shop/team')], parents)).toEqual(taken);
  });

  test('but not where it lets in no ListenerSets, which is the default, or those of other namespaces', () => {
    expect(taking([gateway([listener('http', 80, everywhere)]), set('shop/team')], parents)).toEqual([]);
    expect(taking([gateway([], from({ from: 'Same' })), set('shop/team')], parents)).toEqual([]);
    const selective = gateway([], toProd);
    expect(taking([selective, set('shop/team')], parents)).toEqual([]);
    expect(taking([selective, set('shop/team')], parents, { stage: 'prod' })).toEqual(taken);
  });

  test('of another namespace where the ListenerSet itself lets the route in: what the Gateway lets in is of no interest', () => {
    const far = [{ kind: 'ListenerSet', name: 'team', namespace: 'edge' }];
    const generous = gateway([listener('http', 80, everywhere)], from({ from: 'All' }));
    expect(taking([generous, set('edge/team')], far)).toEqual([]);
    expect(taking([generous, set('edge/team', everywhere)], far)).toEqual(taken);
    expect(taking([generous, set('edge/team', everywhere)], [{ ...far[0], sectionName: 'http' }])).toEqual(
      [],
    );
  });

  test('but not while one of them is missing, or the ListenerSet belongs to something else', () => {
    expect(taking([open], parents)).toEqual([]);
    expect(taking([set('shop/team')], parents)).toEqual([]);
    expect(taking([open, set('shop/team', undefined, { kind: 'Mesh', name: 'public' })], parents)).toEqual(
      [],
    );
  });
});

describe('a Gateway takes a route by the protocol of its listeners', () => {
  const kinds = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'] as const;
  const takes = (more: object, allowedRoutes: object = everywhere) =>
    kinds.filter((kind) => {
      const parentRefs = [{ name: 'public', namespace: 'infra' }];
      const route = object(kind, 'shop/web', { parentRefs });
      return takingRoute([gateway([listener('one', 443, allowedRoutes, more)])], route).length > 0;
    });

  test.each([
    [{ protocol: 'HTTP' }, ['HTTPRoute', 'GRPCRoute']],
    [{ protocol: 'HTTPS', tls: { mode: 'Terminate' } }, ['HTTPRoute', 'GRPCRoute']],
    [{ protocol: 'TLS', tls: { mode: 'Passthrough' } }, ['TLSRoute']],
    [{ protocol: 'TLS' }, ['TLSRoute', 'TCPRoute']],
    [{ protocol: 'TCP' }, ['TCPRoute']],
    [{ protocol: 'UDP' }, ['UDPRoute']],
    [{ protocol: undefined }, []],
    [{ protocol: 'example.com/quic' }, []],
  ])('%j takes %j', (more, expected) => {
    expect(takes(more)).toEqual(expected);
  });

  test('and of those the kinds that a listener names, of which those of a protocol of its own are all that it takes', () => {
    const only = (kind: string) => ({ ...everywhere, kinds: [{ kind }] });
    expect(takes({ protocol: 'HTTP' }, only('GRPCRoute'))).toEqual(['GRPCRoute']);
    expect(takes({ protocol: 'TCP' }, only('HTTPRoute'))).toEqual([]);
    expect(takes({ protocol: 'example.com/quic' }, only('UDPRoute'))).toEqual(['UDPRoute']);
  });
});

describe('a Gateway takes a route by its hosts', () => {
  const takes = (hostname: string | undefined, hostnames: readonly string[] | undefined) => {
    const parentRefs = [{ name: 'public', namespace: 'infra' }];
    const one = listener('one', 443, everywhere, { protocol: 'HTTPS', hostname });
    return (
      takingRoute([gateway([one])], object('HTTPRoute', 'shop/web', { parentRefs, hostnames })).length > 0
    );
  };

  test.each([
    [undefined, undefined, true],
    ['a.example', undefined, true],
    [undefined, ['a.example'], true],
    ['', ['a.example'], true],
    ['a.example', ['a.example'], true],
    ['a.example', ['other.example'], false],
    ['a.example', ['other.example', '*.example'], true],
    ['*.example', ['b.a.example'], true],
    ['*.example', ['example'], false],
  ])('a listener for %j and a route for %j: %s', (hostname, hostnames, expected) => {
    expect(takes(hostname, hostnames)).toBe(expected);
  });

  test('where the API knows hosts: a listener for TCP has none, whatever stands there', () => {
    const parentRefs = [{ name: 'public', namespace: 'infra' }];
    const one = listener('one', 443, everywhere, { protocol: 'TCP', hostname: 'a.example' });
    expect(takingRoute([gateway([one])], object('TCPRoute', 'shop/web', { parentRefs }))).toEqual(taken);
  });
});
