import { describe, expect, test } from '@jest/globals';
import { type KubernetesObject, namespace, object, view } from '../../test/fixtures.ts';
import { gatewaysTaking } from './attachments.ts';

const from = (namespaces: object) => ({ namespaces });
const everywhere = from({ from: 'All' });
const toProd = from({ from: 'Selector', selector: { matchLabels: { stage: 'prod' } } });
const listener = (name: string, port: number, allowedRoutes?: object) => ({ name, port, allowedRoutes });

const gateway = (listeners: readonly object[], allowedListeners?: object) =>
  object('Gateway', 'infra/public', { gatewayClassName: 'istio', listeners, allowedListeners });
const set = (key: string, allowedRoutes?: object, parent: object = { name: 'public', namespace: 'infra' }) =>
  object('ListenerSet', key, { parentRef: parent, listeners: [listener('team', 8443, allowedRoutes)] });

/** Which Gateways take an HTTPRoute of the shop with these parents. */
function taking(
  objects: readonly KubernetesObject[],
  parents: readonly object[] = [{ name: 'public', namespace: 'infra' }],
  labels: Readonly<Record<string, string>> = {},
): readonly string[] {
  const route = object('HTTPRoute', 'shop/web', { parentRefs: parents });
  const seen = view({ namespaces: [namespace('shop', labels)], objects: [...objects, route] });
  const facts = seen.httpRoutes.get('shop')?.get('web');
  if (facts === undefined) throw new Error('the route is there');
  return gatewaysTaking(seen, facts).map((each) => `${each.namespace}/${each.name}`);
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
    const route = facts.httpRoutes.get('shop')?.get('web');
    expect(route && gatewaysTaking(facts, route)).toEqual([]);
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
