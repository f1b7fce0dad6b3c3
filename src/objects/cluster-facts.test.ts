import { describe, expect, test } from '@jest/globals';
import {
  allowing,
  endpointSlice,
  type KubernetesObject,
  node,
  object,
  service,
  written,
} from '../../test/fixtures.ts';
import { ClusterFacts } from './cluster-facts.ts';
import { appNetworkProfiles, type StoredPolicy } from './policy-resources.ts';

function stores(...objects: readonly KubernetesObject[]): ClusterFacts {
  const all = new ClusterFacts('ringfence-system');
  for (const each of objects) expect(all.add(each)).toBe(true);
  return all;
}

const identified = (name: string) => ({ namespace: '', name, uid: name, resourceVersion: '1' });

const later = (given: KubernetesObject): KubernetesObject => ({
  ...given,
  metadata: { ...given.metadata, resourceVersion: '2' },
});

describe('an object that is read', () => {
  test('goes to the store of its kind and group', () => {
    const view = stores(
      service('shop/web', [{ port: 80 }]),
      node('a', '10.1.0.5'),
      object('Gateway', 'infra/public'),
    ).view();
    expect(view.services.get('shop')?.get('web')?.ports).toHaveLength(1);
    expect(view.discovered.cluster?.nodeRanges).toEqual(['10.1.0.5/32']);
    expect(view.gateways.get('infra')?.has('public')).toBe(true);
  });

  test('is refused if nothing reads its kind, or if another group has a kind of that name', () => {
    const all = new ClusterFacts('ringfence-system');
    expect(all.add({ ...service('shop/web', []), kind: 'Secret' })).toBe(false);
    expect(all.add({ ...service('shop/web', []), apiVersion: 'serving.knative.dev/v1' })).toBe(false);
    expect(all.add({ ...object('Gateway', 'shop/web'), apiVersion: 'networking.istio.io/v1' })).toBe(false);
    expect(all.view().services.size).toBe(0);
  });
});

describe('the namespaces whose routes lead to a namespace', () => {
  const route = (key: string, namespace: string) =>
    object('HTTPRoute', key, { rules: [{ backendRefs: [{ name: 'web', namespace, port: 80 }] }] });

  test('follow the routes as they come, change and go', () => {
    const all = stores(route('routing/a', 'shop'));
    expect(all.view().routeSources).toEqual(new Map([['shop', new Set(['routing'])]]));
    all.add(later(route('routing/a', 'pay')));
    expect(all.view().routeSources).toEqual(new Map([['pay', new Set(['routing'])]]));
    for (const store of all.gatewayRoutes) for (const each of store.all()) store.remove(each);
    expect(all.view().routeSources).toEqual(new Map());
  });

  test('are not the namespace itself', () => {
    expect(stores(route('shop/a', 'shop')).view().routeSources).toEqual(new Map());
  });
});

describe('the namespaces that hold mirrors of another one', () => {
  const mirror = (place: string, of: string): StoredPolicy => ({
    ...written(allowing('ringfence-mirror-web-out-0', 'Egress', 443)),
    namespace: place,
    mirrors: [of],
  });

  test('are known from what was watched, and from what the operator wrote itself', async () => {
    const all = stores();
    const write = async (policy: StoredPolicy) =>
      all.stores.policies.during(policy, 'own write', async ({ found }) => found(policy));
    all.stores.policies.accept(mirror('shop', 'data'));
    await write(mirror('cart', 'data'));
    await write(mirror('pay', 'other'));
    expect([...all.holdingMirrorsOf('data')].sort()).toEqual(['cart', 'shop']);
    const gone = mirror('cart', 'data');
    await all.stores.policies.during(gone, 'own write', async ({ deleted }) => deleted(gone.uid));
    expect(all.holdingMirrorsOf('data')).toEqual(['shop']);
    expect(all.holdingMirrorsOf('nobody')).toEqual([]);
  });
});

describe('the platform profile', () => {
  const stored = (spec: object, version: number, uid = 'one') => ({
    ...{ apiVersion: 'ringfence.dev/v1alpha1', kind: 'PlatformNetworkProfile' },
    metadata: { name: 'default', uid, resourceVersion: `${version}`, generation: version },
    spec,
  });
  const read = stored({ enforcement: 'Enforce' }, 1);
  const broken = { enforcement: 'Enforce', colour: 'blue' };

  test('stays as it could be read last, with the reason why it cannot be read now', () => {
    const all = stores(read, stored(broken, 2));
    const { decoded, generation, outdated } = all.view().platform ?? {};
    expect([decoded?.ok, generation, outdated?.map(({ path }) => path)]).toEqual([true, 2, ['spec.colour']]);
    all.add(stored({ enforcement: 'Off' }, 3));
    expect(all.view().platform?.outdated).toBeUndefined();
  });

  test('does not stay if it was never readable, or if it was created anew', () => {
    expect(stores(stored(broken, 1)).view().platform?.decoded.ok).toBe(false);
    expect(stores(read, stored(broken, 2, 'other')).view().platform?.decoded.ok).toBe(false);
  });
});

describe('a listener', () => {
  test('hears of no new version of the same facts', () => {
    const all = stores(service('shop/web', [{ port: 80 }]));
    const heard: unknown[] = [];
    all.stores.services.onChange((change) => heard.push(change));
    all.add(later(service('shop/web', [{ port: 80 }])));
    expect(heard).toEqual([]);
    all.add(later(service('shop/web', [{ port: 81 }])));
    expect(heard).toHaveLength(1);
  });

  test('hears of no label, annotation or finalizer that others put on a policy of ours', () => {
    const policy = {
      ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
      metadata: { namespace: 'shop', name: 'ringfence-x', uid: 'uid-1', resourceVersion: '1' },
      spec: { podSelector: {}, policyTypes: ['Ingress'] },
    };
    const labels = { 'app.kubernetes.io/managed-by': 'ringfence' };
    const all = stores({ ...policy, metadata: { ...policy.metadata, labels } });
    const heard: unknown[] = [];
    all.stores.policies.onChange((change) => heard.push(change));
    const marked = {
      ...policy.metadata,
      labels: { ...labels, a: 'b' },
      finalizers: ['x'],
      annotations: { a: 'b' },
    };
    all.add(later({ ...policy, metadata: marked }));
    expect(all.policiesIn('shop').owned).toMatchObject([{ hasForeignMetadata: true, resourceVersion: '2' }]);
    expect(heard).toEqual([]);
  });

  test('is told of a ReferenceGrant that was about every Service and is about none: an empty list is not an absent one', () => {
    const grant = (kind: string) => object('ReferenceGrant', 'shop/grant', { from: [], to: [{ kind }] });
    const all = stores(grant('Service'));
    const heard: unknown[] = [];
    all.stores.referenceGrants.onChange((change) => heard.push(change));
    all.add(later(grant('Secret')));
    expect(heard).toHaveLength(1);
  });
});

describe('what is known of the cluster', () => {
  const platform = (discovered: object): KubernetesObject =>
    ({
      apiVersion: 'ringfence.dev/v1alpha1',
      kind: 'PlatformNetworkProfile',
      metadata: { name: 'default', uid: 'uid', resourceVersion: '1' },
      spec: { enforcement: 'Enforce' },
      status: { discovered },
    }) as KubernetesObject;
  const before = { cluster: { nodeRanges: ['10.0.0.0/24'], serviceRanges: ['10.96.0.0/16'] } };

  test('is what the objects say, or else what the status of the profile says', () => {
    const dns = [
      service('kube-system/kube-dns', [{ name: 'dns', port: 53, protocol: 'UDP' }]),
      endpointSlice('kube-system/kube-dns', ['10.244.0.2'], [{ name: 'dns', port: 53, protocol: 'UDP' }]),
    ];
    const view = stores(platform(before), node('a', '10.1.0.5'), ...dns).view();
    expect(view.discovered).toMatchObject({
      dns: { ports: ['53/UDP'] },
      cluster: { nodeRanges: ['10.1.0.5/32'], serviceRanges: ['10.96.0.0/16'] },
    });
    expect(view.discoveryFindings).toEqual([]);
    expect(stores(platform(before)).view().discovered).toEqual(before);
  });

  test('is nothing where the status is of another version', () => {
    expect(stores(platform({ cluster: { nodeRanges: 'all' } })).view().discovered).toEqual({});
  });

  test('is found out anew with each object that is read', () => {
    const all = stores(node('a', '10.1.0.5'));
    expect(all.view().discovered.cluster?.nodeRanges).toEqual(['10.1.0.5/32']);
    all.add(node('b', '10.1.0.6'));
    expect(all.view().discovered.cluster?.nodeRanges).toEqual(['10.1.0.5/32', '10.1.0.6/32']);
  });

  test('stays while objects are watched until it is found out anew, with the nodes or without them', () => {
    const all = stores(node('a', '10.1.0.5'));
    const { cluster } = all.view().discovered;
    all.stores.nodes.observe({ ...all.stores.nodes.all()[0], addresses: ['10.1.0.9'] } as never);
    all.stores.serviceCidrs.observe({
      namespace: '',
      name: 'a',
      uid: 'a',
      resourceVersion: '1',
      ranges: ['10.96.0.0/16'],
    });
    expect(all.view().discovered.cluster).toEqual(cluster);
    expect(all.discovery.rediscover({ nodes: false })).toBe(true);
    expect(all.view().discovered.cluster).toEqual({ ...cluster, serviceRanges: ['10.96.0.0/16'] });
    expect(all.discovery.rediscover({ nodes: true })).toBe(true);
    expect(all.view().discovered.cluster?.nodeRanges).toEqual(['10.1.0.9/32']);
    expect(all.discovery.rediscover({ nodes: true })).toBe(false);
  });

  test('stays, and counts as uncertain, if an object reveals a mistake of ours', () => {
    const all = new (class extends ClusterFacts {
      protected override get isWatched() {
        return true;
      }
    })('ringfence-system');
    all.stores.nodes.accept({ ...identified('a'), addresses: ['10.1.0.5'], podRanges: ['10.244.0.0/24'] });
    const before = all.view();
    expect(before.discovered.cluster?.nodeRanges).toEqual(['10.1.0.5/32']);
    expect(before.uncertain).not.toContain('nodeRanges');
    const broken = { ...identified('b'), addresses: [undefined], podRanges: [] } as never;
    all.stores.nodes.accept(broken);
    expect(() => all.discovery.rediscover({ nodes: true })).toThrow(TypeError);
    expect(all.view().discovered).toEqual(before.discovered);
    expect(all.view().uncertain).toContain('nodeRanges');
    // After a restart there is a view too.
    all.discovery.reset();
    expect(all.view().uncertain).toContain('nodeRanges');
    all.stores.nodes.remove(broken);
    expect(all.discovery.rediscover({ nodes: true })).toBe(true);
    expect(all.view().discovered.cluster?.nodeRanges).toEqual(['10.1.0.5/32']);
  });
});

describe('a change of a profile', () => {
  const stored = (resourceVersion: string, egress: string, status?: object) => {
    const object = {
      apiVersion: 'ringfence.dev/v1alpha1',
      kind: 'AppNetworkProfile',
      metadata: { name: 'team', namespace: 'shop', uid: 'u', generation: 1, resourceVersion },
      spec: { egress, routes: [] },
      ...(status && { status }),
    };
    return appNetworkProfiles.reduce(object);
  };

  test('is reported if it declares something else, also with the same generation; a new status is not', () => {
    const all = stores();
    const heard: string[] = [];
    all.stores.profiles.onChange(({ next }) =>
      heard.push(next?.decoded.ok ? (next.decoded.value.spec.egress ?? '') : 'unreadable'),
    );
    all.stores.profiles.accept(stored('1', 'ClusterOnly'));
    all.stores.profiles.accept(stored('1', 'Restricted'));
    all.stores.profiles.accept(stored('2', 'Restricted', { conditions: [] }));
    all.stores.profiles.accept(stored('3', 'Wrong'));
    all.stores.profiles.accept(stored('4', 'Wrong', { conditions: [] }));
    expect(heard).toEqual(['ClusterOnly', 'Restricted', 'unreadable']);
  });
});
