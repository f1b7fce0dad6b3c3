// Every end, at the side of the peers and, where it is here, at the side of the pods.
import { describe, expect, test } from '@jest/globals';
import type { NonEmpty, Peer } from '../model/network-policy.ts';
import { endOf, type RouteEndValue } from './index.ts';
import type { RouteContext, RouteSide, WrittenPorts } from './route-end.ts';

const nginx: NonEmpty<Peer> = [
  { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } },
];
const edge: NonEmpty<Peer> = [{ ipBlock: { cidr: '198.51.100.0/28' } }];

const context: RouteContext = {
  namespace: 'shop',
  appLabel: 'app.kubernetes.io/name',
  services: new Map([
    [
      'web',
      {
        namespace: 'shop',
        name: 'web',
        type: 'ClusterIP',
        headless: false,
        selector: { app: 'web', tier: 'front' },
        ports: [{ port: 80, protocol: 'TCP', targetPort: 8080 }],
      },
    ],
  ]),
  ingressControllers: [
    { name: 'public', peers: nginx },
    { name: 'edge', peers: edge },
    { name: 'lost', peers: undefined },
  ],
  monitoring: [{ name: 'prometheus', peers: nginx }],
  ranges: { pods: undefined, services: ['10.96.0.0/16'], nodes: ['10.1.0.0/24', 'fd00:1::/64'] },
  apiServer: [],
  controlPlane: [],
};

function peersOf(written: RouteEndValue, more: Partial<RouteContext> = {}) {
  const { end, value } = endOf(written);
  return end.peers(value, { ...context, ...more });
}

function podsOf(written: RouteEndValue, more: Partial<RouteContext> = {}) {
  const { end, value } = endOf(written);
  return end.pods?.(value, { ...context, ...more });
}

function rulesOf(written: RouteEndValue, ports: WrittenPorts, more: Partial<RouteContext> = {}) {
  const { end, value } = endOf(written);
  return end.rules?.(value, { ...context, ...more }, ports);
}

const nothingKnown = { pods: undefined, services: undefined, nodes: undefined };

const allowed = (...peers: readonly object[]) => ({ ok: true, value: peers });
const problem = (state: string, reason: string, message: unknown = expect.any(String)) => ({
  ok: false,
  error: { state, reason, message },
});

describe('`app`', () => {
  const named = { matchLabels: { 'app.kubernetes.io/name': 'web' } };

  test('is the pods here with that value of the app label', () => {
    expect(podsOf({ app: 'web' })).toMatchObject({ ok: true, value: { selector: named } });
    expect(peersOf({ app: 'web' })).toEqual(allowed({ podSelector: named }));
  });

  test('follows the app label of the platform', () => {
    const selector = { matchLabels: { app: 'web' } };
    expect(peersOf({ app: 'web' }, { appLabel: 'app' })).toEqual(allowed({ podSelector: selector }));
    expect(podsOf({ app: 'web' }, { appLabel: 'app' })).toMatchObject({ value: { selector } });
  });
});

describe('`pods`', () => {
  const selector = { matchExpressions: [{ key: 'tier', operator: 'Exists' as const }] };

  test('is the pods here that the selector selects', () => {
    expect(podsOf({ pods: selector })).toMatchObject({ ok: true, value: { selector } });
    expect(peersOf({ pods: selector })).toEqual(allowed({ podSelector: selector }));
  });

  test('is every pod of this namespace, not of all, where the selector is empty', () => {
    expect(peersOf({ pods: {} })).toEqual(allowed({ podSelector: {} }));
  });
});

describe('the ports of `app` and `pods`', () => {
  test.each<RouteEndValue>([{ app: 'web' }, { pods: {} }])(
    'are those of the pods, as they are written: %j',
    (end) => {
      const pods = podsOf(end);
      const ports = pods?.ok ? pods.value.ports(['metrics', 80, '8000-8100/SCTP', '53/UDP']) : undefined;
      expect(ports).toEqual(
        allowed(
          { protocol: 'TCP', port: 'metrics' },
          { protocol: 'TCP', port: 80 },
          { protocol: 'SCTP', port: 8000, endPort: 8100 },
          { protocol: 'UDP', port: 53 },
        ),
      );
      expect(pods?.ok && pods.value.ports(undefined)).toEqual({ ok: true, value: undefined });
    },
  );
});

describe('`service` as a source', () => {
  test('is the pods behind it', () => {
    expect(peersOf({ service: 'web' })).toEqual(
      allowed({ podSelector: { matchLabels: { app: 'web', tier: 'front' } } }),
    );
  });

  test('waits where there is none', () => {
    expect(peersOf({ service: 'gone' })).toEqual(
      problem('Pending', 'ServiceMissing', 'there is no Service `gone` in `shop` yet'),
    );
  });
});

describe('`namespace`', () => {
  const named = { matchLabels: { 'kubernetes.io/metadata.name': 'shop-admin' } };
  const console = { matchLabels: { app: 'console' } };

  test('by name is the namespace with the one label that nobody can forge', () => {
    expect(peersOf({ namespace: { name: 'shop-admin' } })).toEqual(allowed({ namespaceSelector: named }));
  });

  test('with pods is one peer: both must hold, two peers would be alternatives', () => {
    expect(peersOf({ namespace: { name: 'shop-admin', pods: console } })).toEqual(
      allowed({ namespaceSelector: named, podSelector: console }),
    );
  });

  test('by selector is every namespace with these labels; `{}` is every namespace', () => {
    const selector = { matchLabels: { 'part-of': 'shop' } };
    expect(peersOf({ namespace: { selector } })).toEqual(allowed({ namespaceSelector: selector }));
    expect(peersOf({ namespace: { selector: {}, pods: console } })).toEqual(
      allowed({ namespaceSelector: {}, podSelector: console }),
    );
  });
});

describe('`ingressController`', () => {
  test('is all that the platform declares and whose place is known, or one by its name', () => {
    expect(peersOf({ ingressController: {} })).toEqual(allowed(...nginx, ...edge));
    expect(peersOf({ ingressController: { name: 'edge' } })).toEqual(allowed(...edge));
  });

  test('waits where it is not declared, and says what is', () => {
    expect(peersOf({ ingressController: { name: 'gone' } })).toEqual(
      problem(
        'Pending',
        'SystemNotDeclared',
        'the platform profile declares no `gone` in `spec.ingressControllers`; it declares `public`, `edge`, `lost`',
      ),
    );
    expect(peersOf({ ingressController: {} }, { ingressControllers: [] })).toEqual(
      problem(
        'Pending',
        'SystemNotDeclared',
        'the platform profile declares nothing in `spec.ingressControllers`',
      ),
    );
  });

  test('waits where its place is not known: no peer would mean everyone', () => {
    expect(peersOf({ ingressController: { name: 'lost' } })).toEqual(
      problem('Pending', 'SystemPlaceUnknown', expect.stringContaining('`lost`')),
    );
  });
});

describe('`monitoring`', () => {
  test('is all that the platform declares, or one by its name', () => {
    expect(peersOf({ monitoring: {} })).toEqual(allowed(...nginx));
    expect(peersOf({ monitoring: { name: 'prometheus' } })).toEqual(allowed(...nginx));
  });

  test('waits where it is not declared', () => {
    expect(peersOf({ monitoring: { name: 'gone' } })).toEqual(problem('Pending', 'SystemNotDeclared'));
  });
});

describe('`nodes`', () => {
  test('is the ranges of the nodes, of both families', () => {
    expect(peersOf({ nodes: {} })).toEqual(
      allowed({ ipBlock: { cidr: '10.1.0.0/24' } }, { ipBlock: { cidr: 'fd00:1::/64' } }),
    );
  });

  test('waits while they are not known, and says what to set', () => {
    expect(peersOf({ nodes: {} }, { ranges: nothingKnown })).toEqual(
      problem('Pending', 'NodeRangesUnknown', expect.stringContaining('`spec.cluster.nodeRanges`')),
    );
  });
});

describe('`cidr`', () => {
  test('is the range, without its exceptions', () => {
    const cidr = { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] };
    expect(peersOf({ cidr })).toEqual(allowed({ ipBlock: cidr }));
    expect(peersOf({ cidr: { cidr: 'fd00::/8', except: [] } })).toEqual(
      allowed({ ipBlock: { cidr: 'fd00::/8' } }),
    );
  });
});

describe('`anywhere`', () => {
  test('names every pod and every address of both families: CNIs differ in whether a range matches pods', () => {
    expect(peersOf({ anywhere: {} })).toEqual(
      allowed({ namespaceSelector: {} }, { ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }),
    );
  });
});

describe('`cluster`', () => {
  const nodes = [{ ipBlock: { cidr: '10.1.0.0/24' } }, { ipBlock: { cidr: 'fd00:1::/64' } }];

  test('is every pod and every node; as `to` the addresses of Services too, from which nothing comes', () => {
    expect(peersOf({ cluster: {} })).toEqual(allowed({ namespaceSelector: {} }, ...nodes));
    expect(rulesOf({ cluster: {} }, [443])).toEqual(
      allowed({
        peers: [{ namespaceSelector: {} }, { ipBlock: { cidr: '10.96.0.0/16' } }, ...nodes],
        ports: [{ protocol: 'TCP', port: 443 }],
      }),
    );
  });

  test('says what is left out of it', () => {
    const { end } = endOf({ cluster: {} });
    const gap = (side: RouteSide, ranges: RouteContext['ranges']) =>
      end.gap?.({ ...context, ranges }, side)?.message;
    expect(gap('from', nothingKnown)).toContain('sets `spec.cluster.nodeRanges` of');
    expect(gap('to', nothingKnown)).toContain(
      'sets `spec.cluster.nodeRanges` and `spec.cluster.serviceRanges` of',
    );
    expect(gap('from', { ...context.ranges, services: undefined })).toBeUndefined();
    expect(gap('to', context.ranges)).toBeUndefined();
  });

  test('is at least every pod where no range is known', () => {
    const pods = [{ namespaceSelector: {} }];
    expect(peersOf({ cluster: {} }, { ranges: nothingKnown })).toEqual(allowed(...pods));
    expect(rulesOf({ cluster: {} }, undefined, { ranges: nothingKnown })).toEqual(allowed({ peers: pods }));
  });
});

describe('`kubernetesAPI`', () => {
  const apiServer: RouteContext['apiServer'] = [
    { peers: [{ ipBlock: { cidr: '10.96.0.1/32' } }], ports: [{ protocol: 'TCP', port: 443 }] },
    { peers: [{ ipBlock: { cidr: '10.1.0.2/32' } }], ports: [{ protocol: 'TCP', port: 6443 }] },
  ];

  test.each([[undefined], [[443]], [[6443, 9999]], [['6000-7000']], [['https']]])(
    'is, as `to`, each address on its own port, whichever of them is named: %j',
    (ports) => {
      expect(rulesOf({ kubernetesAPI: {} }, ports, { apiServer })).toEqual(allowed(...apiServer));
    },
  );

  test.each([[[8443]], [['443/UDP']], [['http']]])(
    'is refused on other ports, with those that it has: %j',
    (ports) => {
      expect(rulesOf({ kubernetesAPI: {} }, ports, { apiServer })).toEqual({
        ok: false,
        error: {
          state: 'Rejected',
          reason: 'ServicePortMissing',
          message: expect.stringContaining('answers on `443`, `6443`'),
          suggestion: 'ports: [443, 6443]',
          at: 'ports',
        },
      });
    },
  );

  test('is, as `from`, where the control plane calls from', () => {
    const controlPlane = [{ ipBlock: { cidr: '10.1.0.2/32' } }];
    expect(peersOf({ kubernetesAPI: {} }, { controlPlane })).toEqual(allowed(...controlPlane));
  });

  test('waits while that is not known, and says what to set', () => {
    expect(peersOf({ kubernetesAPI: {} })).toEqual(
      problem('Pending', 'ApiServerUnknown', expect.stringContaining('`spec.kubernetesAPI.controlPlane`')),
    );
    expect(rulesOf({ kubernetesAPI: {} }, [443])).toEqual(
      problem('Pending', 'ApiServerUnknown', expect.stringContaining('`spec.kubernetesAPI.addresses`')),
    );
  });
});

describe('the namespaces in which an end means pods', () => {
  const selector = { matchLabels: { team: 'a' } };

  test.each<[RouteEndValue, unknown]>([
    [{ namespace: { name: 'shop' } }, { name: 'shop' }],
    [{ namespace: { selector } }, { selector }],
    [{ cluster: {} }, { selector: {} }],
    [{ anywhere: {} }, { selector: {} }],
    [{ ingressController: {} }, 'declared'],
    [{ monitoring: {} }, 'declared'],
    [{ kubernetesAPI: {} }, 'declared'],
    [{ app: 'web' }, undefined],
    [{ nodes: {} }, undefined],
    [{ internet: {} }, undefined],
  ])('are, of %j, %j', (written, namespaceScope) => {
    const { end, value } = endOf(written);
    expect(end.namespaceScope?.(value)).toEqual(namespaceScope);
  });
});
