// Guardrails go by what a compiled rule reaches, whatever the word for it, in whatever pieces.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  namespace,
  type PlatformSpec,
  platform,
  profile,
  type Routes,
  service,
  shopView,
  view,
} from '../../../test/fixtures.ts';
import { runs } from '../../../test/property-runs.ts';
import type { Discovered } from '../../api/platform-status.ts';
import { addressesOf } from '../../model/address-set.ts';
import { formatCidr, type IpRange, parseCidr } from '../../model/ip-ranges.ts';
import type { RouteEndName } from '../../routes/index.ts';
import type { ClusterView, ProfileFacts } from '../../view/cluster-view.ts';
import type { CompiledRoute } from '../across/route-states.ts';
import { compile } from '../compile.ts';
import { isMostOfTheInternet } from './guarded-addresses.ts';

type End = Routes[number]['from'];

const discovered: Discovered = {
  kubernetesAPI: {
    endpoints: [
      { address: '10.96.0.1', port: 443 },
      { address: '192.168.9.9', port: 6443 },
    ],
  },
  cluster: { podRanges: ['10.244.0.0/16'], serviceRanges: ['10.96.0.0/16'], nodeRanges: ['172.18.0.0/28'] },
};
const spec: PlatformSpec = {
  egress: 'Restricted',
  ingressControllers: [{ name: 'nginx', namespace: 'ingress-nginx', cidrs: ['198.51.100.0/28'] }],
  monitoring: [{ name: 'prometheus', namespace: 'monitoring', ports: [9090] }],
};

/** A rule for the shop that allows some ends, and ranges beside them. */
function guarded(ends: readonly RouteEndName[], cidrs?: readonly string[]): PlatformSpec {
  const allow = { ends, ...(cidrs === undefined ? {} : { cidrs }) };
  return { rules: [{ name: 'prod', namespaces: { names: ['shop'] }, allow }] };
}

/** The result of the routes of the shop, under a rule that allows some ends. */
function checked(
  routes: Routes,
  ends: readonly RouteEndName[],
  more: {
    readonly cidrs?: readonly string[];
    readonly spec?: PlatformSpec;
    readonly discovered?: Discovered;
  } = {},
): readonly CompiledRoute[] {
  const { cidrs, spec: others = {}, discovered: known = discovered } = more;
  const given = view({
    discovered: known,
    platform: platform({ ...spec, ...others, ...guarded(ends, cidrs) }),
    namespaces: ['shop', 'pay', 'ingress-nginx', 'monitoring'].map((name) => namespace(name)),
    profiles: [profile('shop/team', { routes })],
    objects: [service('shop/db', [{ port: 5432 }])],
  });
  const shop = compile(given).namespaces.find((each) => each.namespace === 'shop');
  return shop?.profiles.flatMap((each) => each.routes) ?? [];
}

const from = (end: End): Routes => [{ name: 'a', from: end, to: { app: 'web' } }];
const to = (end: End): Routes => [{ name: 'a', from: { app: 'web' }, to: end }];
const range = (cidr: string, ...except: readonly string[]): End => ({
  cidr: { cidr: cidr, ...(except.length === 0 ? {} : { except: [...except] }) },
});
const isRefused = ({ reason }: CompiledRoute) => reason === 'BeyondGuardrails';
/** What a route is said to reach, where that is too far. */
const beyond = (routes: Routes, ends: readonly RouteEndName[], more: Parameters<typeof checked>[2] = {}) => {
  const [route] = checked(routes, ends, more);
  return route && isRefused(route) ? /reaches `(\w+)`/.exec(route.message)?.[1] : undefined;
};

/** What is known, except for one kind of ranges. */
function without(ranges: keyof NonNullable<Discovered['cluster']>): Discovered {
  const { [ranges]: _, ...others } = discovered.cluster ?? {};
  return { ...discovered, cluster: others };
}

describe('a route beyond the guardrails', () => {
  test('is Rejected with the name of the rule and what it allows, and opens nothing', () => {
    const [route] = checked(to({ anywhere: {} }), ['app', 'internet']);
    expect(route).toEqual({
      route: expect.objectContaining({ name: 'a' }),
      state: 'Rejected',
      reason: 'BeyondGuardrails',
      message:
        'it reaches `anywhere`, which rule `prod` of the platform profile does not allow: it allows `app` and `internet`',
      hint: 'ask a platform engineer, who would have to add `anywhere` to `allow.ends` of this rule',
      at: 'to.anywhere',
      allowRules: [],
    });
  });

  test('never touches another one', () => {
    const routes: Routes = [...to({ anywhere: {} }), { name: 'b', from: { app: 'web' }, to: { app: 'db' } }];
    expect(checked(routes, ['app']).map(({ state }) => state)).toEqual(['Rejected', 'Active']);
  });

  test('is closed when its permission is removed', () => {
    const opened = (ends: readonly RouteEndName[]) =>
      checked(to({ namespace: { name: 'pay' } }), ends).flatMap(({ allowRules }) => allowRules).length;
    expect(opened(['app', 'namespace'])).toBe(1);
    expect(opened(['app'])).toBe(0);
  });

  test('is refused also where egress is not fenced, and where what it reaches is not known yet', () => {
    expect(beyond(to({ anywhere: {} }), ['app'], { spec: { egress: 'Unrestricted' } })).toBe('anywhere');
    expect(beyond(to({ internet: {} }), ['app'], { discovered: {} })).toBe('internet');
    expect(beyond(to({ internet: {} }), ['app', 'internet'], { discovered: {} })).toBeUndefined();
  });

  test.each<[string, Discovered, readonly RouteEndName[], string]>([
    ['nodes', without('nodeRanges'), ['app', 'cidr'], '`spec.cluster.nodeRanges`'],
    ['pods', without('podRanges'), ['app', 'cidr', 'nodes'], '`spec.cluster.podRanges`'],
    ['Services', without('serviceRanges'), ['app', 'cidr'], '`spec.cluster.serviceRanges`'],
    ['the API server', { cluster: discovered.cluster ?? {} }, ['app', 'cidr'], '`spec.kubernetesAPI`'],
    ['anything', {}, ['app', 'cidr', 'cluster'], '`spec.kubernetesAPI`'],
  ])(
    'waits where it is not known whether its range holds %s, which is not allowed',
    (_, known, ends, field) => {
      for (const routes of [to(range('203.0.113.0/24')), from(range('203.0.113.0/24'))]) {
        const [route] = checked(routes, ends, { discovered: known });
        expect(route).toMatchObject({ state: 'Pending', withheld: 'SameRule' });
        expect(route?.message).toContain(`until a platform engineer sets ${field}`);
        expect(checked(routes, ends)[0]?.state).not.toBe('Pending');
      }
    },
  );

  test('that waits is in no policy, and in what stays where it is enforced already', () => {
    const given = shopView({
      discovered: without('nodeRanges'),
      spec: { ...spec, ...guarded(['app', 'cidr'], ['192.0.2.0/24']) },
      routes: [
        { name: 'b-waiting', from: { app: 'web' }, to: range('203.0.113.0/24') },
        { name: 'a-settled', from: { app: 'web' }, to: range('192.0.2.0/24') },
      ],
    });
    const { policies, withheld } = compile(given).namespaces[0] ?? { policies: [], withheld: [] };
    expect(JSON.stringify(policies)).toContain('192.0.2.0/24');
    expect(JSON.stringify(policies)).not.toContain('203.0.113.0/24');
    expect(withheld).toMatchObject([{ at: 1, matchBy: 'SameRule', policy: { origins: [['b-waiting']] } }]);
    expect(policies.map(({ name }) => name)).toContain(withheld[0]?.policy.name);
  });

  describe('whose nodes are too many to be listed', () => {
    const capped: Discovered = {
      ...discovered,
      cluster: {
        ...discovered.cluster,
        nodeRanges: ['172.18.0.0/28'],
        nodesWithin: ['172.16.0.0/14', '20.5.0.0/16'],
      },
    };
    const stateOf = (cidr: string, ends: readonly RouteEndName[]) =>
      checked(to(range(cidr)), ends, { discovered: capped })[0]?.state;

    test('is refused where a node certainly is, and waits where one may be', () => {
      expect(stateOf('172.18.0.0/28', ['app', 'cidr'])).toBe('Rejected');
      expect(stateOf('172.19.0.0/28', ['app', 'cidr'])).toBe('Pending');
      expect(stateOf('172.20.0.0/28', ['app', 'cidr'])).toBe('Active');
      expect(stateOf('20.0.0.0/8', ['app', 'internet'])).toBe('Pending');
      expect(stateOf('21.0.0.0/8', ['app', 'internet'])).toBe('Active');
    });

    test('is allowed as `nodes` where one certainly is, and waits where one may be', () => {
      expect(stateOf('172.18.0.0/28', ['app', 'nodes'])).toBe('Active');
      expect(stateOf('172.19.0.0/28', ['app', 'nodes'])).toBe('Pending');
      expect(stateOf('172.20.0.0/28', ['app', 'nodes'])).toBe('Rejected');
    });

    test('reaches the internet beside all of them', () => {
      const [route] = checked(to({ internet: {} }), ['app', 'internet'], { discovered: capped });
      expect(route?.state).toBe('Active');
      expect(JSON.stringify(route?.allowRules)).toContain('"20.5.0.0/16"');
    });
  });

  test('waits for what is old: the last value proves nothing to be outside', () => {
    const old = (routes: Routes, ...uncertain: ClusterView['uncertain']) => {
      const rules = guarded(['app', 'cidr', 'internet']);
      const given = shopView({ discovered, spec: { ...spec, ...rules }, routes });
      return compile({ ...given, uncertain }).namespaces[0]?.profiles[0]?.routes[0];
    };
    const partner = to(range('203.0.113.0/24'));
    expect(old(partner)).toMatchObject({ state: 'Active' });
    for (const fact of ['podRanges', 'serviceRanges', 'nodeRanges', 'kubernetesAPI'] as const) {
      expect(old(partner, fact)).toMatchObject({ state: 'Pending', withheld: 'SameRule' });
      expect(old(partner, fact)?.message).toContain(fact);
    }
    expect(old(to({ internet: {} }), 'nodeRanges')).toMatchObject({
      state: 'Pending',
      withheld: 'SameRanges',
    });
    expect(old(to({ internet: {} }), 'kubernetesAPI')).toMatchObject({ state: 'Active' });
    // What is inside as far as is known stays refused.
    expect(old(to(range('172.18.0.0/28')), 'podRanges')).toMatchObject({ state: 'Rejected' });
  });

  test('waits where `internet` would allow its range, and a node may lie in it', () => {
    for (const routes of [to(range('16.0.0.0/4')), from(range('2600::/12'))]) {
      const states = (known: Discovered) =>
        checked(routes, ['app', 'internet'], { discovered: known })[0]?.state;
      expect(states({})).toBe('Pending');
      expect(states(without('nodeRanges'))).toBe('Pending');
      expect(states(discovered)).not.toBe('Pending');
      const node = {
        ...discovered,
        cluster: { ...discovered.cluster, nodeRanges: ['20.5.5.5/32', '2600::5/128'] },
      };
      expect(beyond(routes, ['app', 'internet'], { discovered: node })).toBe('nodes');
    }
  });

  test.each<[string, readonly RouteEndName[], readonly string[]]>([
    ['is allowed by itself', ['app'], ['203.0.113.0/24']],
    ['may hold anything', ['app', 'anywhere'], []],
    ['may hold all of the cluster', ['app', 'cidr', 'cluster', 'kubernetesAPI'], []],
  ])('does not wait for what is not known where its range %s', (_, ends, cidrs) => {
    const [route] = checked(from(range('203.0.113.0/24')), ends, { discovered: {}, cidrs });
    expect(route?.state).toBe('Active');
  });

  test('does not open the egress of others either', () => {
    const given = (ends: RouteEndName[]) =>
      view({
        platform: platform({ egress: 'Restricted', ...guarded(ends) }),
        namespaces: ['shop', 'pay'].map((name) => namespace(name)),
        profiles: [profile('shop/team', { routes: from({ namespace: { name: 'pay' } }) })],
      });
    const mirrors = (ends: RouteEndName[]) =>
      compile(given(ends)).policies.filter(({ name }) => name.startsWith('ringfence-mirror-'));
    expect(mirrors(['app', 'namespace'])).toHaveLength(1);
    expect(mirrors(['app'])).toEqual([]);
  });
});

describe('every end', () => {
  const every: Readonly<Record<RouteEndName, End>> = {
    app: { app: 'db' },
    pods: { pods: { matchLabels: { tier: 'db' } } },
    service: { service: 'db' },
    namespace: { namespace: { name: 'pay' } },
    ingressController: { ingressController: {} },
    monitoring: { monitoring: {} },
    internet: { internet: {} },
    cluster: { cluster: {} },
    kubernetesAPI: { kubernetesAPI: {} },
    nodes: { nodes: {} },
    cidr: range('203.0.113.0/24'),
    anywhere: { anywhere: {} },
  };
  const ends = Object.entries(every) as readonly (readonly [RouteEndName, End])[];
  const reachesMore: Partial<Record<RouteEndName, readonly RouteEndName[]>> = {
    app: ['pods', 'cluster'],
    service: ['pods', 'cluster'],
    pods: ['cluster'],
    namespace: ['cluster'],
    monitoring: ['namespace', 'cluster'],
    nodes: ['cluster'],
  };

  test.each(ends)(
    '`%s` is allowed by its own name, at both sides, and by those that reach more alone',
    (name, end) => {
      for (const [other] of ends) {
        const isAllowed =
          other === name || other === 'anywhere' || reachesMore[name]?.includes(other) === true;
        const local: RouteEndName[] = [...new Set<RouteEndName>(name === 'app' ? [other] : [other, 'app'])];
        const route = (routes: Routes) => checked(routes, local)[0];
        for (const routes of [from(end), to(end)]) {
          expect([name, other, route(routes)?.reason === 'BeyondGuardrails']).toEqual([
            name,
            other,
            !isAllowed,
          ]);
        }
      }
    },
  );
});

describe('what counts is what a rule reaches', () => {
  test.each<[string, Routes, readonly RouteEndName[], string | undefined]>([
    ['every address is `anywhere`', to(range('0.0.0.0/0')), ['app', 'cidr'], 'anywhere'],
    ['every address of IPv6 is `anywhere`', from(range('::/0')), ['app', 'cidr'], 'anywhere'],
    ['all but one address is `anywhere`', to(range('0.0.0.0/0', '1.1.1.1/32')), ['app', 'cidr'], 'anywhere'],
    ['most of it is `anywhere`', to(range('0.0.0.0/1')), ['app', 'cidr'], 'anywhere'],
    ['a quarter is some range', to(range('64.0.0.0/2', '100.64.0.0/10')), ['app', 'cidr'], undefined],
    ['a public range lies in `internet`', to(range('8.8.8.0/24')), ['app', 'internet'], undefined],
    ['a private range does not', to(range('192.168.0.0/24')), ['app', 'internet'], 'cidr'],
    ['a range around nodes reaches `nodes`', from(range('172.16.0.0/12')), ['app', 'cidr'], 'nodes'],
    [
      'a range beside nodes does not',
      from(range('172.16.0.0/12', '172.18.0.0/24')),
      ['app', 'cidr'],
      undefined,
    ],
    ['a range of nodes is `nodes`', from(range('172.18.0.0/28')), ['app', 'nodes'], undefined],
    ['a range around pods reaches `cluster`', to(range('10.0.0.0/8')), ['app', 'cidr'], 'cluster'],
    ['a range around Services reaches `cluster`', to(range('10.96.0.0/24')), ['app', 'cidr'], 'cluster'],
    ['the API server is `kubernetesAPI`', to(range('192.168.9.9/32')), ['app', 'cidr'], 'kubernetesAPI'],
    ['also where it calls from', from(range('192.168.9.0/24')), ['app', 'cidr'], 'kubernetesAPI'],
    [
      'a range of an ingress controller',
      from(range('198.51.100.0/30')),
      ['app', 'ingressController'],
      undefined,
    ],
    ['every namespace is `cluster`', from({ namespace: { selector: {} } }), ['app', 'namespace'], 'cluster'],
    [
      'every namespace but some is `cluster`',
      from({
        namespace: { selector: { matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['b'] }] } },
      }),
      ['app', 'namespace'],
      'cluster',
    ],
    [
      'every namespace that has a name is `cluster`',
      from({
        namespace: {
          selector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'Exists' }] },
        },
      }),
      ['app', 'namespace'],
      'cluster',
    ],
    [
      'namespaces with a label are `namespace`',
      from({ namespace: { selector: { matchLabels: { team: 'a' } } } }),
      ['app', 'namespace'],
      undefined,
    ],
    [
      'a namespace that is monitoring',
      from({ namespace: { name: 'monitoring' } }),
      ['app', 'monitoring'],
      undefined,
    ],
    ['a namespace that is not', from({ namespace: { name: 'pay' } }), ['app', 'monitoring'], 'namespace'],
    ['the own namespace is `pods`', from({ namespace: { name: 'shop' } }), ['app', 'pods'], undefined],
    ['every pod here is `pods`', from({ pods: {} }), ['app'], 'pods'],
    [
      'pods by the app label are `app`',
      from({ pods: { matchLabels: { 'app.kubernetes.io/name': 'x', tier: 'y' } } }),
      ['app'],
      undefined,
    ],
    [
      'pods behind a Service are `service`',
      from({ pods: { matchLabels: { app: 'db' } } }),
      ['app', 'service'],
      undefined,
    ],
    ['every pod is not', from({ pods: {} }), ['app', 'service'], 'pods'],
  ])('%s', (_, routes, ends, reached) => {
    expect(beyond(routes, ends)).toBe(reached);
  });

  test('a public range of the cluster is `cluster`, not `internet`', () => {
    const publicPods = { cluster: { ...discovered.cluster, podRanges: ['34.0.0.0/16'] } };
    expect(beyond(to(range('34.0.0.0/15')), ['app', 'internet'], { discovered: publicPods })).toBe('cluster');
    expect(beyond(to(range('34.1.0.0/16')), ['app', 'internet'], { discovered: publicPods })).toBeUndefined();
  });

  test('`cidrs` allow what lies in them, without `cidr`, and not a bit more', () => {
    const cidrs = ['203.0.113.0/24', '10.0.0.0/8'];
    const reached = (cidr: string) => beyond(to(range(cidr)), ['app'], { cidrs });
    expect(['203.0.113.0/25', '203.0.113.0/24', '10.244.0.0/16'].map(reached)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(reached('203.0.112.0/23')).toBe('cidr');
    expect(beyond(to(range('203.0.112.0/23', '203.0.112.0/24')), ['app'], { cidrs })).toBeUndefined();
  });

  describe('`kubernetesAPI`', () => {
    const api = { cidr: { cidr: '192.168.9.9/32' } };
    const known: Discovered = {
      ...discovered,
      cluster: { ...discovered.cluster, nodeRanges: ['192.168.9.8/29'] },
    };
    const reached = (routes: Routes, ends: readonly RouteEndName[] = ['app', 'kubernetesAPI']) =>
      beyond(routes, ends, { discovered: known });
    const on = (ports: NonNullable<Routes[number]['ports']>): Routes =>
      to(api).map((route) => ({ ...route, ports }));

    test("is the ports of the API server: the others of its node are the node's", () => {
      expect(reached(on([6443]))).toBeUndefined();
      expect(reached(to(api))).toBe('nodes');
      expect([22, 2379, 10250, '6443-6444', '6443/UDP', 'https'].map((port) => reached(on([port])))).toEqual(
        Array(6).fill('nodes'),
      );
      expect(reached(on([443]))).toBe('nodes');
    });

    test('is no Service on other ports either', () => {
      const service = (ports: NonNullable<Routes[number]['ports']>): Routes =>
        to(range('10.96.0.1/32')).map((route) => ({ ...route, ports }));
      expect(reached(service([443]))).toBeUndefined();
      expect(reached(service([6443]))).toBe('cluster');
    });

    test('lets the control plane in on every port, and lets nobody out there', () => {
      expect(reached(from(api))).toBeUndefined();
      expect(reached(from(range('192.168.9.8/29')))).toBe('nodes');
    });

    test('lets the konnectivity pods in, and nobody out to them', () => {
      const konnectivity = { matchLabels: { 'k8s-app': 'konnectivity-agent' } };
      const pods = { namespace: { name: 'kube-system', pods: konnectivity } };
      const more = { spec: { kubernetesAPI: { controlPlane: { pods: konnectivity } } } };
      expect(beyond(from(pods), ['app', 'kubernetesAPI'], more)).toBeUndefined();
      expect(beyond(to(pods), ['app', 'kubernetesAPI'], more)).toBe('namespace');
      expect(beyond(from({ kubernetesAPI: {} }), ['app', 'kubernetesAPI'], more)).toBeUndefined();
      expect(beyond(to({ kubernetesAPI: {} }), ['app', 'kubernetesAPI'], more)).toBeUndefined();
    });
  });

  test.each<[string, string]>([
    ['64:ff9b::ac12:1/128', 'nodes'],
    ['64:ff9b:1::ac12:1/128', 'nodes'],
    ['2002:ac12:1::/48', 'nodes'],
    ['::ac12:1/128', 'nodes'],
    ['2600:1::5efe:ac12:1/128', 'nodes'],
    ['64:ff9b::af4:0/112', 'cluster'],
    ['64:ff9b::/96', 'anywhere'],
    ['2002::/16', 'anywhere'],
  ])('%s reaches what is embedded in it', (cidr, end) => {
    expect(beyond(to(range(cidr)), ['app', 'cidr'])).toBe(end);
    expect(beyond(to(range(cidr)), ['app', 'cidr', 'internet'])).toBeDefined();
    expect(beyond(to(range(cidr)), ['app'], { cidrs: [cidr] })).toBeUndefined();
  });

  test('an IPv4 address of the internet is that behind NAT64 too', () => {
    expect(beyond(to(range('64:ff9b::808:808/128')), ['app', 'internet'])).toBeUndefined();
    expect(beyond(to(range('64:ff9b:1::808:808/128')), ['app', 'internet'])).toBe('cidr');
  });

  test('without a rule, or with one that sets no limit, nothing is', () => {
    const rules = [{ name: 'prod', namespaces: { names: ['shop'] } }];
    const given = shopView({ spec: { rules }, routes: from({ anywhere: {} }) });
    expect(compile(given).namespaces[0]?.profiles[0]?.routes[0]?.state).toBe('Active');
  });
});

/** A range in pieces: each cut in half so often, in the order of `cuts`. */
function pieces(cidr: string, cuts: readonly number[]): readonly string[] {
  const whole = parseCidr(cidr);
  if (!whole.ok) throw new Error(whole.error);
  const parts: IpRange[] = [whole.value];
  for (const cut of cuts) {
    const [part] = parts.splice(cut % parts.length, 1);
    if (part === undefined) continue;
    const middle = part.first + (part.last - part.first + 1n) / 2n;
    parts.push(
      { ...part, prefix: part.prefix + 1, last: middle - 1n },
      { ...part, prefix: part.prefix + 1, first: middle },
    );
  }
  return parts.map(formatCidr);
}

describe('a range in pieces', () => {
  const cuts = fc.array(fc.nat({ max: 99 }), { maxLength: 8 });
  const almostAll = guarded(['app', 'cidr', 'cluster', 'nodes', 'kubernetesAPI']);
  const routesOf = (cidrs: readonly string[], side: 'from' | 'to'): Routes =>
    cidrs.map((cidr, at) => ({
      name: `r${at}`,
      from: { app: 'web' },
      to: { app: 'web' },
      [side]: range(cidr),
    })) as Routes;
  const sides = fc.constantFrom('from' as const, 'to' as const);

  test('never opens most of the internet, however it is cut, whatever lies over it', () => {
    const whole = fc.constantFrom('0.0.0.0/0', '::/0', '2000::/3', '0.0.0.0/1');
    const others = fc.subarray(['8.0.0.0/7', '128.0.0.0/2', '2000::/4', '64.0.0.0/3', '203.0.113.0/24']);
    const ends = fc.subarray<RouteEndName>(['nodes', 'cluster', 'kubernetesAPI', 'namespace']);
    fc.assert(
      fc.property(whole, cuts, others, ends, sides, (cidr, some, more, allowed, side) => {
        const cidrs = [...pieces(cidr, some), ...more];
        const routes = checked(routesOf(cidrs, side), ['app', 'cidr', ...allowed]);
        const open = routes.flatMap((route, at) => (isRefused(route) ? [] : [cidrs[at] ?? '']));
        expect(isMostOfTheInternet(addressesOf(open))).toBe(false);
      }),
      runs(60),
    );
  });

  test('of which the whole is allowed, is allowed', () => {
    const whole = fc.constantFrom('203.0.113.0/24', '8.0.0.0/8', '2a00::/12', '192.168.0.0/24');
    fc.assert(
      fc.property(whole, cuts, sides, (cidr, some, side) => {
        expect(checked(routesOf(pieces(cidr, some), side), ['app', 'cidr']).filter(isRefused)).toEqual([]);
      }),
      runs(60),
    );
  });

  test('that reaches nodes or pods is refused just where it does', () => {
    const whole = fc.constantFrom('172.16.0.0/12', '10.0.0.0/8');
    fc.assert(
      fc.property(whole, cuts, sides, (cidr, some, side) => {
        const routes = checked(routesOf(pieces(cidr, some), side), ['app', 'cidr']);
        expect(routes.some(isRefused)).toBe(true);
      }),
      runs(60),
    );
  });

  test('is judged the same in whatever order the routes of a profile stand', () => {
    fc.assert(
      fc.property(cuts, fc.infiniteStream(fc.nat()), (some, random) => {
        const cidrs = pieces('0.0.0.0/0', some);
        const order = cidrs
          .map((_, at) => ({ at, key: random.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key);
        const routes = routesOf(cidrs, 'to');
        const told = (all: readonly CompiledRoute[]) =>
          new Map(all.map(({ route, state }) => [route.name, state]));
        const shuffled = order.flatMap(({ at }) => routes[at] ?? []);
        expect(told(checked(shuffled, ['app', 'cidr']))).toEqual(told(checked(routes, ['app', 'cidr'])));
      }),
      runs(60),
    );
  });

  test('of a younger profile takes nothing away from an older one, whatever it is', () => {
    const quarters = ['0.0.0.0/2', '64.0.0.0/2', '128.0.0.0/2', '192.0.0.0/3'];
    const some = fc.subarray([...quarters, '8.0.0.0/7', '2600::/12', '2a00::/7'], { minLength: 1 });
    const accepted = (...profiles: readonly ProfileFacts[]) => {
      const given = shopView({ discovered, spec: { ...spec, ...almostAll }, profiles });
      return compile(given).namespaces.flatMap((each) =>
        each.profiles.flatMap(({ profile: { name }, routes }) =>
          routes.filter((route) => !isRefused(route)).map(({ route }) => `${name}/${route.name}`),
        ),
      );
    };
    fc.assert(
      fc.property(some, some, sides, (first, second, side) => {
        const [mine, theirs] = [first, second].map((cidrs) => ({ routes: routesOf(cidrs, side) }));
        const older = { ...profile('shop/z-mine', mine), created: '2026-01-01T00:00:00Z' };
        const younger = { ...profile('shop/a-colleague', theirs), created: '2026-01-02T00:00:00Z' };
        const both = accepted(younger, older);
        expect(both.filter((name) => name.startsWith('z-mine/'))).toEqual(accepted(older));
        // In a file only: it is about to be created.
        expect(accepted({ ...younger, created: undefined }, older)).toEqual(both);
      }),
      runs(60),
    );
  });

  test('is refused by the names of profiles where all are in files', () => {
    const given = shopView({
      discovered,
      spec: { ...spec, ...almostAll },
      profiles: [
        profile('shop/b', { routes: to(range('64.0.0.0/2')) }),
        profile('shop/a', { routes: to(range('128.0.0.0/2')) }),
        profile('shop/c', { routes: to(range('203.0.113.0/24')) }),
      ],
    });
    const states = compile(given).namespaces[0]?.profiles.map(({ profile: { name }, routes }) => [
      name,
      routes[0]?.state,
      routes[0]?.message,
    ]);
    expect(states).toEqual([
      ['a', 'Active', expect.anything()],
      [
        'b',
        'Rejected',
        'together with other ranges of the namespace it reaches `anywhere`, which rule `prod` of the platform profile does not allow: it allows `app`, `cidr`, `cluster`, `nodes` and `kubernetesAPI`',
      ],
      ['c', 'Active', expect.anything()],
    ]);
  });
});

describe('an ingress controller in the network of the nodes', () => {
  const hosted: PlatformSpec = {
    ingressControllers: [{ name: 'nginx', preset: 'ingress-nginx', hostNetwork: true }],
  };
  const way = (end: End, ...ports: readonly (number | string)[]): Routes => [
    { name: 'a', from: { app: 'web' }, to: end, ...(ports.length === 0 ? {} : { ports: [...ports] }) },
  ];
  const allowed: readonly RouteEndName[] = ['app', 'cidr', 'ingressController'];
  const reached = (routes: Routes) => beyond(routes, allowed, { spec: hosted });

  test.each<[string, Routes]>([
    ['a kubelet', way(range('172.18.0.5/32'), 10250)],
    ['a range of ports', way(range('172.18.0.5/32'), '443-444')],
    ['another protocol', way(range('172.18.0.5/32'), '80/UDP')],
    ['the word, on every port', way({ ingressController: {} })],
    ['an address in which a node is embedded', way(range('64:ff9b::ac12:5/128'), 22)],
  ])('is no way to the other ports of a node: %s', (_, routes) => {
    expect(reached(routes)).toBe('nodes');
  });

  test('is reached on the ports that it serves, and comes from every node', () => {
    expect(reached(way({ ingressController: {} }, 80, 443, '443/UDP'))).toBeUndefined();
    expect(reached(way(range('172.18.0.5/32'), 443))).toBeUndefined();
    expect(reached(from({ ingressController: {} }))).toBeUndefined();
  });
});
