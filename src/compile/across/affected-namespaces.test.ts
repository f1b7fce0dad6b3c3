// What an edit does not touch compiles as before: whatever the cluster, and whatever is edited.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  namespace,
  type PlatformSpec,
  platform,
  profile,
  service,
  undecodable,
  view,
} from '../../../test/fixtures.ts';
import { runs } from '../../../test/property-runs.ts';
import { type Cluster, neighbourNames, neighbours, viewOf } from '../../../test/random-cluster.ts';
import type { ClusterView, ProfileFacts } from '../../view/cluster-view.ts';
import { compile } from '../compile.ts';
import {
  namespacesAffectedByNamespace,
  namespacesAffectedByProfile,
  namespacesAffectedByServices,
  namespacesExposedThrough,
} from './affected-namespaces.ts';

/** The namespaces that are compiled to something else, except for what differs in the profiles' facts. */
function differing(before: ClusterView, after: ClusterView): readonly string[] {
  const told = (given: ClusterView) =>
    new Map(
      compile(given).namespaces.map((each) => [
        each.namespace,
        // What stays of others' mirrors matters where there are some: those namespaces are named to it.
        JSON.stringify({ ...each, frozenOwners: [...each.frozenOwners], frozenMirrors: [] }),
      ]),
    );
  const [one, other] = [told(before), told(after)];
  return [...new Set([...one.keys(), ...other.keys()])].filter((name) => one.get(name) !== other.get(name));
}

function expectTouched(touched: ReadonlySet<string>, before: Cluster, after: Cluster): void {
  const missed = differing(viewOf(before), viewOf(after)).filter((name) => !touched.has(name));
  expect(missed).toEqual([]);
}

const find = (given: Cluster, key: string) => {
  const [where = '', name = ''] = key.split('/');
  return viewOf(given).profiles.get(where)?.get(name);
};

describe('the namespaces that an edit touches', () => {
  test('are at least those that are compiled to something else, where a profile comes, changes or goes', () => {
    fc.assert(
      fc.property(neighbours, neighbours, fc.constantFrom(...neighbourNames), (before, other, where) => {
        const key = `${where}/a`;
        const rest = before.profiles.filter((each) => each.key !== key);
        const after = {
          ...before,
          profiles: [...rest, ...other.profiles.filter((each) => each.key === key)],
        };
        const touched = namespacesAffectedByProfile(viewOf(after), find(before, key), find(after, key), []);
        expectTouched(touched, before, after);
      }),
      runs(100),
    );
  });

  test('are at least those that are compiled to something else, where a namespace comes, is labelled or goes', () => {
    fc.assert(
      fc.property(neighbours, neighbours, fc.constantFrom(...neighbourNames), (before, other, name) => {
        const without = (before.namespaces ?? []).filter((each) => each.name !== name);
        const changed = (other.namespaces ?? []).filter((each) => each.name === name);
        const after = { ...before, namespaces: [...without, ...changed] };
        const [previous, next] = [before, after].map((each) => viewOf(each).namespaces.get(name));
        const touched = namespacesAffectedByNamespace(viewOf(after), previous, next);
        expectTouched(touched, before, after);
      }),
      runs(100),
    );
  });

  test('are at least those that are compiled to something else, where Services, Ingresses and routes of a namespace change', () => {
    fc.assert(
      fc.property(neighbours, neighbours, (before, other) => {
        const isElsewhere = ({ kind, metadata }: Cluster['objects'][number]) =>
          kind === 'Node' || kind === 'Gateway' || kind === 'IngressClass' || metadata.namespace !== 'shop';
        const objects = [
          ...before.objects.filter(isElsewhere),
          ...other.objects.filter((each) => !isElsewhere(each)),
        ];
        const after = { ...before, objects };
        expectTouched(namespacesAffectedByServices(viewOf(after), 'shop'), before, after);
      }),
      runs(100),
    );
  });

  test('are at least those that are compiled to something else, where a ListenerSet comes, changes or goes', () => {
    fc.assert(
      fc.property(neighbours, neighbours, (before, other) => {
        const isSet = ({ kind }: Cluster['objects'][number]) => kind === 'ListenerSet';
        const sets = fc.sample(fc.subarray([...other.objects.filter(isSet)]), 1)[0] ?? [];
        const after = { ...before, objects: [...before.objects.filter((each) => !isSet(each)), ...sets] };
        const view = viewOf(after);
        const exposed = [...namespacesExposedThrough(view, { namespace: 'pay', name: 'set' })];
        const touched = new Set(exposed.flatMap((each) => [...namespacesAffectedByServices(view, each)]));
        expectTouched(touched, before, after);
      }),
      runs(100),
    );
  });

  test('are few: those that one edited route names, and those that lead to its namespace', () => {
    const names = ['shop', 'data', 'audit', 'other', 'more'];
    const to = (name: string) => [{ name: 'out', from: { app: 'x' }, to: { namespace: { name } } }];
    const mine = (port: number) =>
      profile('data/db', {
        routes: [{ name: 'in', from: { namespace: { name: 'shop' } }, to: { app: 'db' }, ports: [port] }],
      });
    const given = (edited: ProfileFacts) =>
      view({
        platform: platform({ egress: 'Restricted' }),
        namespaces: names.map((name) => namespace(name)),
        profiles: [
          edited,
          profile('audit/a', { routes: to('data') }),
          profile('other/a', { routes: to('more') }),
        ],
      });
    const touched = namespacesAffectedByProfile(given(mine(2)), mine(1), mine(2));
    expect([...touched].sort()).toEqual(['audit', 'data', 'shop']);
  });

  test('are not those of a route of the same profile that is left as it is', () => {
    const mine = (port: number) =>
      profile('data/db', {
        routes: [
          { name: 'in', from: { namespace: { name: 'shop' } }, to: { app: 'db' }, ports: [port] },
          { name: 'scrape', from: { monitoring: {} }, to: { app: 'db' }, ports: [1] },
          { name: 'more', from: { namespace: { name: 'audit' } }, to: { app: 'db' } },
        ],
      });
    const given = view({
      platform: platform({ monitoring: [{ name: 'prometheus', namespace: 'monitoring', ports: [9090] }] }),
      namespaces: ['shop', 'data', 'audit', 'monitoring'].map((name) => namespace(name)),
      profiles: [mine(2)],
    });
    expect([...namespacesAffectedByProfile(given, mine(1), mine(2))].sort()).toEqual(['data', 'shop']);
    expect([...namespacesAffectedByProfile(given, mine(2), mine(2))]).toEqual(['data']);
  });

  test('are all that a wide route selects if the platform trusts its namespace, else its own alone', () => {
    const wide = profile('data/db', { routes: [{ name: 'in', from: { cluster: {} }, to: { app: 'db' } }] });
    const given = (spec: PlatformSpec) =>
      view({
        platform: platform(spec),
        namespaces: ['shop', 'data'].map((name) => namespace(name)),
        profiles: [wide],
      });
    const touched = (spec: PlatformSpec) =>
      [...namespacesAffectedByProfile(given(spec), undefined, wide)].sort();
    expect(touched({})).toEqual(['data']);
    expect(touched({ systemNamespaces: ['data'] })).toEqual(['data', 'shop']);
    expect(touched({ mirrorFrom: { selector: {} } })).toEqual(['data', 'shop']);
  });

  test("are those of the platform's systems too where a system namespace gets its first profile: it is ringed by that", () => {
    const monitoring = [{ name: 'prometheus', namespace: 'monitoring', ports: [9090] }];
    const first = profile('kube-system/dns');
    const given = view({
      platform: platform({ egress: 'Restricted', systemNamespaces: ['kube-system'], monitoring }),
      namespaces: ['kube-system', 'monitoring', 'shop'].map((name) => namespace(name)),
      profiles: [first],
    });
    expect([...namespacesAffectedByProfile(given, undefined, first)].sort()).toEqual([
      'kube-system',
      'monitoring',
    ]);
  });

  test('are only those that hold mirrors of a profile that cannot be read, before or after', () => {
    const broken = undecodable(profile('data/db'));
    const given = view({
      platform: platform(),
      namespaces: ['shop', 'data', 'other'].map((name) => namespace(name)),
      profiles: [broken],
    });
    const pairs = [
      [profile('data/db'), broken],
      [broken, profile('data/db')],
      [broken, { ...broken, generation: 2 }],
      [broken, undefined],
      [undefined, broken],
    ] as const;
    for (const [previous, next] of pairs) {
      const touched = namespacesAffectedByProfile(given, previous, next, ['shop']);
      expect([...touched].sort()).toEqual(['data', 'shop']);
    }
    const readable = [profile('data/db'), { ...profile('data/db'), generation: 2 }] as const;
    expect([...namespacesAffectedByProfile(given, ...readable, ['shop'])]).toEqual(['data']);
  });

  test('are those too whose egress a route opened, or opens, of a profile that cannot be read before or after', () => {
    const route = { name: 'in', from: { namespace: { name: 'shop' } }, to: { app: 'db' } } as const;
    const read = profile('data/db', { routes: [route] });
    const given = view({
      platform: platform(),
      namespaces: ['shop', 'data', 'other'].map((name) => namespace(name)),
      profiles: [read],
    });
    for (const pair of [
      [read, undecodable(read)],
      [undecodable(read), read],
    ] as const) {
      expect([...namespacesAffectedByProfile(given, ...pair, [])].sort()).toEqual(['data', 'shop']);
    }
  });

  test('are itself alone where there is no platform profile', () => {
    const given = view({ namespaces: [namespace('shop')], objects: [service('shop/web', [{ port: 80 }])] });
    expect([...namespacesAffectedByServices(given, 'shop')]).toEqual(['shop']);
    expect([...namespacesAffectedByProfile(given, undefined, profile('shop/a'))]).toEqual(['shop']);
    expect([...namespacesAffectedByProfile(given, undefined, profile('gone/a'))]).toEqual(['gone']);
    expect([...namespacesAffectedByNamespace(given, undefined, namespace('pay'))]).toEqual(['pay']);
  });
});
