// A live namespace whose egress mode is switched, in every direction, with every set of policies on the way recorded and
// judged by the analysis: what is allowed before and after is never closed between, and nothing opens beyond the wider mode.
import { describe, expect, test } from '@jest/globals';
import { transition } from '../cluster.ts';
import {
  beyond,
  both,
  type Connectivity,
  connectivityOf,
  type Surroundings,
} from '../support/connectivity.ts';
import { platformSpec } from '../support/expected-policies.ts';
import { createDns, createNode } from '../support/fixtures.ts';
import { onCluster } from '../support/on-cluster.ts';
import { type NamespaceRecorder, recordDuring } from '../support/policy-recorder.ts';

const modes = ['Unrestricted', 'ClusterOnly', 'Restricted'] as const;
type Mode = (typeof modes)[number];

/** Every way from one mode to another, once. */
const walk: readonly Mode[] = [
  ...(['ClusterOnly', 'Restricted', 'Unrestricted'] as const),
  ...(['Restricted', 'ClusterOnly', 'Unrestricted'] as const),
];

const around: Surroundings = {
  namespaces: { live: { app: 'yes' }, partner: {}, 'kube-system': {}, monitoring: {} },
  pods: {
    'live/web': ['10.244.0.11', 'fd00:244::11'],
    'live/mongo': ['10.244.0.12', 'fd00:244::12'],
    'live/batch': ['10.244.0.13', 'fd00:244::13'],
    'partner/api': ['10.244.0.21', 'fd00:244::21'],
    'partner/console': ['10.244.0.22', 'fd00:244::22'],
    'kube-system/kube-dns': ['10.244.0.2', 'fd00:244::2'],
    'monitoring/prometheus': ['10.244.0.31', 'fd00:244::31'],
  },
  // The internet, a metadata service, the DNS Service, the API server's Service, a private network beside the cluster.
  addresses: ['93.184.216.34', '169.254.169.254', '10.96.0.10', '10.96.0.1', '172.16.0.9', '2606:2800::1'],
};

const { cluster } = onCluster({
  namespaces: { live: around.namespaces.live ?? {}, partner: around.namespaces.partner ?? {} },
  beforeOperator: async ({ cluster }) => {
    await createDns(cluster);
    await createNode(cluster, 'a', ['10.0.0.4', 'fd00:1::4'], ['10.244.0.0/24', 'fd00:244::/80']);
  },
  operator: { settle: 1 },
  afterOperator: async ({ cluster }) => {
    await cluster.createProfile('live', 'shop', {
      routes: [
        { name: 'web-to-mongo', from: { app: 'web' }, to: { app: 'mongo' }, ports: [27017] },
        { name: 'partner', from: { app: 'web' }, to: { namespace: { name: 'partner' } }, ports: [8080] },
        { name: 'payment', from: { app: 'web' }, to: { internet: {} }, ports: [443] },
        { name: 'watch', from: { app: 'batch' }, to: { kubernetesAPI: {} } },
        { name: 'console', from: { namespace: { name: 'partner' } }, to: { app: 'web' }, ports: [80] },
      ],
    });
    await cluster.platform({ ...platformSpec, egress: 'Unrestricted' });
    await cluster.platformCondition('Ready', 'True', 'Enforced');
  },
});

/** Switches to `mode` and records every set of policies until the namespace has come to rest in it. */
const switchTo = (mode: Mode) =>
  recordDuring(cluster.api, 'live', async () => {
    await cluster.platform({ egress: mode });
    await cluster.platformCondition('Ready', 'True', 'Enforced');
  });

const judge = (recorder: NamespaceRecorder): readonly Connectivity[] =>
  recorder.sets.map((policies) => connectivityOf(policies.values(), around));

describe('a live namespace', () => {
  const last = new Map<Mode, Connectivity>();

  test.each(walk.map((to, index) => [walk[index - 1] ?? 'Unrestricted', to] as const))(
    'that goes from %s to %s never loses what both allow, and never gets what neither does',
    async (from, to) => {
      const recorder = await switchTo(to);
      const steps = judge(recorder);
      const [before = new Map(), after = new Map()] = [steps[0], steps.at(-1)];
      expect(recorder.sets.length).toBeGreaterThan(1);
      for (const step of steps) {
        expect(beyond(both(before, after), step)).toEqual([]);
        const wider = modes.indexOf(from) < modes.indexOf(to) ? before : after;
        expect(beyond(step, wider)).toEqual([]);
      }
      // A direction that is isolated already needs no temporary policy.
      const isOpened = [from, to].includes('Unrestricted');
      expect(recorder.names().some((names) => names.includes(transition))).toBe(isOpened);
      last.set(from, before);
      last.set(to, after);
    },
  );

  test('reaches less in each mode than in the one before, and its routes in all of them', () => {
    const [unrestricted, clusterOnly, restricted] = modes.map((mode) => last.get(mode) ?? new Map());
    const reached = (connectivity: Connectivity = new Map()) =>
      [...connectivity].filter(([name, ports]) => name.startsWith('live/') && ports.TCP.length > 0);
    expect(reached(restricted).length).toBeLessThan(reached(clusterOnly).length);
    expect(reached(clusterOnly).length).toBeLessThan(reached(unrestricted).length);
    const told = Object.fromEntries(reached(restricted).map(([name, ports]) => [name, ports.TCP]));
    const only = (port: number) => [{ first: port, last: port }];
    expect(told).toMatchObject({
      'live/web -> live/mongo': only(27017),
      'live/web -> partner/api': only(8080),
      'live/web -> 93.184.216.34': only(443),
      'live/web -> 2606:2800::1': only(443),
      'live/batch -> 10.96.0.1': only(443),
      'live/web -> kube-system/kube-dns': only(53),
      'live/web -> 10.96.0.10': only(53),
    });
    expect(Object.keys(told).filter((name) => /169\.254|172\.16/.test(name))).toEqual([]);
  });
});
