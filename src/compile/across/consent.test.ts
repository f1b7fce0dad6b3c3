import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import {
  namespace,
  type PlatformSpec,
  platform,
  profile,
  type Routes,
  service,
  view,
} from '../../../test/fixtures.ts';
import type { AppNetworkProfile } from '../../api/app-network-profile.ts';
import type { Enforcement } from '../../api/egress.ts';
import { failure } from '../../model/result.ts';
import type { ClusterView, NamespaceFacts, ProfileFacts } from '../../view/cluster-view.ts';
import { compile } from '../compile.ts';
import type { CompiledRoute } from './route-states.ts';

const shop = namespace('shop', { team: 'shop' });
const pay = namespace('pay', { tier: 'money' });
const bank = namespace('bank', { tier: 'money' });
const others = { namespaces: [shop, pay, bank] } as const;
const web = { matchLabels: { app: 'web' } };
const api = { matchLabels: { app: 'api' } };

/** The result of a route from the pods `app: web` of the shop. */
function asked(
  to: object,
  there: readonly ProfileFacts[] = [],
  more: {
    readonly ports?: readonly (number | string)[];
    readonly from?: object;
    readonly namespaces?: readonly NamespaceFacts[];
    readonly spec?: PlatformSpec;
    readonly pods?: ClusterView['pods'];
  } = {},
): CompiledRoute {
  const { ports, from = { pods: web }, namespaces = others.namespaces, spec = {} } = more;
  const route = { name: 'out', from, to: { namespace: to }, ...(ports === undefined ? {} : { ports }) };
  const mine = profile('shop/shop', { routes: [route] as unknown as Routes });
  return routeOf('shop', [mine, ...there], namespaces, spec, more.pods);
}

function routeOf(
  where: string,
  profiles: readonly ProfileFacts[],
  namespaces: readonly NamespaceFacts[] = others.namespaces,
  spec: PlatformSpec = {},
  pods?: ClusterView['pods'],
): CompiledRoute {
  const facts = view({ platform: platform(spec), namespaces, profiles });
  const compiled = compile(pods === undefined ? facts : { ...facts, pods });
  const all = compiled.namespaces.find((each) => each.namespace === where)?.profiles ?? [];
  const mine = all.find(({ profile: { name } }) => name === where) ?? all[0];
  const found = mine?.routes[0];
  if (found === undefined) throw new Error(`${where} has no route`);
  return found;
}

/** A profile that lets the shop in, in `where`. */
function admitting(
  where: string,
  from: object,
  to: object = { pods: {} },
  ports?: readonly (number | string)[],
) {
  const route = { name: 'in', from, to, ...(ports === undefined ? {} : { ports }) };
  return profile(`${where}/admits`, { routes: [route] as unknown as Routes });
}

/** The profile of a suggestion, as `kubectl apply` reads it. */
function pasted(route: CompiledRoute): ProfileFacts {
  const { metadata, spec } = parse(route.suggestion ?? '') as AppNetworkProfile;
  return profile(`${metadata.namespace}/${metadata.name}`, spec);
}

/** The profiles after a person has added entries to the one that the first line of the suggestion names. */
function withAdded(route: CompiledRoute, profiles: readonly ProfileFacts[]): readonly ProfileFacts[] {
  const [, key = ''] = /^# in spec\.routes of AppNetworkProfile (\S+)$/m.exec(route.suggestion ?? '') ?? [];
  const old = profiles.find(({ namespace: place, name }) => `${place}/${name}` === key);
  const before = old?.decoded.ok === true ? old.decoded.value.spec.routes : undefined;
  if (before === undefined) throw new Error(`there is no profile ${key}`);
  const after = profile(key, { routes: [...before, ...(parse(route.suggestion ?? '') as Routes)] });
  return profiles.map((each) => (each === old ? after : each));
}

/** A rule of the platform profile for one namespace. */
function enforcementIn(namespace: string, enforcement: Enforcement): PlatformSpec {
  return { rules: [{ name: 'apart', namespaces: { names: [namespace] }, enforcement }] };
}

const byName = { namespace: { name: 'shop' } };
const covered = { state: 'NotNeeded', reason: 'EgressOpen' };
const waiting = { state: 'Pending', reason: 'NotAdmitted' };

describe('a namespace that lets the route in on other ports', () => {
  const from = { namespace: { name: 'shop', pods: web } };
  const to = { name: 'pay', pods: api };
  const there = (...ports: number[]) => [admitting('pay', from, { pods: api }, ports)];

  test('is named with these, and with those that are missing', () => {
    const { state, message } = asked(to, there(9000, 9001), { ports: [80, 9000] });
    expect(state).toBe('Pending');
    expect(message).toBe(
      '`pay` lets it in on 9000, 9001, not on 80: a profile there has to allow it, or this route has to name other ports',
    );
    expect(asked(to, there(9000)).message).toContain('`pay` lets it in on 9000, not on every port');
  });

  test('is not said to do so if it lets in others', () => {
    const others = [admitting('pay', { namespace: { name: 'bank' } }, { pods: api }, [9000])];
    expect(asked(to, others, { ports: [80] }).message).toContain('`pay` does not let it in');
  });
});

describe('a route to another namespace, where dry runs are', () => {
  test('is judged in a dry run as if all of them were enforced', () => {
    expect(asked({ name: 'pay' }, [], { spec: { enforcement: 'DryRun' } })).toMatchObject(waiting);
    expect(asked({ name: 'pay' }, [], { spec: enforcementIn('shop', 'DryRun') })).toMatchObject(waiting);
    expect(
      asked({ name: 'pay' }, [admitting('pay', byName)], { spec: { enforcement: 'DryRun' } }),
    ).toMatchObject(covered);
  });

  test('tells in an enforced namespace what is in force, and that it will be denied once the other one is enforced', () => {
    const route = asked({ name: 'pay' }, [], { spec: enforcementIn('pay', 'DryRun') });
    expect(route).toMatchObject({
      ...covered,
      reason: 'ClosedOnceEnforced',
      message: expect.stringMatching(
        /; once `pay` is enforced, it will not let it in: a profile there has to allow it$/,
      ),
    });
    const spec = enforcementIn('pay', 'DryRun');
    expect(asked({ name: 'pay' }, [pasted(route)], { spec })).toMatchObject(covered);
  });
});

describe('a route to another namespace, where one side names a port and the other numbers it,', () => {
  const numbered = { ports: [8080] };

  test('may be admitted: the state tells that it depends on the pods', () => {
    const admitted = admitting('pay', byName, { pods: {} }, ['http']);
    const route = asked({ name: 'pay' }, [admitted], numbered);
    expect(route).toMatchObject({ ...covered, reason: 'PortsUnclear' });
    expect(route.message).toMatch(/; whether `pay` lets it in depends on the pods: one side names a port/);
    expect(route.suggestion).toBeUndefined();
    const named = asked({ name: 'pay' }, [admitting('pay', byName, { pods: {} }, [8080])], {
      ports: ['http'],
    });
    expect(named).toMatchObject({ reason: 'PortsUnclear' });
  });

  test.each([
    [8080, covered],
    [3000, waiting],
  ])('is decided where the pods are known: there, the name means %s', (number, state) => {
    const admitted = admitting('pay', byName, { pods: {} }, ['http']);
    const pod = { labels: {}, ports: [{ name: 'http', protocol: 'TCP' as const, number }] };
    expect(
      asked({ name: 'pay' }, [admitted], { ...numbered, pods: new Map([['pay', [pod]]]) }),
    ).toMatchObject(state);
  });

  test('waits where the other side does not let these pods in at all, or lets in another number', () => {
    expect(asked({ name: 'pay' }, [admitting('pay', byName, { pods: {} }, [9090])], numbered)).toMatchObject(
      waiting,
    );
    const others = admitting('pay', { namespace: { name: 'bank' } }, { pods: {} }, ['http']);
    expect(asked({ name: 'pay' }, [others], numbered)).toMatchObject(waiting);
  });
});

describe('a route to another namespace is covered', () => {
  test('where that is not fenced: not selected, excluded, or off', () => {
    expect(asked({ name: 'pay' })).toMatchObject(waiting);
    expect(asked({ name: 'pay' }, [], { spec: enforcementIn('pay', 'Off') })).toMatchObject(covered);
    expect(asked({ name: 'pay' }, [], { spec: { namespaces: { exclude: ['pay'] } } })).toMatchObject(covered);
    const onlyTheShop = { namespaces: { selector: { matchLabels: { team: 'shop' } } } };
    expect(asked({ name: 'pay' }, [], { spec: onlyTheShop })).toMatchObject(covered);
  });

  test('where a route there admits this namespace by its name', () => {
    expect(asked({ name: 'pay' }, [admitting('pay', byName)])).toMatchObject(covered);
    expect(asked({ name: 'pay' }, [admitting('pay', { namespace: { name: 'bank' } })])).toMatchObject(
      waiting,
    );
  });

  test('where a route there admits this namespace by its live labels, until it is relabelled', () => {
    const there = [admitting('pay', { namespace: { selector: { matchLabels: { team: 'shop' } } } })];
    expect(asked({ name: 'pay' }, there)).toMatchObject(covered);
    const relabelled = [namespace('shop', { team: 'other' }), pay, bank];
    expect(asked({ name: 'pay' }, there, { namespaces: relabelled })).toMatchObject(waiting);
  });

  test('where a route there admits everyone, but not where it admits addresses or its own pods', () => {
    expect(asked({ name: 'pay' }, [admitting('pay', { anywhere: {} })])).toMatchObject(covered);
    expect(asked({ name: 'pay' }, [admitting('pay', { cidr: { cidr: '0.0.0.0/0' } })])).toMatchObject(
      waiting,
    );
    expect(asked({ name: 'pay' }, [admitting('pay', { pods: web })])).toMatchObject(waiting);
  });

  test('where a route there asks no more of the pods that it comes from', () => {
    const from = (pods: object) => [admitting('pay', { namespace: { name: 'shop', pods } })];
    expect(asked({ name: 'pay' }, from(web))).toMatchObject(covered);
    expect(asked({ name: 'pay' }, from({}))).toMatchObject(covered);
    expect(asked({ name: 'pay' }, from(api))).toMatchObject(waiting);
    expect(asked({ name: 'pay' }, from(web), { from: { pods: {} } })).toMatchObject(waiting);
  });

  test('where a route there asks no more of the pods that it leads to', () => {
    const to = (pods: object) => [admitting('pay', byName, { pods })];
    expect(asked({ name: 'pay', pods: api }, to(api))).toMatchObject(covered);
    expect(asked({ name: 'pay', pods: api }, to({}))).toMatchObject(covered);
    expect(asked({ name: 'pay', pods: api }, to(web))).toMatchObject(waiting);
    expect(asked({ name: 'pay' }, to(api))).toMatchObject(waiting);
  });

  test.each<
    [string, readonly (number | string)[] | undefined, readonly (number | string)[] | undefined, object]
  >([
    ['the same ports', [443, '53/UDP'], [443, '53/UDP'], covered],
    ['a range around them', ['8000-8100'], [8080, '8001-8002'], covered],
    ['a range that ends too early', ['8000-8100'], ['8050-8101'], waiting],
    ['another protocol', [53], ['53/UDP'], waiting],
    ['the same name', ['http', 80], ['http'], covered],
    ['another name', ['web'], ['http'], waiting],
    ['every number, so that a name is one of them', ['1-65535'], ['http'], covered],
    ['every port, since none is named', undefined, [443], covered],
    ['fewer than every port', [443], undefined, waiting],
  ])('as its ports are contained or not: %s', (_, there, here, expected) => {
    const admits = [admitting('pay', byName, { pods: {} }, there)];
    expect(asked({ name: 'pay' }, admits, here === undefined ? {} : { ports: here })).toMatchObject(expected);
  });

  test('only by a route that is accepted', () => {
    const toNoService = admitting('pay', byName, { service: 'gone' });
    expect(asked({ name: 'pay' }, [toNoService])).toMatchObject(waiting);
  });
});

describe('a route to its own namespace, by its name', () => {
  const own = { name: 'shop', pods: api };

  test('waits for a route here that lets it in, which is what it suggests', () => {
    const route = asked(own);
    expect(route).toMatchObject({ state: 'Pending', reason: 'NotAdmitted' });
    expect(route.message).toContain('`shop` does not let it in');
    expect(route.hint).toBe('add this:');
    const mine = profile('shop/shop', { routes: [route.route] });
    const fixed = withAdded(route, [mine]);
    expect(routeOf('shop', fixed)).toMatchObject(covered);
  });

  test.each<[string, object]>([
    ['pods here', { pods: web }],
    ['every pod here', { pods: {} }],
    ['its namespace by its name', { namespace: { name: 'shop' } }],
  ])('is covered by one from %s', (_, from) => {
    expect(asked(own, [admitting('shop', from)])).toMatchObject(covered);
  });

  test('is not covered by one from other pods, nor from pods like them elsewhere', () => {
    for (const from of [{ pods: api }, { namespace: { name: 'pay', pods: web } }]) {
      expect(asked(own, [admitting('shop', from)])).toMatchObject({ reason: 'NotAdmitted' });
    }
  });
});

describe('a route to several namespaces', () => {
  const both = { selector: { matchLabels: { tier: 'money' } } };

  test('that some let in is reported how many, with the profile to add in the first of the others', () => {
    const route = asked(both, [admitting('pay', byName)]);
    expect(route).toMatchObject({ state: 'NotNeeded', reason: 'PartlyConsented' });
    expect(route.message).toBe('PartlyConsented 1 of 2: `bank` does not let it in');
    expect(asked(both, [admitting('pay', byName), pasted(route)])).toMatchObject(covered);
  });

  test('that none lets in waits, and is covered once the suggestions are pasted one after the other', () => {
    const first = asked(both);
    expect(first).toMatchObject({
      ...waiting,
      message: expect.stringMatching(/^`bank`, `pay` do not let it in: /),
    });
    const second = asked(both, [pasted(first)]);
    expect(second.reason).toBe('PartlyConsented');
    expect(asked(both, [pasted(first), pasted(second)])).toMatchObject(covered);
  });
});

describe('a route to a namespace that waits', () => {
  test('for the namespace says so, and suggests nothing', () => {
    const missing = { state: 'Pending', reason: 'NamespaceMissing' };
    const [byNoName, byNoLabel] = [asked({ name: 'gone' }), asked({ selector: web })];
    expect([byNoName, byNoLabel]).toEqual([
      expect.objectContaining(missing),
      expect.objectContaining(missing),
    ]);
    expect(byNoName).not.toHaveProperty('suggestion');
    const leaving = [shop, { ...pay, terminating: true }];
    expect(asked({ name: 'pay' }, [], { namespaces: leaving })).toMatchObject(missing);
  });

  test('for its consent suggests just what it needs, so that pasting that covers it', () => {
    const ports = ['8000-8100', '53/UDP', 'http'];
    const route = asked({ name: 'pay', pods: api }, [], { ports });
    const { decoded, namespace: where } = pasted(route);
    expect(where).toBe('pay');
    expect(decoded).toMatchObject({
      ok: true,
      value: {
        spec: {
          routes: [
            { name: 'out', from: { namespace: { name: 'shop', pods: web } }, to: { pods: api }, ports },
          ],
        },
      },
    });
    expect(asked({ name: 'pay', pods: api }, [pasted(route)], { ports })).toMatchObject(covered);
  });

  test('beside another gets a suggestion that does not overwrite that of the other', () => {
    const to = { namespace: { name: 'pay' } };
    const mine = profile('shop/shop', {
      routes: [
        { name: 'a', from: { app: 'web' }, to, ports: [1] },
        { name: 'b', from: { app: 'web' }, to, ports: [2] },
      ],
    });
    const compiled = compile(view({ platform: platform(), namespaces: [shop, pay], profiles: [mine] }));
    const routes = compiled.namespaces.flatMap(({ profiles }) => profiles.flatMap((each) => each.routes));
    expect(new Set(routes.map((route) => pasted(route).name)).size).toBe(2);
  });

  test('adds to a profile there that speaks of the same pods, under a name that no route has', () => {
    const route = { name: 'out', from: { app: 'a' }, to: { app: 'b' } };
    const there = [
      profile('pay/first', { routes: [route] }),
      profile('pay/second', { routes: [route, { ...route, name: 'in', to: { pods: api } }] }),
    ];
    const refused = asked({ name: 'pay', pods: api }, there);
    expect(refused.hint).toBe('ask the team of `pay` to add this:');
    expect(refused.suggestion).toMatch(/^# in spec.routes of AppNetworkProfile pay\/second\n- name: out-2\n/);
    const fixed = withAdded(refused, there);
    expect(asked({ name: 'pay', pods: api }, fixed)).toMatchObject(covered);
  });

  test('is a profile of its own if none there can be read', () => {
    const broken = { ...profile('pay/pay', {}), decoded: failure([]) };
    const refused = asked({ name: 'pay' }, [broken]);
    expect(pasted(refused)).toMatchObject({ namespace: 'pay', name: 'from-shop-out' });
  });

  test('for a team that waits for it is covered with the other, once each has pasted its suggestion', () => {
    const out = (where: string, name: string) =>
      profile(`${where}/a-team`, {
        routes: [{ name: 'out', from: { app: 'web' }, to: { namespace: { name } } }],
      });
    const both = [out('shop', 'pay'), out('pay', 'shop')];
    const [ofShop, ofPay] = [routeOf('shop', both), routeOf('pay', both)];
    expect([ofShop, ofPay]).toEqual([expect.objectContaining(waiting), expect.objectContaining(waiting)]);
    const fixed = withAdded(ofPay, withAdded(ofShop, both));
    expect(routeOf('shop', fixed)).toMatchObject(covered);
    expect(routeOf('pay', fixed)).toMatchObject(covered);
  });
});

describe('a route to another namespace, where egress is Restricted', () => {
  const spec = { rules: [{ name: 'a', namespaces: { names: ['shop'] }, egress: 'Restricted' as const }] };
  const both = { selector: { matchLabels: { tier: 'money' } } };
  const out = { direction: 'Egress', pods: web };

  test('writes its own side at once: the other side still guards itself', () => {
    const route = asked({ name: 'pay' }, [], { spec });
    expect(route).toMatchObject({ ...waiting, allowRules: [out] });
    expect(pasted(route).namespace).toBe('pay');
  });

  test('is Active when the other side agrees, without anyone touching it', () => {
    const route = asked({ name: 'pay' }, [admitting('pay', byName)], { spec });
    expect(route).toMatchObject({ state: 'Active', reason: 'Active', allowRules: [out] });
    expect(route).not.toHaveProperty('suggestion');
  });

  test('is Active and told how many where some agree', () => {
    const route = asked(both, [admitting('pay', byName)], { spec });
    expect(route).toMatchObject({ state: 'Active', reason: 'PartlyConsented', allowRules: [out] });
    expect(route.message).toBe('PartlyConsented 1 of 2: `bank` does not let it in');
    expect(asked(both, [admitting('pay', byName), pasted(route)], { spec })).toMatchObject({
      reason: 'Active',
    });
  });

  test('waits for a namespace that is not there, and is written for the day when it is', () => {
    expect(asked({ name: 'gone' }, [], { spec })).toMatchObject({
      state: 'Pending',
      reason: 'NamespaceMissing',
      allowRules: [out],
    });
  });
});

describe("a route to a system of the platform's", () => {
  const spec: PlatformSpec = {
    monitoring: [{ name: 'prometheus', namespace: 'pay', pods: api, ports: [9090] }],
  };
  const push = profile('shop/shop', {
    routes: [{ name: 'push', from: { pods: web }, to: { monitoring: {} }, ports: [9091] }],
  });

  test('waits for the namespace of that, where it is fenced', () => {
    const route = routeOf('shop', [push], undefined, spec);
    expect(route).toMatchObject(waiting);
    expect(routeOf('shop', [push, pasted(route)], undefined, spec)).toMatchObject(covered);
    expect(routeOf('shop', [push], [shop], spec)).toMatchObject(covered);
  });
});

describe('a route from namespaces by their labels', () => {
  const spec: PlatformSpec = { egress: 'Restricted' };
  const money = { namespace: { selector: { matchLabels: { tier: 'money' } }, pods: web } };
  const asking = (
    there: readonly ProfileFacts[] = [],
    more: PlatformSpec = {},
    from: object = money,
    to: object = { pods: api },
  ) => {
    const route = { name: 'in', from, to, ports: ['8000-8100', '53/UDP', 'http'] };
    const mine = profile('shop/shop', { routes: [route] as unknown as Routes });
    return routeOf('shop', [mine, ...there], others.namespaces, { ...spec, ...more });
  };
  const active = { state: 'Active', reason: 'Active' };

  test('is written, and told where the egress of these does not lead to it, with the profile to add there', () => {
    const route = asking();
    expect(route).toMatchObject({
      state: 'Active',
      reason: 'SourceClosed',
      allowRules: [{ direction: 'Ingress' }],
    });
    expect(route.message).toContain('the egress of `bank`, `pay` is Restricted');
    const suggested = pasted(route);
    expect(suggested.namespace).toBe('bank');
    const next = asking([suggested]);
    expect(next.message).toContain('the egress of `pay` is Restricted');
    expect(asking([suggested, pasted(next)])).toMatchObject(active);
  });

  test('is written, and told what will close it where these are in a dry run', () => {
    const dryRun = { enforcement: 'DryRun' as const };
    const there = { rules: [{ name: 'dry', namespaces: { names: ['bank', 'pay'] }, ...dryRun }] };
    const route = asking([], there);
    expect(route).toMatchObject({ state: 'Active', reason: 'ClosedOnceEnforced' });
    expect(route.message).toBe(
      'its rule is written, but once dry runs are enforced, the egress of `bank`, `pay` is Restricted and does not lead here: a profile there has to allow it',
    );
    expect(pasted(route).namespace).toBe('bank');
    expect(asking([], dryRun)).toMatchObject({
      reason: 'SourceClosed',
      message: expect.stringMatching(/^its rule would be written, but the egress of/),
    });
  });

  test('to a Service suggests the ports of the pods behind it', () => {
    const route = { name: 'in', from: money, to: { service: 'db' }, ports: [80] };
    const compiled = compile(
      view({
        platform: platform(spec),
        ...others,
        profiles: [profile('shop/shop', { routes: [route] as unknown as Routes })],
        objects: [service('shop/db', [{ port: 80, targetPort: 5432 }])],
      }),
    );
    const [found] = compiled.namespaces.flatMap(({ profiles }) => profiles.flatMap(({ routes }) => routes));
    expect(found?.suggestion).toContain('ports: [5432]');
  });

  test.each<[string, PlatformSpec, object?]>([
    ['egress is open within the cluster', { egress: 'ClusterOnly' }],
    ['egress is not fenced', { egress: 'Unrestricted' }],
    ['they are not ringed', { namespaces: { selector: { matchLabels: { team: 'shop' } } } }],
    ['the platform trusts its namespace, whose routes are mirrored', { mirrorFrom: { selector: {} } }],
    ['everybody is let in, which waits for nobody', {}, { namespace: { selector: {} } }],
    ['they are named, which opens their egress', {}, { namespace: { name: 'pay' } }],
  ])('is just Active where %s', (_, more, from = money) => {
    expect(asking([], more, from)).toMatchObject(active);
  });

  test('has its say by the live labels of its own namespace', () => {
    const to = { namespace: { selector: { matchLabels: { team: 'shop' } } } };
    const out = (where: string) =>
      profile(`${where}/out`, { routes: [{ name: 'out', from: { pods: {} }, to }] });
    expect(asking([out('pay'), out('bank')])).toMatchObject(active);
    const wrong = profile('bank/out', {
      routes: [
        {
          name: 'out',
          from: { pods: {} },
          to: { namespace: { selector: { matchLabels: { team: 'other' } } } },
        },
      ],
    });
    expect(asking([out('pay'), wrong]).message).toContain('`bank` is Restricted');
  });
});

describe('a route that is let in only in part', () => {
  const shopPods = { namespace: { name: 'shop', pods: web } };

  test.each([
    ['to fewer pods', { namespace: { name: 'shop' } }, { pods: api }, 'to pods with the labels `app=api`'],
    ['from fewer pods', shopPods, { pods: {} }, 'from pods with the labels `app=web`'],
    [
      'on both sides',
      shopPods,
      { pods: api },
      'from pods with the labels `app=web` and to pods with the labels `app=api`',
    ],
  ])('says %s, and shows the narrower route instead of a profile that opens all', (_, from, to, only) => {
    const all = { from: { pods: {} } };
    const route = asked({ name: 'pay' }, [admitting('pay', from, to)], all);
    expect(route).toMatchObject({ state: 'Pending', reason: 'NotAdmitted' });
    expect(route.message).toContain(`\`pay\` lets it in only ${only}:`);
    expect(route).not.toHaveProperty('suggestion');
    const [narrower] = parse((route.hint ?? '').split('\n').slice(1).join('\n')) as {
      from: object;
      to: object;
    }[];
    const mine = profile('shop/shop', { routes: [narrower] as unknown as Routes });
    expect(routeOf('shop', [mine, admitting('pay', from, to)])).toMatchObject({ state: 'NotNeeded' });
  });

  test('on other ports than it asks for says nothing of pods', () => {
    const there = admitting('pay', { namespace: { name: 'shop' } }, { pods: api }, [9000]);
    const route = asked({ name: 'pay' }, [there], { ports: [80] });
    expect(route.message).toContain('`pay` does not let it in');
    expect(route.suggestion).toBeDefined();
  });
});

test('a namespace whose guardrails would refuse the profile to add is asked otherwise', () => {
  const allow = { ends: ['app'] };
  const spec = { rules: [{ name: 'closed', namespaces: { names: ['pay'] }, allow }] } as PlatformSpec;
  const route = asked({ name: 'pay' }, [], { spec });
  expect(route).toMatchObject({ state: 'Pending', reason: 'NotAdmitted' });
  expect(route).not.toHaveProperty('suggestion');
  expect(route.hint).toContain('no route of `pay` may allow it: it reaches `namespace`, which rule `closed`');
});
