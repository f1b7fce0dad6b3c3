// Nobody floods another namespace: what is too much falls away as whole routes, the newest first, and the sender is reported.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type KubernetesObject,
  namespace,
  object,
  platform,
  profile,
  service,
  view,
} from '../../../test/fixtures.ts';
import { runs } from '../../../test/property-runs.ts';
import type { ClusterView, ProfileFacts } from '../../view/cluster-view.ts';
import { compile } from '../compile.ts';
import { namespacesAffectedByProfile } from './affected-namespaces.ts';
import { receiversByRoute, withCapsInAll } from './capped-in-all.ts';
import { type MirroredRoute, withinCap } from './mirror-caps.ts';

/** A profile in `sender` whose routes let in so many different pods of `shop`. */
function flood(key: string, created: string, pods: number, ports: readonly number[] = [80]): ProfileFacts {
  const routes = Array.from({ length: pods }, (_, at) => ({
    name: `r${String(at).padStart(3, '0')}`,
    from: { namespace: { name: 'shop', pods: { matchLabels: { x: `${key.replace('/', '-')}-${at}` } } } },
    to: { pods: { matchLabels: { y: '1' } } },
    ports: [...ports],
  }));
  return { ...profile(key, { routes }), created };
}

function seen(profiles: readonly ProfileFacts[]): ClusterView {
  const names = new Set(['shop', 'other', ...profiles.map((each) => each.namespace)]);
  return view({
    platform: platform({ egress: 'Restricted' }),
    namespaces: [...names].map((name) => namespace(name)),
    profiles: [...profiles],
  });
}

function mirrorsIn(given: ClusterView, name = 'shop'): readonly string[] {
  const { policies } = compile(given);
  return policies
    .filter((policy) => policy.namespace === name && policy.name.startsWith('ringfence-mirror-'))
    .flatMap(({ origins }) => origins ?? [])
    .flat()
    .sort();
}

/** The routes of a namespace that are reported to be capped, as `profile/route`. */
function cappedIn(given: ClusterView, name: string): readonly string[] {
  return compile(given)
    .namespaces.filter((each) => each.namespace === name)
    .flatMap(({ profiles }) =>
      profiles.flatMap(({ profile: { name: owner }, routes }) =>
        routes.flatMap(({ reason, route }) => (reason === 'MirrorsCapped' ? [`${owner}/${route.name}`] : [])),
      ),
    );
}

const [old, young] = ['2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z'];

describe('what one namespace may have written into another', () => {
  test('is at most 50 policies, of the oldest routes, and the others are reported', () => {
    const given = seen([flood('evil/a', young, 30), flood('evil/b', old, 30)]);
    const mirrored = mirrorsIn(given);
    expect(mirrored).toHaveLength(50);
    expect(mirrored.filter((origin) => origin.startsWith('evil/b/'))).toHaveLength(30);
    expect(mirrored.at(19)).toBe('evil/a/r019');
    expect(cappedIn(given, 'evil')).toEqual(Array.from({ length: 10 }, (_, at) => `a/r0${20 + at}`));
    expect(cappedIn(given, 'shop')).toEqual([]);
  });

  test('leaves a route active, and tells where its mirror is missing and what to do', () => {
    const [evil] = compile(seen([flood('evil/a', old, 51)])).namespaces;
    const [, , , ...rest] = evil?.profiles[0]?.routes ?? [];
    expect(rest.at(-1)).toMatchObject({
      state: 'Active',
      reason: 'MirrorsCapped',
      message:
        'its rule is written, but it is not mirrored in `shop`: the routes of `evil` would create more than 50 policies or 500 KB there, and older routes take precedence. Let in pods with fewer different selectors, or declare the egress there',
    });
  });

  test('is at most 500 KB', () => {
    const ports = Array.from({ length: 50 }, (_, at) => 1000 + 2 * at);
    const sameFrom = Array.from({ length: 8 }, (_, at) => ({
      ...flood(`evil/p${at}`, old, 0),
      ...profile(`evil/p${at}`, {
        routes: Array.from({ length: 60 }, (__, index) => ({
          name: `r${index}`,
          from: { namespace: { name: 'shop', pods: { matchLabels: { x: '1' } } } },
          to: { pods: { matchLabels: { y: `${at}-${index}` } } },
          ports,
        })),
      }),
    }));
    const { policies } = compile(seen(sameFrom));
    const here = policies.filter((policy) => policy.namespace === 'shop' && policy.name.includes('-mirror-'));
    const bytes = here.reduce((sum, { spec }) => sum + JSON.stringify(spec.egress).length, 0);
    expect(bytes).toBeLessThan(520_000);
    expect(bytes).toBeGreaterThan(450_000);
  });

  test('does not depend on what others have written there', () => {
    const given = seen([flood('evil/a', old, 200), flood('data/a', young, 3)]);
    expect(mirrorsIn(given).filter((origin) => origin.startsWith('data/'))).toHaveLength(3);
    expect(cappedIn(given, 'data')).toEqual([]);
  });

  test('is computed again in both namespaces when a route comes or goes', () => {
    const [before, after] = [flood('evil/a', old, 60), flood('evil/a', old, 50)];
    const [full, edited] = [seen([before]), seen([after])];
    expect(cappedIn(full, 'evil')).toHaveLength(10);
    expect(cappedIn(edited, 'evil')).toEqual([]);
    const touched = namespacesAffectedByProfile(edited, before, after);
    expect([...touched].sort()).toEqual(['evil', 'shop']);
  });
});

describe('what all namespaces may have written into one', () => {
  test('is at most 500 policies, of the oldest routes, and a finding there tells of the others', () => {
    const senders = Array.from({ length: 11 }, (_, at) =>
      flood(`n${String(at).padStart(2, '0')}/a`, at === 0 ? young : old, 50),
    );
    const given = seen(senders);
    const mirrored = mirrorsIn(given);
    expect(mirrored).toHaveLength(500);
    expect(mirrored.some((origin) => origin.startsWith('n00/'))).toBe(false);
    const findings = compile(given).findings.filter(({ code }) => code === 'MirrorsCapped');
    expect(findings).toMatchObject([{ subject: { kind: 'Namespace', name: 'shop' } }]);
    expect(findings[0]?.message).toContain('50 are left out, the first `n00/a/r000`');
  });

  test('is reported at the sender too, on each route that is left out', () => {
    const senders = Array.from({ length: 11 }, (_, at) =>
      flood(`n${String(at).padStart(2, '0')}/a`, at === 0 ? young : old, at === 0 ? 2 : 50),
    );
    const given = seen(senders);
    const compiled = compile(given).namespaces;
    expect(compiled.find(({ namespace: name }) => name === 'shop')?.cappedRoutes).toEqual([
      { namespace: 'n00', profile: 'a', route: 'r000' },
      { namespace: 'n00', profile: 'a', route: 'r001' },
    ]);
    expect(cappedIn(given, 'n00')).toEqual(['a/r000', 'a/r001']);
    expect(compiled.find(({ namespace: name }) => name === 'n00')?.profiles[0]?.routes[0]).toMatchObject({
      state: 'Active',
      reason: 'MirrorsCapped',
      message:
        'its rule is written, but it is not mirrored in `shop`: the routes of all namespaces together would create more than 500 policies or 5 MB there, and older routes take precedence. Declare the egress there',
    });
    for (const other of ['n01', 'n10', 'shop']) expect(cappedIn(given, other)).toEqual([]);
  });

  test('is reported beside what the sender has by itself too much elsewhere', () => {
    const senders = Array.from({ length: 10 }, (_, at) => flood(`n${at}/a`, old, 50));
    const late = flood('late/a', young, 51);
    const { profiles = [] } =
      compile(seen([...senders, late])).namespaces.find(({ namespace: name }) => name === 'late') ?? {};
    const last = profiles[0]?.routes.at(-1);
    expect(last?.message).toContain('the routes of `late` would create more than 50 policies');
    expect(profiles[0]?.routes[0]?.message).toContain('the routes of all namespaces together');
  });

  test('is reported no route that is not written', () => {
    const [route] = compile(seen([flood('n00/a', old, 1)])).namespaces.flatMap(({ profiles }) => profiles);
    const receivers = receiversByRoute([
      { namespace: 'shop', cappedRoutes: [{ namespace: 'n00', profile: 'a', route: 'r000' }] },
      { namespace: 'pay', cappedRoutes: [{ namespace: 'n00', profile: 'a', route: 'r000' }] },
    ]);
    if (route === undefined) throw new Error('there is no profile');
    const told = (given: typeof route) =>
      withCapsInAll({ profiles: [given], enforcement: 'Enforce' }, receivers)[0]?.routes[0];
    expect(told(route)?.message).toContain('it is not mirrored in `pay`, `shop`:');
    const pending = {
      ...route,
      routes: route.routes.map((each) => ({ ...each, state: 'Pending' as const, message: 'it waits' })),
    };
    expect(told(pending)).toMatchObject({ reason: 'Active', message: 'it waits' });
  });
});

describe('the routes that fit', () => {
  const route = fc
    .record({
      name: fc.constantFrom('a', 'b', 'c'),
      created: fc.constantFrom(undefined, old, young),
      routeName: fc.nat({ max: 99 }),
      pods: fc.uniqueArray(fc.constantFrom('1', '2', '3', '4', '5'), { minLength: 1, maxLength: 3 }),
    })
    .map(({ name, created, routeName, pods }) => {
      const route = { name: `r${routeName}`, from: { anywhere: {} }, to: { app: 'web' } };
      const allowRules = pods.map((pod) => ({
        direction: 'Egress' as const,
        pods: { matchLabels: { pod } },
        rule: { peers: [{ podSelector: {} }] as const },
      }));
      const [first] = allowRules;
      if (first === undefined) throw new Error('a route opens nothing');
      const ingressRoute = { route, kind: 'ingress', allowRule: first, isWide: false } as const;
      return {
        profile: { namespace: 'evil', name, created },
        ingressRoute,
        allowRules,
      } satisfies MirroredRoute;
    });
  const routes = fc.uniqueArray(route, {
    selector: ({ profile: { name }, ingressRoute }) => `${name}/${ingressRoute.route.name}`,
    maxLength: 12,
  });
  const cap = { policies: 3, bytes: 300 };

  test('do not depend on their order, are within the cap, and with the others are all', () => {
    fc.assert(
      fc.property(routes, (all) => {
        const { within, overLimit } = withinCap(all, cap);
        expect(withinCap(all.toReversed(), cap)).toEqual({ within, overLimit });
        expect(new Set([...within, ...overLimit])).toEqual(new Set(all));
        const pods = new Set(
          within.flatMap(({ allowRules }) => allowRules.map((each) => each.pods.matchLabels?.pod)),
        );
        expect(pods.size).toBeLessThanOrEqual(cap.policies);
      }),
      runs(300),
    );
  });

  test('stay where a newer one comes', () => {
    fc.assert(
      fc.property(routes, route, (all, added) => {
        const newer = { ...added, profile: { ...added.profile, name: 'z', created: undefined } };
        const { within } = withinCap(all, cap);
        expect(withinCap([...all, newer], cap).within.filter((each) => each !== newer)).toEqual(within);
      }),
      runs(300),
    );
  });
});

describe('what one namespace exposes to an ingress controller whose egress is Restricted', () => {
  const selectorOf = (labels: number) =>
    Object.fromEntries(Array.from({ length: labels }, (_, at) => [`k${at}`, 'x'.repeat(63)]));
  const exposed = (name: string, labels: number) => [
    service(name, [{ port: 80 }], { selector: selectorOf(labels) }),
    object('Ingress', name, {
      ingressClassName: 'nginx',
      defaultBackend: { service: { name: name.split('/')[1], port: { number: 80 } } },
    }),
  ];
  const given = (objects: readonly KubernetesObject[]) =>
    view({
      platform: platform({
        egress: 'Restricted',
        ingressControllers: [{ name: 'nginx', namespace: 'ingress', classes: ['nginx'] }],
      }),
      namespaces: [namespace('ingress'), namespace('evil'), namespace('shop')],
      objects,
    });
  const told = (seen: ClusterView) => compile(seen).findings.filter(({ code }) => code === 'MirrorsCapped');

  test('is at most 500 KB there, whatever the selectors of its Services are, and takes nothing from others', () => {
    const seen = given([
      ...exposed('evil/a', 4000),
      ...exposed('evil/b', 4000),
      ...exposed('evil/c', 3),
      ...exposed('shop/web', 3),
    ]);
    expect(mirrorsIn(seen, 'ingress')).toEqual(['Ingress evil/a', 'Ingress evil/c', 'Ingress shop/web']);
    expect(told(seen)).toEqual([
      expect.objectContaining({
        subject: { kind: 'Namespace', name: 'ingress' },
        message: expect.stringContaining('one object is left out, the first `Ingress evil/b`'),
      }),
    ]);
  });

  test('is let out of its pods where it is of an ordinary size', () => {
    const many = Array.from({ length: 300 }, (_, at) => exposed(`shop/app-${at}`, 8)).flat();
    expect(mirrorsIn(given(many), 'ingress')).toHaveLength(300);
    expect(told(given(many))).toEqual([]);
  });
});
