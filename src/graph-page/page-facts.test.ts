// What the page's script answers, without a browser.
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import {
  app,
  cluster,
  company,
  denyEgress,
  denyIngress,
  from,
  letIn,
  shop,
  workload,
} from '../../test/drawn-clusters.ts';
import { analyze } from '../analyze/analysis.ts';
import type { AnalysisInput } from '../analyze/facts.ts';
import { modelOf } from '../graph/from-analysis.ts';
import { scenesOf } from '../graph/html.ts';
import { pageDataOf } from '../graph/page-data.ts';
import type { PageView } from '../graph/page-format.ts';
import { focusOf, gapsOf, nodesOf } from './focus.ts';
import { Facts, portInField } from './page-facts.ts';
import { pairFacts } from './pair-facts.ts';
import { askedIn } from './question.ts';
import { find } from './search.ts';
import { formatState, parseState, type State } from './state.ts';
import { yamlOf } from './yaml.ts';

function factsOf(input: AnalysisInput): Facts {
  const model = modelOf(analyze(input));
  return new Facts(pageDataOf(model, scenesOf(model)));
}

const small = factsOf(shop());
const large = factsOf(company());

function placeOf(facts: Facts, key: string): number {
  const place = facts.placeOfKey(key);
  if (place === undefined) throw new Error(`no ${key}`);
  return place;
}

function viewOf(facts: Facts, id: string): PageView {
  const view = facts.view(id);
  if (view === undefined) throw new Error(`no view ${id}`);
  return view;
}

function pairOf(facts: Facts, from: string, to: string, port?: string) {
  const asked = port === undefined ? undefined : portInField(port);
  return pairFacts(facts, placeOf(facts, from), placeOf(facts, to), asked);
}

/** A Service in front of the pods of `shop/web`, but for its ports. */
const inFrontOfWeb = (name: string) =>
  ({ namespace: 'shop', name, type: 'ClusterIP', headless: false, selector: { app: 'web' } }) as const;

/** One side names a port, and the other denies everything. */
const named = cluster(
  [workload('shop', 'web'), workload('pay', 'db')],
  [
    denyIngress('pay'),
    {
      namespace: 'shop',
      name: 'web-out',
      spec: {
        podSelector: {},
        policyTypes: ['Egress'],
        egress: [{ to: [app('shop', 'web')] }, { to: [app('pay', 'db')], ports: [{ port: 'metrics' }] }],
      },
    },
  ],
);

describe('a pair', () => {
  test('that is allowed names the rule, its policy, and the route that asked for it', () => {
    const { ports, sides } = pairOf(small, 'shop/web-console', 'shop/mongo');
    expect(ports).toBe('27017');
    expect(sides).toMatchObject([
      { heading: 'leaving shop/web-console', lets: true, rules: [], policies: [] },
      {
        heading: 'entering shop/mongo',
        lets: true,
        rules: [
          {
            policy: expect.stringMatching(/^shop\/ringfence-shop-mongo-/),
            rule: 'rule 3, spec.ingress[2]',
            ports: '27017',
            origin: 'AppNetworkProfile shop: web-console-to-mongo',
          },
        ],
      },
    ]);
  });

  test('that is denied names the policies that isolate the side which denies', () => {
    const { ports, sides } = pairOf(small, 'shop-admin/admin-console', 'shop/web-console');
    expect(ports).toBeUndefined();
    expect(sides.map(({ lets }) => lets)).toEqual([true, false]);
    expect(sides[1]?.sentence).toBe('isolated for ingress, and no rule lets shop-admin/admin-console in');
    expect(sides[1]?.policies[0]).toEqual({
      name: 'shop/ringfence-default-deny-ingress',
      note: 'default deny · PlatformNetworkProfile default',
    });
  });

  test('names the side that denies if policies isolate both', () => {
    const policies = [
      denyIngress('shop'),
      denyEgress('shop'),
      letIn('shop/api', 'api', [from(app('shop', 'web'), 80)]),
      {
        namespace: 'shop',
        name: 'web-out',
        spec: {
          podSelector: { matchLabels: { app: 'web' } },
          policyTypes: ['Egress' as const],
          egress: [{ to: [app('shop', 'api')], ports: [{ port: 443 }] }, { to: [app('shop', 'db')] }],
        },
      },
    ];
    const facts = factsOf(
      cluster([workload('shop', 'api'), workload('shop', 'db'), workload('shop', 'web')], policies),
    );
    const deniers = (from: string, to: string) => pairOf(facts, from, to).sides.map(({ lets }) => lets);
    expect(deniers('shop/api', 'shop/db')).toEqual([false, false]);
    expect(deniers('shop/web', 'shop/db')).toEqual([true, false]);
    // Each lets something through, but not on the same port.
    expect(pairOf(facts, 'shop/web', 'shop/api').sides.map(({ sentence }) => sentence)).toEqual([
      expect.stringContaining('only on ports that the other side does not allow'),
      expect.stringContaining('only on ports that the other side does not allow'),
    ]);
  });

  test('names the rule of the side that lets it through, although the other denies everything', () => {
    const facts = factsOf(named);
    const { sides } = pairOf(facts, 'shop/web', 'pay/db');
    expect(
      sides.map(({ lets, rules }) => [lets, rules.map(({ rule, ports }) => `${rule}: ${ports}`)]),
    ).toEqual([
      [true, ['rule 2, spec.egress[1]: 9090']],
      [false, []],
    ]);
    expect(sides[1]?.policies).toEqual([
      { name: 'pay/ringfence-default-deny-ingress', note: 'default deny · PlatformNetworkProfile default' },
    ]);
  });

  test('on a port is judged on this port at both sides', () => {
    const told = (port: string) =>
      pairOf(small, 'shop/web-console', 'shop/mongo', port).sides.map(({ lets, sentence }) => [
        lets,
        sentence,
      ]);
    expect(told('27017')[1]).toEqual([true, 'isolated for ingress; this lets shop/web-console in on 27017:']);
    expect(told('8443')).toEqual([
      [true, 'open: no policy isolates it for egress, so everything is allowed'],
      [false, 'isolated for ingress; its rules let shop/web-console in only on other ports:'],
    ]);
    const facts = factsOf(named);
    const lets = (port: string) => pairOf(facts, 'shop/web', 'pay/db', port).sides.map((side) => side.lets);
    // `metrics` is 9090 at these pods.
    expect([lets('9090'), lets('8080')]).toEqual([
      [true, false],
      [false, false],
    ]);
  });

  test('on a port on which nothing is known to listen knows what the destination offers instead', () => {
    const service = {
      ...inFrontOfWeb('web'),
      ports: [
        { port: 80, protocol: 'TCP' as const, targetPort: 'metrics' },
        { port: 443, protocol: 'TCP' as const, targetPort: 8443 },
      ],
    };
    const silent = workload('shop', 'silent');
    const workloads = [
      workload('shop', 'web'),
      { ...silent, pods: silent.pods.map((pod) => ({ ...pod, ports: [] })) },
    ];
    const facts = factsOf({ ...cluster(workloads, [denyIngress('shop')]), services: [service] });
    const instead = (port: string, to = 'shop/web') => {
      const asked = portInField(port);
      return asked && facts.offersInstead(placeOf(facts, to), asked);
    };
    // 9090 is declared, and the Service leads to 8443.
    expect(['9090', '8443', '8000-9000'].map((port) => instead(port))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(['80', '9090/UDP'].map((port) => instead(port))).toEqual(['8443, 9090', '8443, 9090']);
    expect([instead('80', 'shop/silent'), instead('80', 'any address')]).toEqual([undefined, undefined]);
    const through = (port: string) => {
      const asked = portInField(port);
      return asked && facts.servicePortOf(placeOf(facts, 'shop/web'), asked);
    };
    expect(['80', '9090', '80/UDP', '80-81'].map(through)).toEqual([
      { service: 'shop/web', leadsTo: '9090' },
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('that both sides deny is marked at both', () => {
    const { sides } = pairOf(large, 'payments-prod/redis', 'catalog-prod/api');
    expect(sides.map(({ lets, policies }) => [lets, policies[0]?.name])).toEqual([
      [false, 'payments-prod/ringfence-default-deny-egress'],
      [false, 'catalog-prod/ringfence-default-deny-ingress'],
    ]);
  });

  test('with addresses that are not listed is not said to be denied', () => {
    const [address, mongo] = [placeOf(small, 'any address'), placeOf(small, 'shop/mongo')];
    expect(small.isDenied(address, mongo)).toBe(false);
    expect(
      small.isDenied(placeOf(small, 'shop-admin/admin-console'), placeOf(small, 'shop/web-console')),
    ).toBe(true);
  });
});

describe('a question', () => {
  const service = {
    ...inFrontOfWeb('front'),
    ports: [{ port: 80, protocol: 'TCP' as const, targetPort: 'metrics' }],
    clusterIPs: ['10.96.0.7'],
  };
  const api = workload('shop', 'api');
  const addressed = { ...api, pods: api.pods.map((pod) => ({ ...pod, addresses: ['10.1.0.4'] })) };
  const facts = factsOf({
    ...cluster([addressed, workload('shop', 'web')], [denyIngress('shop')]),
    services: [service],
  });
  const [web, apiPlace, any] = [
    placeOf(facts, 'shop/web'),
    placeOf(facts, 'shop/api'),
    placeOf(facts, 'any address'),
  ];
  const ask = (from: string, to: string, port = '') => askedIn({ from, to, port }, facts);

  test.each(['service/shop/front', 'svc/shop/front', 'shop/front', '10.96.0.7'])(
    'takes %s as the pods of the Service, and its port as theirs',
    (word) => {
      expect(ask('shop/api', word, '80')).toEqual({
        kind: 'pair',
        from: apiPlace,
        to: web,
        port: '9090',
        through: 'service/shop/front, port 80',
      });
      expect(ask('shop/api', word, '9090')).toMatchObject({
        note: '`service/shop/front` has no port 9090; it has 80',
      });
    },
  );

  test('takes the address of a pod, a kind, a port after an end, and the internet', () => {
    expect(ask('10.1.0.4', 'deployment/shop/web:8080')).toEqual({
      kind: 'pair',
      from: apiPlace,
      to: web,
      port: '8080',
    });
    expect(ask('shop/web', 'internet')).toEqual({ kind: 'pair', from: web, to: any });
    expect(ask('internet', 'shop/web')).toEqual({
      note: 'Denied: no rule lets internet in to shop/web',
      bad: [],
    });
  });

  test('takes an app label as the workload whose pods have it', () => {
    const labelled = [workload('shop', 'shop-web'), workload('shop', 'web-green'), workload('shop', 'api')];
    const input = {
      ...cluster(labelled, []),
      workloads: labelled.map((each, index) => ({
        ...each,
        pods: each.pods.map((pod) => ({ ...pod, labels: { app: ['front', 'web', 'web'][index] ?? '' } })),
      })),
    };
    const model = modelOf(analyze(input), { appLabel: 'app' });
    const apps = new Facts(pageDataOf(model, scenesOf(model)));
    const from = placeOf(apps, 'shop/shop-web');
    expect(askedIn({ from: 'shop/front', to: 'shop/api', port: '' }, apps)).toMatchObject({ from });
    expect(askedIn({ from: 'shop/front', to: 'shop/web', port: '' }, apps)).toEqual({
      note: '`shop/web` has several workloads: ask about `shop/api` or `shop/web-green`',
      bad: ['to'],
    });
  });

  test.each([
    ['shop/wbe', 'there is no workload or Service `shop/wbe`: did you mean `shop/web`?'],
    ['svc/shop/frnt', 'there is no workload or Service `svc/shop/frnt`: did you mean `service/shop/front`?'],
    ['web', 'there is no workload or Service `web`: did you mean `shop/web`?'],
    [
      'nobody/knows-it',
      'there is no workload or Service `nobody/knows-it`: write `namespace/workload`, `service/namespace/name`, an address or `internet`',
    ],
  ])('with the unknown end %s says what may be meant', (word, note) => {
    expect(ask('shop/api', word)).toEqual({ note, bad: ['to'] });
  });
});

describe('YAML', () => {
  test('is read back as what it was', () => {
    const rule = {
      from: [
        { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } }, podSelector: {} },
        { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
      ],
      ports: [{ port: 80 }, { port: 'http', protocol: 'TCP' }, { port: 'yes' }],
      odd: ['- a: b', '', 'null', '# x', '1e3'],
      none: [],
    };
    expect(parse(yamlOf([rule]))).toEqual([rule]);
  });
});

describe('what belongs to a selection', () => {
  test('of a workload are its arrows and their other ends', () => {
    const view = viewOf(small, 'workloads');
    const mongo = placeOf(small, 'shop/mongo');
    const focus = focusOf(view, { kind: 'place', place: mongo }, small);
    const arrows = view.bundles.filter(({ id }) => focus?.bundles.has(id));
    expect(focus?.main).toEqual(new Set([`p${mongo}`]));
    expect(arrows.filter(({ to }) => to === `p${mongo}`).map(({ label }) => label)).toEqual([
      '27017',
      '27017',
      '27017',
    ]);
    expect(focus?.nodes).toContain(`p${placeOf(small, 'shop-admin/admin-console')}`);
    expect(focus?.nodes).not.toContain('room2');
  });

  test('are the folded namespaces of workloads that are not drawn', () => {
    const view = viewOf(large, 'namespaces');
    expect(nodesOf(view, [placeOf(large, 'catalog-prod/api')])).toEqual([
      `r${large.place(placeOf(large, 'catalog-prod/api')).room}`,
    ]);
  });

  test('what is denied is drawn where no arrow leads back', () => {
    const view = viewOf(small, 'workloads');
    const name = (places: readonly number[]) => small.place(places[0] ?? -1).name;
    expect(gapsOf(view, small).map(([from, to]) => `${name(from.places)} ✕ ${name(to.places)}`)).toEqual([
      'ingress-nginx ✕ mongo',
      'nosqlclient ✕ web-console',
      'nosqlclient ✕ admin-console',
      'web-console ✕ nosqlclient',
      'web-console ✕ admin-console',
      'admin-console ✕ nosqlclient',
      'admin-console ✕ web-console',
    ]);
  });
});

describe('the search', () => {
  const names = (question: string) =>
    find(question, large).map((found) =>
      found.kind === 'room' ? large.data.rooms[found.room]?.name : large.place(found.place).key,
    );

  test('finds names that begin with the question before those that hold it', () => {
    expect(names('post')[0]).toBe('accounts-prod/postgres');
    expect(names('monitoring')).toEqual([
      'monitoring',
      'monitoring/alertmanager',
      'monitoring/grafana',
      'monitoring/prometheus',
    ]);
  });

  test('takes a namespace and a workload together, in any case', () => {
    expect(names('Catalog-prod/API')).toEqual(['catalog-prod/api']);
    expect(names('catalog api')).toEqual(['catalog-prod/api', 'catalog-staging/api']);
  });

  test('finds nothing without a question', () => {
    expect(names('  ')).toEqual([]);
    expect(names('no-such-thing')).toEqual([]);
  });
});

describe('the address of a state', () => {
  const api = placeOf(large, 'catalog-prod/api');
  const states: readonly State[] = [
    { view: 'namespaces', selection: { kind: 'none' }, denied: false },
    { view: 'room2', selection: { kind: 'place', place: api }, denied: true },
    {
      view: 'room3',
      selection: { kind: 'pair', from: api, to: placeOf(large, 'fraud-prod/web') },
      denied: false,
    },
    {
      view: 'room3',
      selection: {
        kind: 'pair',
        from: api,
        to: placeOf(large, 'fraud-prod/web'),
        port: '8080',
        through: 'service/fraud-prod/web, port 80',
      },
      denied: false,
    },
    { view: 'room3', selection: { kind: 'bundle', id: 'a1' }, denied: false },
    { view: 'namespaces', selection: { kind: 'node', id: 'r2' }, denied: false },
    { view: 'namespaces', selection: { kind: 'gap', from: 'r1', to: 'r2' }, denied: true },
    { view: 'namespaces', selection: { kind: 'rooms', from: 3, to: 4 }, denied: false },
  ];

  test.each(states.map((state) => [formatState(state, large), state] as const))(
    '%s is read back',
    (address, state) => {
      expect(parseState(address, large)).toEqual(state);
    },
  );

  test('names workloads, so that it outlives a new drawing', () => {
    expect(formatState(states[1] as State, large)).toBe(
      '#namespace=catalog-prod&workload=catalog-prod%2Fapi&denied=',
    );
  });

  test('of things that are not there is that of the first view', () => {
    expect(parseState('#namespace=gone&workload=gone/web&arrow=a999', large)).toEqual({
      view: 'namespaces',
      selection: { kind: 'none' },
      denied: false,
    });
  });
});
