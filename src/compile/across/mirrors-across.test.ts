// Mirrors across namespaces: exactly where they are due, whoever came first, and gone when their reason is.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type KubernetesObject,
  namespace,
  object,
  type PlatformSpec,
  platform,
  profile,
  type Routes,
  service,
  view,
} from '../../../test/fixtures.ts';
import { runs } from '../../../test/property-runs.ts';
import { neighbours, viewOf } from '../../../test/random-cluster.ts';
import { canonicalJson, isStandIn, type Peer, type PolicyPort } from '../../model/network-policy.ts';
import { selects } from '../../model/selectors.ts';
import type { RouteEndName } from '../../routes/index.ts';
import type { ClusterView, NamespaceFacts, ProfileFacts } from '../../view/cluster-view.ts';
import { type CompiledNamespace, compile, compileNamespace } from '../compile.ts';
import { isDecoded } from '../platform/decoded-platform.ts';

type From = Routes[number]['from'];

const restricted: PlatformSpec = { egress: 'Restricted' };

interface Given {
  readonly spec?: PlatformSpec;
  readonly namespaces?: readonly NamespaceFacts[];
  readonly profiles?: readonly ProfileFacts[];
  readonly objects?: readonly KubernetesObject[];
}

function seen({
  spec = {},
  namespaces = [namespace('shop'), namespace('data')],
  ...parts
}: Given): ClusterView {
  return view({ platform: platform({ ...restricted, ...spec }), namespaces, ...parts });
}

/** The policies of mirrors in `name`, compiled alone as the operator does. */
function mirrorsIn(given: ClusterView, name = 'shop') {
  const { platform, namespaces } = given;
  const here = namespaces.get(name);
  if (platform === undefined || !isDecoded(platform) || here === undefined || here.terminating) return [];
  return compileNamespace(given, platform, here).policies.filter((policy) =>
    policy.name.startsWith('ringfence-mirror-'),
  );
}

/** The ports that somebody asked for. */
function withoutStandIn(ports: readonly PolicyPort[]): readonly PolicyPort[] {
  return ports.filter((port) => !isStandIn(port, { ports }));
}

/** What is mirrored in `name`, as `pods -> namespaces/pods:ports`. */
function told(given: ClusterView, name = 'shop'): readonly string[] {
  return mirrorsIn(given, name).flatMap(({ spec: { podSelector, egress } }) =>
    (egress ?? []).map(({ to = [], ports = [] }) => {
      const where = to.map(
        (peer) => `${namespacesOf(peer)}/${labelsOf('ipBlock' in peer ? {} : peer.podSelector)}`,
      );
      return `${labelsOf(podSelector)} -> ${where.join('+')}:${withoutStandIn(ports)
        .map(({ port }) => port)
        .join('+')}`;
    }),
  );
}

function namespacesOf(peer: Peer): string {
  if ('ipBlock' in peer) return peer.ipBlock.cidr;
  const { matchLabels = {}, matchExpressions = [] } = peer.namespaceSelector ?? {};
  return [...Object.values(matchLabels), ...matchExpressions.flatMap(({ values = [] }) => values)].join(',');
}

function labelsOf(selector: { readonly matchLabels?: Readonly<Record<string, string>> } = {}): string {
  return Object.values(selector.matchLabels ?? {}).join(',') || 'all';
}

/** A profile of the namespace `data` that lets somebody in to `db`. */
const letIn = (from: From, name = 'data/db'): ProfileFacts =>
  profile(name, { routes: [{ name: 'in', from, to: { app: 'db' }, ports: [5432] }] });

const web = { matchLabels: { app: 'web' } };
const byName: From = { namespace: { name: 'shop', pods: web } };
const byLabels: From = { namespace: { selector: { matchLabels: { team: 'shop' } }, pods: web } };
const shopOfTeam = namespace('shop', { team: 'shop' });
const mirrored = 'web -> data/db:5432';

describe('a route from another namespace', () => {
  test('by its name opens the egress there, in a policy that the platform owns and that names the route', () => {
    const given = seen({ profiles: [letIn(byName)] });
    expect(told(given)).toEqual([mirrored]);
    expect(mirrorsIn(given)[0]).toMatchObject({
      name: expect.stringMatching(/^ringfence-mirror-web-out-[0-9a-v]{16}$/),
      owner: { kind: 'PlatformNetworkProfile' },
      origins: [['data/db/in']],
      description: 'Allows the egress of web that other namespaces let in: route in of profile data/db',
      spec: { policyTypes: ['Egress'] },
    });
  });

  test.each<[string, PlatformSpec]>([
    ['ClusterOnly, which is open within the cluster', { egress: 'ClusterOnly' }],
    ['Unrestricted, where the first egress policy would isolate pods', { egress: 'Unrestricted' }],
    ['not enforced', { rules: [{ name: 'a', namespaces: { names: ['shop'] }, enforcement: 'Off' }] }],
    ['not ringed', { namespaces: { exclude: ['shop'] } }],
  ])('opens nothing where that is %s', (_, spec) => {
    expect(mirrorsIn(seen({ spec, profiles: [letIn(byName)] }))).toEqual([]);
  });

  test.each<[string, PlatformSpec, number]>([
    ['Off', { rules: [{ name: 'a', namespaces: { names: ['data'] }, enforcement: 'Off' }] }, 0],
    ['not ringed', { namespaces: { exclude: ['data'] } }, 0],
    [
      'DryRun: a namespace that is about to be fenced must not lose its clients',
      { rules: [{ name: 'a', namespaces: { names: ['data'] }, enforcement: 'DryRun' }] },
      1,
    ],
  ])('counts, if it is declared in a namespace that is %s, like the policies there', (_, spec, count) => {
    expect(mirrorsIn(seen({ spec, profiles: [letIn(byName)] }))).toHaveLength(count);
  });

  test('that is not accepted opens nothing', () => {
    const routes: Routes = [
      { name: 'a', from: byName, to: { service: 'gone' } },
      { name: 'b', from: byName, to: { service: 'db' }, ports: [1] },
    ];
    const objects = [service('data/db', [{ port: 5432 }])];
    expect(told(seen({ profiles: [profile('data/db', { routes })], objects }))).toEqual([]);
  });

  test('to a Service opens the way to the pods behind it, on their ports', () => {
    const routes: Routes = [{ name: 'a', from: byName, to: { service: 'db' }, ports: [80] }];
    const objects = [service('data/db', [{ port: 80, targetPort: 5432 }])];
    expect(told(seen({ profiles: [profile('data/db', { routes })], objects }))).toEqual([mirrored]);
  });

  test('by its labels opens nothing: a receiver could open the egress of everybody', () => {
    for (const from of [byLabels, { cluster: {} }, { anywhere: {} }] as const) {
      const given = seen({ namespaces: [shopOfTeam, namespace('data')], profiles: [letIn(from)] });
      expect(told(given)).toEqual([]);
    }
  });

  test('by its labels opens the egress where the platform trusts its namespace', () => {
    const namespaces = [shopOfTeam, namespace('data', { trusted: 'yes' }), namespace('other')];
    const given = (spec: PlatformSpec, from: From = byLabels) =>
      seen({ spec, namespaces, profiles: [letIn(from)] });
    const mirrorFrom = { selector: { matchLabels: { trusted: 'yes' } } };
    for (const spec of [{ systemNamespaces: ['data'] }, { mirrorFrom }, { mirrorFrom: { selector: {} } }]) {
      expect(told(given(spec))).toEqual([mirrored]);
      expect(told(given(spec), 'other')).toEqual([]);
      expect(told(given(spec, { cluster: {} }), 'other')).toEqual(['all -> data/db:5432']);
    }
    expect(told(given({ mirrorFrom: { selector: { matchLabels: { trusted: 'no' } } } }))).toEqual([]);
  });

  test('in the own namespace is a way within it, and owned by the profile', () => {
    const given = seen({ profiles: [letIn({ namespace: { selector: {}, pods: web } }, 'shop/db')] });
    expect(mirrorsIn(given)).toEqual([]);
    const [out] = compile(given).policies.filter(({ name }) => name.startsWith('ringfence-db-web-out-'));
    expect(out).toMatchObject({
      owner: { kind: 'AppNetworkProfile', name: 'db' },
      spec: {
        podSelector: web,
        egress: [{ to: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'db' } } }] }],
      },
    });
  });

  test('opens nothing that is open to every pod already', () => {
    const dns = {
      namespace: 'data',
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'db' } },
      ports: [5432],
    };
    expect(told(seen({ spec: { dns }, profiles: [letIn(byName)] }))).toEqual([]);
  });
});

describe('a mirror', () => {
  test('is there whichever of both namespaces came first, and gone with either, and with its profile', () => {
    const [shop, data] = [namespace('shop'), namespace('data')];
    const profiles = [letIn(byName)];
    expect(told(seen({ namespaces: [shop], profiles }))).toEqual([]);
    expect(told(seen({ namespaces: [data], profiles }))).toEqual([]);
    expect(told(seen({ namespaces: [shop, data], profiles }))).toEqual([mirrored]);
    expect(told(seen({ namespaces: [data, shop], profiles }))).toEqual([mirrored]);
    expect(told(seen({ namespaces: [shop, { ...data, terminating: true }], profiles }))).toEqual([]);
    expect(told(seen({ namespaces: [shop, data] }))).toEqual([]);
  });

  test('follows a namespace that is labelled, at either end', () => {
    const spec = { mirrorFrom: { selector: { matchLabels: { trusted: 'yes' } } } };
    const profiles = [letIn(byLabels)];
    const trusted = namespace('data', { trusted: 'yes' });
    expect(told(seen({ spec, namespaces: [shopOfTeam, namespace('data')], profiles }))).toEqual([]);
    expect(told(seen({ spec, namespaces: [namespace('shop'), trusted], profiles }))).toEqual([]);
    expect(told(seen({ spec, namespaces: [shopOfTeam, trusted], profiles }))).toEqual([mirrored]);
  });

  test('shares a policy with those of the same pods, and a rule with those that differ in the namespace alone', () => {
    const names = Array.from({ length: 40 }, (_, index) => `data-${index}`);
    const given = seen({
      namespaces: [namespace('shop'), ...names.map((name) => namespace(name))],
      profiles: names.map((name) => letIn(byName, `${name}/db`)),
    });
    expect(mirrorsIn(given)).toHaveLength(1);
    expect(mirrorsIn(given)[0]?.spec.egress).toHaveLength(1);
    expect(told(given)).toEqual([`web -> ${[...names].sort().join(',')}/db:5432`]);
  });

  test('of ten thousand namespaces is in buckets of at most about 500, of which a new one changes one', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `team-${String(index).padStart(5, '0')}`);
    const monitoring = [{ name: 'prometheus', namespace: 'shop', pods: web, ports: ['metrics'] }];
    const of = (all: readonly string[]) =>
      mirrorsIn(seen({ spec: { monitoring }, namespaces: ['shop', ...all].map((name) => namespace(name)) }));
    const contents = (policies: ReturnType<typeof of>) =>
      new Map(policies.map((policy) => [policy.name, canonicalJson(policy.spec)]));
    const before = of(names);
    const sizes = before.map(({ spec }) => namespacesOf(spec.egress?.[0].to?.[0] ?? {}).split(',').length);
    expect(before.length).toBeLessThanOrEqual(32);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(10_001);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(500);
    for (const policy of before) expect(JSON.stringify(policy).length).toBeLessThan(128 * 1024);
    const [one, other] = [contents(before), contents(of([...names, 'team-new']))];
    expect([...other.keys()]).toEqual([...one.keys()]);
    expect([...other].filter(([name, text]) => one.get(name) !== text)).toHaveLength(1);
  });

  test('of one route that lets in ten thousand namespaces is one small policy in each', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `team-${index}`);
    const given = seen({
      spec: { systemNamespaces: ['data'] },
      namespaces: ['data', ...names].map((name) => namespace(name)),
      profiles: [letIn({ namespace: { selector: {} } })],
    });
    const mirrors = compile(given).policies.filter(({ name }) => name.startsWith('ringfence-mirror-'));
    expect(mirrors).toHaveLength(10_000);
    expect(new Set(mirrors.map(({ spec }) => canonicalJson(spec))).size).toBe(1);
  });

  test('of very many rules on very many ports is split far below what etcd takes', () => {
    const ports = Array.from({ length: 50 }, (_, index) => index + 1);
    const profiles = Array.from({ length: 5 }, (_, which) =>
      profile(`data-${which}/p`, {
        routes: Array.from({ length: 200 }, (_, index) => ({
          name: `r${index}`,
          from: byName,
          to: { app: `db-${which}-${index}` },
          ports,
        })),
      }),
    );
    const namespaces = ['shop', ...profiles.map((each) => each.namespace)].map((name) => namespace(name));
    const policies = mirrorsIn(seen({ profiles, namespaces }));
    expect(policies.flatMap(({ spec }) => spec.egress ?? [])).toHaveLength(1000);
    expect(new Set(policies.map(({ name }) => name)).size).toBe(policies.length);
    for (const policy of policies) expect(JSON.stringify(policy).length).toBeLessThan(512 * 1024);
  });
});

describe("the platform's own allowances", () => {
  const namespaces = ['shop', 'data', 'monitoring', 'ingress-nginx'].map((name) => namespace(name));
  const spec: PlatformSpec = {
    monitoring: [{ name: 'prometheus', namespace: 'monitoring', pods: web, ports: ['metrics'] }],
    ingressControllers: [{ name: 'nginx', namespace: 'ingress-nginx', pods: web }],
  };
  const objects = [
    service('data/db', [{ port: 80, targetPort: 8080 }]),
    object('Ingress', 'data/db', { defaultBackend: { service: { name: 'db', port: { number: 80 } } } }),
  ];

  test('open the egress of the monitoring system to every ringed namespace, its own too', () => {
    const all = 'web -> data,ingress-nginx,monitoring,shop/all:metrics';
    expect(told(seen({ spec, namespaces }), 'monitoring')).toEqual([all]);
    const excluded = { ...spec, namespaces: { exclude: ['data'] } };
    expect(told(seen({ spec: excluded, namespaces }), 'monitoring')).toEqual([
      'web -> ingress-nginx,monitoring,shop/all:metrics',
    ]);
    expect(mirrorsIn(seen({ spec, namespaces }), 'monitoring')[0]?.owner.kind).toBe('PlatformNetworkProfile');
  });

  test('open the egress of the ingress controller to just what is exposed', () => {
    expect(told(seen({ spec, namespaces, objects }), 'ingress-nginx')).toEqual(['web -> data/db:8080']);
    const none = { ...spec, ingressRoutes: 'None' as const };
    expect(told(seen({ spec: none, namespaces, objects }), 'ingress-nginx')).toEqual([]);
  });

  test('open nothing in other namespaces, nor where egress is not Restricted', () => {
    expect(told(seen({ spec, namespaces, objects }))).toEqual([]);
    const loose = { ...spec, egress: 'ClusterOnly' as const };
    expect(told(seen({ spec: loose, namespaces, objects }), 'monitoring')).toEqual([]);
  });

  test('a route from them is mirrored too: the platform profile names where they are', () => {
    const profiles = [
      letIn({ ingressController: {} }),
      letIn({ monitoring: { name: 'prometheus' } }, 'data/more'),
    ];
    expect(
      told(seen({ spec: { ...spec, ingressRoutes: 'None' }, namespaces, profiles }), 'ingress-nginx'),
    ).toEqual([mirrored]);
    expect(told(seen({ spec, namespaces, profiles }), 'monitoring')).toContain(mirrored);
  });
});

describe('the mirrors of a namespace', () => {
  /** By the sentence, and by looking at every route of every namespace. */
  function due(given: ClusterView, here: CompiledNamespace): ReadonlySet<string> {
    const { platform: facts, namespaces } = given;
    if (facts === undefined || !facts.decoded.ok || here.egress !== 'Restricted') return new Set();
    const { systemNamespaces, mirrorFrom } = facts.decoded.value.spec;
    const labels = namespaces.get(here.namespace)?.labels ?? {};
    const rules = compile(given).namespaces.flatMap(({ namespace: where, profiles }) => {
      const trusted =
        systemNamespaces.includes(where) ||
        (mirrorFrom !== undefined && selects(mirrorFrom.selector, namespaces.get(where)?.labels ?? {}));
      const routes = where === here.namespace ? [] : profiles.flatMap((each) => each.routes);
      return routes.flatMap(({ route: { from }, allowRules }) => {
        const isNamed =
          !('cluster' in from || 'anywhere' in from) && !('namespace' in from && from.namespace.selector);
        return allowRules
          .filter(({ direction }) => direction === 'Ingress' && (isNamed || trusted))
          .flatMap(({ pods, rule }) =>
            rule.peers.flatMap((peer) =>
              !('ipBlock' in peer) && peer.namespaceSelector && selects(peer.namespaceSelector, labels)
                ? (rule.ports ?? [undefined]).map((port) => text(peer.podSelector, where, pods, port))
                : [],
            ),
          );
      });
    });
    return new Set(rules);
  }

  /** What is written, and nothing that is the platform's own. */
  function written(given: ClusterView, here: CompiledNamespace): ReadonlySet<string> {
    const rules = mirrorsIn(given, here.namespace).flatMap(({ spec, origins = [] }) =>
      (spec.egress ?? []).flatMap(({ to = [], ports }, index) => {
        if (!(origins[index] ?? []).some((origin) => !origin.includes(' '))) return [];
        return to.flatMap((peer) =>
          'ipBlock' in peer
            ? ['a block']
            : namespacesOf(peer)
                .split(',')
                .flatMap((where) =>
                  (ports === undefined ? [undefined] : withoutStandIn(ports)).map((port) =>
                    text(spec.podSelector, where, peer.podSelector, port),
                  ),
                ),
        );
      }),
    );
    return new Set(rules);
  }

  const text = (pods: object | undefined, where: string, others: object | undefined, port: unknown) =>
    canonicalJson([pods ?? {}, where, others ?? {}, port]);

  test('are exactly those of the accepted routes that name it, or that the platform trusts', () => {
    fc.assert(
      fc.property(neighbours, (cluster) => {
        // A rule for DNS may cover a mirror, and one for what is exposed may be the same: looked at above. Guardrails: see below.
        const rules = cluster.spec.rules?.map(({ allow: _, ...rule }) => rule) ?? [];
        const given = viewOf({
          ...cluster,
          discovered: {},
          spec: { ...cluster.spec, ingressRoutes: 'None', rules },
        });
        for (const here of compile(given).namespaces) {
          expect(written(given, here)).toEqual(due(given, here));
        }
      }),
      runs(100),
    );
  });
});

describe('guardrails of the source', () => {
  const allow = (...ends: RouteEndName[]): PlatformSpec => ({
    rules: [{ name: 'prod', namespaces: { names: ['shop'] }, allow: { ends } }],
  });
  const pull = (from: From) =>
    profile('data/pull', { routes: [{ name: 'pull', from, to: { app: 'mongo' }, ports: [27017] }] });
  const web = { matchLabels: { 'app.kubernetes.io/name': 'web' } };
  const ofWeb: From = { namespace: { name: 'shop', pods: web } };
  const told1 = (given: ClusterView) =>
    compile(given).namespaces.find((each) => each.namespace === 'data')?.profiles[0]?.routes[0];

  test('keep shut what a team there could not write itself, and the receiver is reported', () => {
    const given = seen({ spec: allow('app'), profiles: [pull(ofWeb)] });
    expect(told(given)).toEqual([]);
    expect(told1(given)).toMatchObject({
      state: 'Active',
      reason: 'SourceClosed',
      message:
        'its rule is written, but the egress of `shop` is Restricted, and guardrails do not let it lead here: rule `prod` of the platform profile does not allow `namespace`: it allows `app`',
    });
    expect(told1(given)).not.toHaveProperty('suggestion');
  });

  test.each<[string, readonly RouteEndName[]]>([
    ['the end `namespace`', ['app', 'namespace']],
    ['the whole cluster', ['cluster']],
    ['everything', ['anywhere']],
  ])('leave open what they allow: %s', (_, ends) => {
    const given = seen({ spec: allow(...ends), profiles: [pull(ofWeb)] });
    expect(told(given)).toEqual(['web -> data/mongo:27017']);
    expect(told1(given)?.reason).toBe('Active');
  });

  test('are about the pods too: a team that may only name apps opens no other pods', () => {
    const all: From = { namespace: { name: 'shop' } };
    expect(told(seen({ spec: allow('app', 'namespace'), profiles: [pull(all)] }))).toEqual([]);
    expect(told(seen({ spec: allow('pods', 'namespace'), profiles: [pull(all)] }))).toHaveLength(1);
  });

  test('bind trusted namespaces as well, which read it in their routes', () => {
    const trusted = { ...allow('app'), mirrorFrom: { selector: {} } };
    for (const selector of [{}, { matchLabels: { team: 'a' } }]) {
      const given = seen({
        spec: trusted,
        namespaces: [namespace('shop', { team: 'a' }), namespace('data')],
        profiles: [pull({ namespace: { selector, pods: web } })],
      });
      expect(told(given)).toEqual([]);
      expect(told1(given)?.message).toContain('the egress of `shop` is Restricted, and guardrails');
    }
  });

  test('suggest no profile that they would refuse', () => {
    const from: From = { namespace: { selector: { matchLabels: { team: 'a' } }, pods: web } };
    const namespaces = [namespace('shop', { team: 'a' }), namespace('data')];
    const refused = told1(seen({ spec: allow('app'), namespaces, profiles: [pull(from)] }));
    expect(refused).toMatchObject({ reason: 'SourceClosed', message: expect.stringContaining('guardrails') });
    expect(refused).not.toHaveProperty('suggestion');
    const taken = told1(seen({ spec: allow('app', 'namespace'), namespaces, profiles: [pull(from)] }));
    expect(taken?.suggestion).toContain('namespace: shop');
  });

  test('do not bind what the platform opens itself', () => {
    const spec: PlatformSpec = {
      ...allow('app'),
      monitoring: [{ name: 'prometheus', namespace: 'shop', ports: [9090] }],
    };
    expect(told(seen({ spec })).some((line) => line.endsWith(':9090'))).toBe(true);
  });

  test('never allow a mirror that a team there could not write itself, whatever the cluster', () => {
    fc.assert(
      fc.property(neighbours, (given) => {
        const view = viewOf(given);
        const { platform } = view;
        if (platform === undefined || !isDecoded(platform)) return;
        for (const rule of platform.decoded.value.spec.rules) {
          const ends = rule.allow?.ends;
          if (ends === undefined || ends.includes('namespace')) continue;
          const [name = ''] = rule.namespaces.names ?? [];
          const routed = mirrorsIn(view, name).flatMap(({ origins = [] }) => origins.flat());
          // Those of routes are `namespace/profile/route`; objects that expose pods have their kind before them.
          expect(routed.filter((origin) => !origin.includes(' '))).toEqual([]);
        }
      }),
      runs(100),
    );
  });
});
