// Each check in sentences: what it finds, and what it must not be alarmed by.
import { describe, expect, test } from '@jest/globals';
import type { AnalysisInput, PodFacts, PolicyFacts, PolicySpec } from '../facts.ts';
import { lint } from './lint.ts';
import type { LintScope } from './lint-context.ts';

function workload(namespace: string, name: string, more: Partial<PodFacts> = {}) {
  const pod = { labels: { app: name }, ports: [], addresses: [], hostNetwork: false, ...more };
  return { namespace, name, kind: 'Deployment', pods: [pod] };
}

const http = { name: 'http', protocol: 'TCP', number: 8080 } as const;
const app = (name: string) => ({ matchLabels: { app: name } });
const named = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });
const denyAll: PolicySpec = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] };

function policy(name: string, spec: Partial<PolicySpec>, namespace = 'shop'): PolicyFacts {
  return { namespace, name, spec: { podSelector: {}, policyTypes: ['Ingress'], ...spec } };
}

function context(policies: readonly PolicyFacts[], more: Partial<AnalysisInput> = {}): AnalysisInput {
  return {
    namespaces: [
      { name: 'shop', labels: { team: 'shop' } },
      { name: 'bank', labels: {} },
    ],
    workloads: [
      workload('shop', 'web'),
      workload('shop', 'mongo', { ports: [http] }),
      workload('bank', 'till'),
    ],
    services: [],
    policies,
    ...more,
  };
}

const someFiles: LintScope = { hidingNamespaces: new Set() };

/** `object path code`, without what is said of namespaces without policies, which most inputs here have. */
function told(input: AnalysisInput, known: LintScope = 'the cluster'): readonly string[] {
  return lint(input, known)
    .filter(({ code }) => !code.endsWith('NotIsolated'))
    .map(({ subject, path = '', code }) => `${subject.name} ${path} ${code}`);
}

const from = (...peers: NonNullable<NonNullable<PolicySpec['ingress']>[number]['from']>) => [{ from: peers }];

describe('a selector', () => {
  test('of a policy that selects no pod is found', () => {
    expect(told(context([policy('a', { podSelector: app('wbe') })]))).toEqual([
      'a spec.podSelector SelectsNoPods',
    ]);
  });

  test('is not judged where no pod of the namespace is known', () => {
    expect(told(context([policy('a', { podSelector: app('x') }, 'unknown')]))).toEqual([]);
  });

  test('of a peer that selects no pod is found', () => {
    const ingress = from({ podSelector: app('web') }, { podSelector: app('wbe') });
    expect(told(context([policy('a', { ingress })]))).toEqual([
      'a spec.ingress[0].from[1].podSelector PeerSelectsNothing',
    ]);
  });

  test('of a peer whose pods are in other namespaces is reported as such: the classic mistake', () => {
    const ingress = from({ podSelector: app('till') });
    const [finding] = lint(context([policy('a', { ingress })])).filter(({ path }) => path !== undefined);
    expect(finding?.hint).toMatch(/add a `namespaceSelector` to this peer/);
  });

  test('of namespaces that selects none is found, by its labels', () => {
    const egress = [{ to: [{ namespaceSelector: { matchLabels: { team: 'sohp' } } }] }];
    const input = context([policy('a', { policyTypes: ['Egress'], egress })]);
    expect(told(input)).toEqual(['a spec.egress[0].to[0].namespaceSelector PeerSelectsNothing']);
    expect(lint(input).find(({ path }) => path)?.message).toContain('`team=sohp`');
  });

  test('of a namespace whose pods are not known is left alone', () => {
    const input = context([policy('a', { ingress: from({ namespaceSelector: named('empty') }) })], {
      namespaces: [{ name: 'empty', labels: {} }],
    });
    expect(told(input)).toEqual([]);
  });

  test.each([
    ['by name, which files need not hold', named('bnak'), []],
    ['by a label that no other namespace has', { matchLabels: { tier: 'edge' } }, []],
    [
      'by a label that others have with another value',
      { matchLabels: { team: 'sohp' } },
      ['a spec.ingress[0].from[0].namespaceSelector PeerSelectsNothing'],
    ],
  ])('of a namespace %s, is judged by what files hold', (_, namespaceSelector, expected) => {
    const input = context([policy('a', { ingress: from({ namespaceSelector }) })]);
    expect(told(input, someFiles)).toEqual(expected);
    expect(told(input, 'the cluster')).toHaveLength(1);
  });

  test('that is empty selects every namespace, also where none is known', () => {
    const input = context([policy('a', { ingress: from({ namespaceSelector: {} }) })], {
      namespaces: [],
      workloads: [],
    });
    expect(told(input, someFiles)).toEqual([]);
  });

  test('does not select pods in the network of their node', () => {
    const workloads = [workload('shop', 'web'), workload('shop', 'agent', { hostNetwork: true })];
    const input = context([policy('a', { ingress: from({ podSelector: app('agent') }) })], { workloads });
    expect(told(input)).toEqual([
      'a spec.ingress[0].from[0].podSelector PeerSelectsNothing',
      'a spec.podSelector HostNetworkAmongSelected',
    ]);
    const alone = context([policy('a', { podSelector: app('agent') })], { workloads });
    expect(told(alone)).toContain('a spec.podSelector HostNetworkSelected');
  });
});

describe('what has no effect', () => {
  const never = (spec: Partial<PolicySpec>) =>
    lint(context([policy('a', spec)])).flatMap(({ code, path }) => (code === 'NeverMatches' ? [path] : []));

  test.each([
    ['Ingress', 'egress', [{ to: [{ podSelector: {} }] }]],
    ['Egress', 'ingress', [{ from: [{ podSelector: {} }] }]],
  ] as const)('with `policyTypes: [%s]` is every rule of %s', (type, field, rules) => {
    const [finding] = lint(context([policy('a', { policyTypes: [type], [field]: rules })])).filter(
      ({ code }) => code === 'RulesIgnored',
    );
    expect(finding).toMatchObject({ path: `spec.${field}` });
    expect(finding?.message).toContain(`does not restrict the ${field}`);
    const both = policy('a', { policyTypes: ['Ingress', 'Egress'], [field]: rules });
    expect(told(context([both])).join()).not.toContain('RulesIgnored');
  });

  test.each([
    ['beside a port of its protocol', [{}, { port: 8080 }], true],
    ['beside a port of another protocol', [{ protocol: 'UDP' }, { port: 8080 }], false],
    ['that says nothing at all', [{}], true],
    ['that names its protocol alone', [{ protocol: 'TCP' }], false],
  ] as const)('is an entry of `ports` without a port %s: %j: %s', (_, ports, isFound) => {
    const input = context([policy('a', { podSelector: app('mongo'), ingress: [{ ports }] })]);
    expect(told(input)).toEqual(isFound ? ['a spec.ingress[0].ports[0] EmptyPort'] : []);
  });

  const key = 'tier';
  test.each([
    [{ matchLabels: { [key]: 'a' }, matchExpressions: [{ key, operator: 'DoesNotExist' }] }, true],
    [
      { matchLabels: { [key]: 'a' }, matchExpressions: [{ key, operator: 'NotIn', values: ['a', 'b'] }] },
      true,
    ],
    [
      {
        matchExpressions: [
          { key, operator: 'In', values: ['a'] },
          { key, operator: 'In', values: ['b'] },
        ],
      },
      true,
    ],
    [
      {
        matchExpressions: [
          { key, operator: 'Exists' },
          { key, operator: 'DoesNotExist' },
        ],
      },
      true,
    ],
    [
      {
        matchExpressions: [
          { key, operator: 'In', values: ['a', 'b'] },
          { key, operator: 'NotIn', values: ['b'] },
        ],
      },
      false,
    ],
    [
      {
        matchExpressions: [
          { key, operator: 'Exists' },
          { key, operator: 'NotIn', values: ['b'] },
        ],
      },
      false,
    ],
    [
      {
        matchExpressions: [
          { key, operator: 'NotIn', values: ['b'] },
          { key, operator: 'DoesNotExist' },
        ],
      },
      false,
    ],
  ] as const)('is a selector whose requirements exclude each other: %j: %s', (selector, isFound) => {
    const paths = [
      'spec.podSelector',
      'spec.ingress[0].from[0].namespaceSelector',
      'spec.ingress[0].from[1].podSelector',
    ];
    const ingress = from({ namespaceSelector: selector }, { podSelector: selector });
    expect(never({ podSelector: selector, ingress })).toEqual(isFound ? paths.toSorted() : []);
  });

  test('is a block that `except` empties', () => {
    const block = (except: readonly string[]) => ({ ipBlock: { cidr: '10.1.0.0/16', except } });
    const ingress = from(block(['10.1.0.0/17', '10.1.128.0/17']), block(['10.1.0.0/17']));
    expect(never({ ingress })).toEqual(['spec.ingress[0].from[0].ipBlock.except']);
  });

  test('is the name of a port at addresses', () => {
    const block = { ipBlock: { cidr: '203.0.113.0/24' } };
    const ports = [{ port: 'http' }, { port: 443 }];
    const egress = [
      { to: [block], ports },
      { to: [block, { podSelector: {} }], ports },
    ];
    expect(never({ policyTypes: ['Egress'], egress })).toEqual(['spec.egress[0].ports[0].port']);
    expect(never({ ingress: [{ from: [block], ports }] })).toEqual([]);
  });
});

describe('a Service', () => {
  const service = (name: string, more: object) =>
    ({
      namespace: 'shop',
      name,
      type: 'ClusterIP',
      headless: false,
      ports: [],
      ...more,
    }) as unknown as AnalysisInput['services'][number];

  test('that selects no pod is found, unless it selects none on purpose or no pod is known there', () => {
    const services = [
      service('typo', { selector: { app: 'wbe' } }),
      service('web', { selector: { app: 'web' } }),
      service('by-hand', {}),
      service('outside', { type: 'ExternalName', selector: { app: 'wbe' } }),
      { ...service('unknown', { selector: { app: 'wbe' } }), namespace: 'elsewhere' },
    ];
    expect(told(context([], { services }))).toEqual(['typo spec.selector ServiceSelectsNoPods']);
  });
});

describe('a port', () => {
  const services = [
    {
      namespace: 'shop',
      name: 'db',
      type: 'ClusterIP',
      headless: false,
      selector: { app: 'mongo' },
      ports: [{ name: 'mongo', port: 80, protocol: 'TCP', targetPort: 8080 }],
    },
  ] as unknown as AnalysisInput['services'];
  const at = (port: number | string, more: object = {}) =>
    policy('a', { podSelector: app('mongo'), ingress: [{ ports: [{ port, ...more }] }] });

  test('that no container declares is found, with those that they declare', () => {
    const input = context([at(9090)]);
    expect(told(input)).toEqual(['a spec.ingress[0].ports[0].port PortNotDeclared']);
    expect(lint(input).find(({ path }) => path)?.hint).toContain('they declare `8080 (http)`');
  });

  test('of a Service is found, with the port behind it', () => {
    const input = context([at(80)], { services });
    expect(told(input)).toEqual(['a spec.ingress[0].ports[0].port ServicePortMistaken']);
    expect(lint(input).find(({ path }) => path)?.hint).toBe('write `8080`');
  });

  test.each([8080, 'http'])('%s, that a container declares, is fine', (port) => {
    expect(told(context([at(port)], { services }))).toEqual([]);
  });

  test('by a name that no pod has is found, whether the pods declare others or none', () => {
    const input = context([
      at('grpc'),
      policy('b', { podSelector: app('web'), ingress: [{ ports: [{ port: 'grpc' }] }] }),
    ]);
    expect(told(input)).toEqual([
      'a spec.ingress[0].ports[0].port PortNotDeclared',
      'b spec.ingress[0].ports[0].port PortNotDeclared',
    ]);
    const hints = lint(input).flatMap(({ code, hint }) => (code === 'PortNotDeclared' ? [hint] : []));
    for (const hint of hints)
      expect(hint).toContain('kube-router opens every port for a rule with only such names');
    expect(hints[1]).toContain('they declare no port');
  });

  test('by a name like one that a pod has suggests that one', () => {
    const hintOf = (port: string) => lint(context([at(port)])).find(({ path }) => path)?.hint;
    expect(hintOf('htpp')).toContain('did you mean `http`? they declare `8080 (http)`');
    expect(hintOf('metrics')).not.toContain('did you mean');
  });

  test('by a name that no pod has is harmless beside a number, and the stand-in number is not reported', () => {
    const ports = [{ port: 'grpc' }, { port: 1 }];
    const input = context([policy('a', { podSelector: app('mongo'), ingress: [{ ports }] })]);
    expect(told(input)).toEqual(['a spec.ingress[0].ports[0].port PortNotDeclared']);
    expect(lint(input).find(({ code }) => code === 'PortNotDeclared')?.hint).not.toContain('kube-router');
  });

  test('by a name that is different numbers in different pods is found, with all of them', () => {
    const workloads = [
      workload('shop', 'web', { ports: [http] }),
      workload('shop', 'api', { ports: [{ ...http, number: 3000 }] }),
      workload('shop', 'mongo', { ports: [{ ...http, protocol: 'UDP', number: 1 }] }),
    ];
    const input = context([policy('a', { ingress: [{ ports: [{ port: 'http' }] }] })], { workloads });
    expect(told(input)).toEqual(['a spec.ingress[0].ports[0].port PortNameDiffers']);
    expect(lint(input).find(({ code }) => code === 'PortNameDiffers')?.message).toBe(
      'the port `http` is `3000` in `api`, `8080` in `web`',
    );
    const alone = policy('a', { podSelector: app('web'), ingress: [{ ports: [{ port: 'http' }] }] });
    expect(told(context([alone], { workloads }))).toEqual([]);
  });

  test('in a form that the CNI does not follow is found where the canary says so', () => {
    const ports = [{ port: 8000, endPort: 9000 }, { port: 'http' }, { port: 8080, endPort: 8080 }];
    const input = context([policy('a', { podSelector: app('web'), ingress: [{ ports }] })]);
    const unfollowed = (cni: AnalysisInput['cni']) =>
      lint({ ...input, ...(cni && { cni }) }).flatMap(({ code, message }) =>
        code === 'PortNotFollowed' ? [message] : [],
      );
    expect(unfollowed(undefined)).toEqual([]);
    expect(unfollowed({ EndPort: true, NamedPort: true })).toEqual([]);
    expect(unfollowed({ EndPort: false })).toEqual([
      'the CNI of this cluster does not follow ranges of ports, as the canary found: of 8000-9000 it may allow 8000 alone',
    ]);
    expect(unfollowed({ NamedPort: false })).toEqual([
      'the CNI of this cluster does not follow the names of ports, as the canary found: `http` may allow nothing',
    ]);
  });

  test('is fine in a range with one that is declared', () => {
    expect(told(context([at(8000, { endPort: 9000 })]))).toEqual([]);
  });

  test('counts only with its protocol', () => {
    expect(told(context([at(8080, { protocol: 'UDP' })]))).toHaveLength(1);
  });

  test('of pods that declare no ports is not judged', () => {
    const input = context([policy('a', { podSelector: app('web'), ingress: [{ ports: [{ port: 1 }] }] })]);
    expect(told(input)).toEqual([]);
  });

  test('of an egress rule is judged by its destination, unless that is more than pods', () => {
    const ports = [{ port: 1 }];
    const mongo = { podSelector: app('mongo') };
    const rules = [
      { to: [mongo], ports },
      { to: [mongo, { ipBlock: { cidr: '203.0.113.0/24' } }], ports },
    ];
    const input = context([policy('a', { policyTypes: ['Egress'], egress: rules })]);
    expect(told(input)).toEqual([
      // Of the second rule nothing is said of ports: it leads to addresses, too.
      'a spec.egress[0] RuleRedundant',
      'a spec.egress[0].ports[0].port PortNotDeclared',
    ]);
  });
});

describe('what another says too', () => {
  const web = { podSelector: app('web') };

  test('makes a policy redundant, of twins the later one', () => {
    expect(told(context([policy('a', denyAll), policy('b', denyAll)]))).toEqual(['b  PolicyRedundant']);
  });

  test('makes a narrower policy redundant, rule by rule and direction by direction', () => {
    const narrow = policy('narrow', {
      podSelector: app('mongo'),
      ingress: [{ from: [web], ports: [{ port: 8080 }] }],
    });
    const wide = policy('wide', { ingress: from(web) });
    expect(told(context([narrow, wide]))).toEqual(['narrow  PolicyRedundant']);
    expect(
      told(context([{ ...narrow, spec: { ...narrow.spec, policyTypes: ['Ingress', 'Egress'] } }, wide])),
    ).toEqual([]);
  });

  test('does not make a policy redundant that allows more, or isolates others', () => {
    const more = policy('a', { ingress: from(web) });
    expect(told(context([more, policy('b', {})]))).toEqual(['b  PolicyRedundant']);
    expect(
      told(context([more, policy('c', { podSelector: app('mongo'), ingress: from({ podSelector: {} }) })])),
    ).toEqual([]);
  });

  test('makes a rule redundant within its policy', () => {
    const ingress = [...from(web), ...from({ podSelector: {} }), ...from(web)];
    expect(told(context([policy('a', { ingress })]))).toEqual([
      'a spec.ingress[0] RuleRedundant',
      'a spec.ingress[2] RuleRedundant',
    ]);
  });

  test.each([
    ['10.0.0.0/8', [], '10.1.0.0/16', [], true],
    ['10.0.0.0/8', ['10.1.0.0/16'], '10.1.0.0/24', [], false],
    ['10.0.0.0/8', ['10.1.0.0/16'], '10.2.0.0/16', [], true],
    ['10.0.0.0/8', ['10.1.1.0/24'], '10.1.0.0/16', ['10.1.1.0/24'], true],
    ['10.0.0.0/8', ['10.1.1.0/24'], '10.1.0.0/16', ['10.1.1.0/25'], false],
  ])('in the block %s without %j, of %s without %j: %s', (cidr, except, inner, without, isRedundant) => {
    const ingress = [
      ...from({ ipBlock: { cidr, except } }),
      ...from({ ipBlock: { cidr: inner, except: without } }),
    ];
    expect(told(context([policy('a', { ingress })])).length).toBe(isRedundant ? 1 : 0);
  });
});

describe('isolation', () => {
  const codes = (input: AnalysisInput) => lint(input).map(({ subject, code }) => `${subject.name} ${code}`);

  test('that is missing is reported for each namespace and direction', () => {
    expect(codes(context([policy('deny', denyAll)]))).toEqual([
      'bank EgressNotIsolated',
      'bank IngressNotIsolated',
    ]);
    const [, , egress] = lint(context([policy('some', { podSelector: app('web') })]));
    expect(egress).toMatchObject({ subject: { name: 'shop' }, code: 'EgressNotIsolated' });
  });

  test('of some pods only names the others', () => {
    const findings = lint(context([policy('some', { podSelector: app('web') })]));
    expect(
      findings.find(({ subject, code }) => subject.name === 'shop' && code === 'IngressNotIsolated')?.message,
    ).toContain('the pods of `mongo`');
  });

  test('of ingress by a policy that has egress rules and no policyTypes is an accident', () => {
    const spec: PolicySpec = { podSelector: {}, egress: [{ ports: [{ port: 53, protocol: 'UDP' }] }] };
    expect(told(context([{ namespace: 'shop', name: 'a', spec }]))).toEqual([
      'a spec.policyTypes IsolatesByAccident',
    ]);
    expect(told(context([{ namespace: 'shop', name: 'a', spec: { ...spec, ingress: [] } }]))).toEqual([]);
  });
});

describe('an opening', () => {
  test('to everyone by an empty list is found, and one that is left out is no list', () => {
    const ports = [{ port: 8080 }];
    expect(told(context([policy('a', { ingress: [{ from: [], ports }, { ports }] })]))).toEqual([
      'a spec.ingress[0].from EmptyPeers',
      'a spec.ingress[1] RuleRedundant',
    ]);
  });

  test('of everything is found', () => {
    expect(told(context([policy('a', { ingress: [{}] })]))).toEqual(['a spec.ingress[0] AllowsEveryone']);
  });

  test('of addresses that are those of pods is found, unless they are excepted', () => {
    const workloads = [workload('shop', 'web', { addresses: ['10.1.2.3'] })];
    const blocks = [
      { ipBlock: { cidr: '10.0.0.0/8' } },
      { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
    ];
    const input = context([policy('a', { ingress: from(...blocks) })], { workloads });
    expect(told(input)).toEqual(['a spec.ingress[0].from[0].ipBlock.cidr BlockCoversPods']);
    const findings = lint({ ...input, cni: { IPBlockSelectsPods: true } });
    expect(findings.find(({ code }) => code === 'BlockCoversPods')?.message).toMatch(
      /: the CNI of this cluster matches these pods, as the canary found$/,
    );
    expect(told({ ...input, cni: { IPBlockSelectsPods: false } })).toEqual([]);
  });
});

describe('a policy with both directions', () => {
  const both = (spec: Partial<PolicySpec>) => policy('both', { policyTypes: ['Ingress', 'Egress'], ...spec });
  const mixed = (...policies: readonly PolicyFacts[]) =>
    lint(context(policies)).filter(({ code }) => code === 'DirectionsMixed');
  const fromWeb = [{ from: [{ podSelector: app('web') }], ports: [{ port: 'http' }] }];
  const toMongo = [{ to: [{ podSelector: app('mongo') }], ports: [{ port: 8080 }] }];

  test('lets its own pods send, under kube-router, what it only lets them receive', () => {
    const [finding, ...more] = mixed(both({ ingress: fromWeb }), both({ ingress: fromWeb }));
    expect(more).toEqual([]);
    expect(finding?.subject).toEqual({ kind: 'Namespace', name: 'shop' });
    expect(finding?.message).toBe(
      'the policies `both`, `both` have rules for both directions, which kube-router (2.1.0) mixes up: it also lets `web` send to `mongo`, which no egress rule of `web` allows',
    );
  });

  test('lets its own pods receive what it only lets them send', () => {
    expect(mixed(both({ egress: toMongo }))[0]?.message).toContain(
      'the policy `both` has rules for both directions, which kube-router (2.1.0) mixes up: it also lets `web` reach `mongo`, which no ingress rule of `mongo` allows',
    );
  });

  test('is no matter when the other direction allows the same, by whatever policy', () => {
    expect(mixed(both({ ingress: fromWeb, egress: toMongo }))).toEqual([]);
    const out = policy('out', {
      policyTypes: ['Egress'],
      egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }],
    });
    expect(mixed(both({ ingress: fromWeb }), out)).toEqual([]);
  });

  test('is no matter on ports that the destination does not declare', () => {
    expect(mixed(both({ egress: [{ ports: [{ port: 53, protocol: 'UDP' }] }] }))).toEqual([]);
  });

  test('is no matter when its rules are about pods that it does not select, or when it has none', () => {
    const fromTill = [{ from: [{ namespaceSelector: named('bank') }] }];
    expect(mixed(both({ ingress: fromTill }), both({}))).toEqual([]);
    expect(mixed(both({ podSelector: app('mongo'), ingress: fromWeb }))).toEqual([]);
  });

  test('is no matter when it is two policies', () => {
    const out = policy('out', { policyTypes: ['Egress'] });
    expect(mixed(policy('in', { ingress: fromWeb }), out)).toEqual([]);
  });
});

describe('the other side', () => {
  const toTill = policy('out', {
    policyTypes: ['Egress'],
    egress: [{ to: [{ namespaceSelector: named('bank') }], ports: [{ port: 443 }] }],
  });

  test('that denies makes a rule vain', () => {
    expect(told(context([toTill, policy('deny', denyAll, 'bank')]))).toEqual([
      'out spec.egress[0].to[0] OtherSideDenies',
    ]);
  });

  test('that allows another port only denies, too', () => {
    const ingress = [{ from: [{ namespaceSelector: named('shop') }], ports: [{ port: 80 }] }];
    expect(told(context([toTill, policy('in', { ingress }, 'bank')]))).toEqual([
      'in spec.ingress[0].from[0] OtherSideDenies',
      'out spec.egress[0].to[0] OtherSideDenies',
    ]);
  });

  test.each([
    ['by name', { namespaceSelector: named('shop') }],
    ['by address, which may be its own', { ipBlock: { cidr: '10.0.0.0/8' } }],
  ])('that allows it %s is met', (_, peer) => {
    expect(
      told(context([toTill, policy('in', { ingress: [{ from: [peer], ports: [{ port: 443 }] }] }, 'bank')])),
    ).toEqual([]);
  });

  test('that is not isolated is met', () => {
    expect(told(context([toTill]))).toEqual([]);
  });
});

describe('a block that is the ClusterIP of a Service', () => {
  const manual = {
    namespace: 'bank',
    name: 'manual',
    type: 'ClusterIP' as const,
    headless: false,
    ports: [],
    clusterIPs: ['10.96.0.8'],
  };
  const till = { ...manual, name: 'till', selector: { app: 'till' }, clusterIPs: ['10.96.0.7', 'fd00::7'] };
  type Peers = NonNullable<NonNullable<PolicySpec['egress']>[number]['to']>;
  const inputOf = (...to: Peers) =>
    context([policy('a', { policyTypes: ['Egress'], egress: [{ to }] })], { services: [till, manual] });
  const toldOf = (...to: Peers) => told(inputOf(...to));

  test.each(['10.96.0.7/32', 'fd00::7/128'])('is found: %s', (cidr) => {
    expect(toldOf({ ipBlock: { cidr } })).toEqual(['a spec.egress[0].to[0].ipBlock.cidr ClusterAddress']);
  });

  test('is not found where the CNI decides before it is translated', () => {
    const input = inputOf({ ipBlock: { cidr: '10.96.0.7/32' } });
    const within = (ServiceBeforeTranslation: boolean) =>
      lint({ ...input, cni: { ServiceBeforeTranslation } }).flatMap(({ code, message }) =>
        code === 'ClusterAddress' ? [message] : [],
      );
    expect(within(true)).toEqual([]);
    expect(within(false)).toEqual([
      expect.stringContaining(': the CNI of this cluster decides after it is translated'),
    ]);
  });

  test('is not found beside a peer that selects pods there, nor if the Service has no pods, nor in a wider block', () => {
    const block = { ipBlock: { cidr: '10.96.0.7/32' } };
    expect(toldOf(block, { namespaceSelector: named('bank'), podSelector: app('till') })).toEqual([]);
    expect(toldOf({ ipBlock: { cidr: '10.96.0.8/32' } })).toEqual([]);
    expect(toldOf({ ipBlock: { cidr: '10.96.0.0/16' } })).toEqual([]);
  });
});

describe('a selector with labels that every pod has', () => {
  const chart = (name: string, component: string) =>
    workload('shop', name, {
      labels: { 'app.kubernetes.io/name': 'shop', 'app.kubernetes.io/component': component },
    });
  const workloads = [chart('shop-web', 'web'), chart('shop-db', 'db'), workload('bank', 'till')];
  const everyPod = { matchLabels: { 'app.kubernetes.io/name': 'shop' } };
  const findings = (policies: readonly PolicyFacts[], more: Partial<AnalysisInput> = {}) =>
    lint(context(policies, { workloads, ...more })).filter(({ code }) => code === 'SelectsEveryPod');
  const open = policy('a', { podSelector: everyPod, ingress: from({ podSelector: everyPod }) });

  test('is found in the policy and in a peer, with a label that tells the workloads apart', () => {
    expect(findings([open])).toMatchObject([
      { path: 'spec.ingress[0].from[0].podSelector' },
      {
        path: 'spec.podSelector',
        message:
          'every pod of `shop` has the labels `app.kubernetes.io/name=shop`: those of `shop-db`, `shop-web`',
        hint: 'if you mean some of them, add their `app.kubernetes.io/component`',
      },
    ]);
    expect(
      findings([
        policy('a', { ingress: from({ namespaceSelector: named('shop'), podSelector: everyPod }) }, 'bank'),
      ]),
    ).toHaveLength(1);
  });

  test('names no label that the next version of a workload has with another value', () => {
    const hashed = workloads.map((each, index) => ({
      ...each,
      pods: each.pods.map((pod) => ({
        ...pod,
        labels: { 'app.kubernetes.io/name': 'shop', 'pod-template-hash': `${index}` },
      })),
    }));
    expect(findings([open], { workloads: hashed })[0]?.hint).toBe(
      'if you mean some of them, give them a label of their own',
    );
  });

  test('is not found if it has no labels, allows nothing, or there is one workload, or pods that are not known', () => {
    expect(findings([policy('a', { podSelector: {}, ingress: [{}] })])).toEqual([]);
    expect(findings([policy('a', { podSelector: everyPod, ingress: [] })])).toEqual([]);
    expect(findings([open], { workloads: workloads.slice(0, 1) })).toEqual([]);
    const hiding = { hidingNamespaces: new Set(['shop']) };
    const all = lint(context([open], { workloads }), hiding);
    expect(all.filter(({ code }) => code === 'SelectsEveryPod')).toEqual([]);
  });
});
