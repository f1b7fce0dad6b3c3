import { describe, expect, test } from '@jest/globals';
import { type KubernetesObject, node, object, service } from '../../test/fixtures.ts';
import { Stores } from './stores.ts';

function stores(...objects: readonly KubernetesObject[]): Stores {
  const all = new Stores('ringfence-system');
  for (const each of objects) expect(all.take(each)).toBe(true);
  return all;
}

const later = (given: KubernetesObject): KubernetesObject => ({
  ...given,
  metadata: { ...given.metadata, resourceVersion: '2' },
});

describe('an object that is read', () => {
  test('goes where its kind and group belong', () => {
    const view = stores(
      service('shop/web', [{ port: 80 }]),
      node('a', '10.1.0.5'),
      object('Gateway', 'infra/public'),
    ).view();
    expect(view.services.get('shop')?.get('web')?.ports).toHaveLength(1);
    expect(view.nodes.get('a')?.addresses).toEqual(['10.1.0.5']);
    expect(view.gateways.get('infra')?.has('public')).toBe(true);
  });

  test('is refused where nothing is made of its kind, or where another group has a kind of that name', () => {
    const all = new Stores('ringfence-system');
    expect(all.take({ ...service('shop/web', []), kind: 'ConfigMap' })).toBe(false);
    expect(all.take({ ...service('shop/web', []), apiVersion: 'serving.knative.dev/v1' })).toBe(false);
    expect(all.take({ ...object('Gateway', 'shop/web'), apiVersion: 'networking.istio.io/v1' })).toBe(false);
    expect(all.view().services.size).toBe(0);
  });
});

describe('the namespaces whose routes lead to a namespace', () => {
  const route = (key: string, namespace: string) =>
    object('HTTPRoute', key, { rules: [{ backendRefs: [{ name: 'web', namespace, port: 80 }] }] });

  test('follow the routes as they come, change and go', () => {
    const all = stores(route('routing/a', 'shop'));
    expect(all.view().routeSources).toEqual(new Map([['shop', new Set(['routing'])]]));
    all.take(later(route('routing/a', 'pay')));
    expect(all.view().routeSources).toEqual(new Map([['pay', new Set(['routing'])]]));
    all.httpRoutes.remove(
      all.httpRoutes.all()[0] ?? { namespace: '', name: '', uid: '', resourceVersion: '' },
    );
    expect(all.view().routeSources).toEqual(new Map());
  });

  test('are not the namespace itself', () => {
    expect(stores(route('shop/a', 'shop')).view().routeSources).toEqual(new Map());
  });
});

describe('a listener', () => {
  test('hears of no new version of the same facts', () => {
    const all = stores(service('shop/web', [{ port: 80 }]));
    const heard: unknown[] = [];
    all.services.onChange((change) => heard.push(change));
    all.take(later(service('shop/web', [{ port: 80 }])));
    expect(heard).toEqual([]);
    all.take(later(service('shop/web', [{ port: 81 }])));
    expect(heard).toHaveLength(1);
  });

  test('hears of a ReferenceGrant that was about every Service and is about none: an empty list is not an absent one', () => {
    const grant = (kind: string) => object('ReferenceGrant', 'shop/grant', { from: [], to: [{ kind }] });
    const all = stores(grant('Service'));
    const heard: unknown[] = [];
    all.referenceGrants.onChange((change) => heard.push(change));
    all.take(later(grant('Secret')));
    expect(heard).toHaveLength(1);
  });
});
