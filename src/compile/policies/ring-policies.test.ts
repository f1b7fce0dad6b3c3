import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type PlatformSpec, platformOwner, platformSpec, view } from '../../../test/fixtures.ts';
import type { EgressMode } from '../../api/egress.ts';
import type { Discovered } from '../../api/platform-status.ts';
import { monitoringPresets } from '../../api/presets.ts';
import { egressOf } from '../local/namespace-egress.ts';
import { clusterServicesOf } from '../platform/cluster-services.ts';
import { ringPolicies } from './ring-policies.ts';

type Monitoring = NonNullable<PlatformSpec['monitoring']>[number];

/** The ring of a namespace in an egress mode, in a cluster of which so much is known. */
function fenced(mode: EgressMode, discovered: Discovered, more: PlatformSpec = {}) {
  const spec = platformSpec(more);
  const clusterServices = clusterServicesOf(view({ discovered }), spec);
  return ringPolicies('shop', spec, platformOwner, egressOf(mode, [], clusterServices), clusterServices);
}

function ring(...monitoring: readonly Monitoring[]) {
  return fenced('Unrestricted', {}, { monitoring });
}

const prometheus: Monitoring = {
  name: 'prometheus',
  namespace: 'observability',
  pods: { matchLabels: { app: 'prometheus' } },
  ports: ['metrics'],
};

function placed(namespace: string, podSelector: object) {
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    podSelector,
  };
}

describe('the ring', () => {
  test('denies all ingress to every pod, and says so in policyTypes', () => {
    const [deny, ...more] = ring();
    expect(more).toEqual([]);
    expect(deny).toMatchObject({
      namespace: 'shop',
      name: 'ringfence-default-deny-ingress',
      owner: platformOwner,
    });
    expect(deny?.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress'] });
  });

  test('lets a monitoring system in by the one label of its namespace that no tenant can forge, and its pods', () => {
    expect(ring(prometheus)[1]?.spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'observability' } },
              podSelector: { matchLabels: { app: 'prometheus' } },
            },
          ],
          ports: [
            { protocol: 'TCP', port: 'metrics' },
            { protocol: 'TCP', port: 1 },
          ],
        },
      ],
    });
  });

  test('has one policy for all monitoring systems, a rule for each', () => {
    const [, monitoring, ...more] = ring(prometheus, {
      name: 'statsd',
      namespace: 'stats',
      ports: ['8125/UDP'],
    });
    expect(more).toEqual([]);
    expect(monitoring?.spec.ingress).toHaveLength(2);
    expect(monitoring?.description).toContain('prometheus, statsd');
  });

  test('means every pod of the namespace where a monitoring system names no pods and no preset', () => {
    const [rule] = ring({ name: 'any', namespace: 'observability', ports: [9090] })[1]?.spec.ingress ?? [];
    expect(rule?.from).toEqual([
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'observability' } } },
    ]);
  });

  test('finds a monitoring system by its preset, of which namespace and pods take precedence, each by itself', () => {
    const pods = { matchLabels: { app: 'p' } };
    const peers = (more: Partial<Monitoring>) =>
      ring({ name: 'a', preset: 'openshift', ports: ['metrics'], ...more })[1]?.spec.ingress?.[0]?.from;
    const known = monitoringPresets.openshift;
    expect(peers({})).toEqual([placed(known.namespace, known.pods)]);
    expect(peers({ namespace: 'observability' })).toEqual([placed('observability', known.pods)]);
    expect(peers({ pods })).toEqual([placed(known.namespace, pods)]);
  });

  test('does not need a preset where namespace and pods are given', () => {
    expect(ring({ ...prometheus, preset: 'prometheus' })[1]?.spec).toEqual(ring(prometheus)[1]?.spec);
  });

  test('never has a rule without a known peer and without ports, whatever the monitoring systems are', () => {
    const system = fc.record(
      {
        preset: fc.constantFrom('prometheus' as const, 'openshift' as const),
        namespace: fc.constantFrom('observability', 'monitoring'),
        pods: fc.constantFrom({}, { matchLabels: { app: 'prometheus' } }),
        ports: fc.constantFrom(['metrics'], [9090, '9100-9200'], ['8125/UDP']),
      },
      { requiredKeys: ['ports'] },
    );
    const systems = fc
      .array(system, { maxLength: 5 })
      .map((all) => all.map((one, index) => ({ ...one, name: `system-${index}` })))
      // What the schema refuses: a place that nobody names.
      .filter((all) => all.every(({ preset, namespace }) => preset ?? namespace));
    fc.assert(
      fc.property(systems, (all) => {
        for (const { spec } of ring(...all)) {
          expect(spec.policyTypes).toEqual(['Ingress']);
          expect(spec.egress).toBeUndefined();
          for (const rule of spec.ingress ?? []) {
            expect(rule.ports).not.toHaveLength(0);
            expect(rule.from).toEqual([
              expect.objectContaining({
                namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': expect.any(String) } },
              }),
            ]);
          }
        }
      }),
    );
  });

  test('is ordered by name', () => {
    const names = ring(prometheus).map(({ name }) => name);
    expect(names).toEqual([...names].sort());
  });
});

describe('the ring of a namespace whose egress is fenced', () => {
  const discovered: Discovered = {
    dns: {
      namespace: 'kube-system',
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
      ports: ['5353/UDP'],
      addresses: ['10.96.0.10', '169.254.20.10', 'fd00:96::a'],
      servicePorts: ['53/UDP'],
    },
    kubernetesAPI: {
      endpoints: [
        { address: '10.96.0.1', port: 443 },
        { address: '172.18.0.2', port: 6443 },
      ],
    },
    cluster: { serviceRanges: ['10.96.0.0/16', 'fd00:96::/112'] },
  };
  const named = (policies: ReturnType<typeof fenced>, name: string) =>
    policies.find((policy) => policy.name === name)?.spec;

  test.each(['ClusterOnly', 'Restricted'] as const)(
    'leaves the way to DNS open in mode %s: its pods on their ports, its addresses on the ports of the Service',
    (mode) => {
      expect(named(fenced(mode, discovered), 'ringfence-dns')).toEqual({
        podSelector: {},
        policyTypes: ['Egress'],
        egress: [
          {
            to: [placed('kube-system', { matchLabels: { 'k8s-app': 'kube-dns' } })],
            ports: [{ protocol: 'UDP', port: 5353 }],
          },
          {
            to: ['10.96.0.10/32', '169.254.20.10/32', 'fd00:96::a/128'].map((cidr) => ({
              ipBlock: { cidr },
            })),
            ports: [{ protocol: 'UDP', port: 53 }],
          },
        ],
      });
    },
  );

  test('leaves the cluster open where it is ClusterOnly, and nothing else', () => {
    expect(named(fenced('ClusterOnly', discovered), 'ringfence-cluster')).toEqual({
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        {
          to: [
            { namespaceSelector: {} },
            { ipBlock: { cidr: '10.96.0.0/16' } },
            { ipBlock: { cidr: 'fd00:96::/112' } },
          ],
        },
        { to: [{ ipBlock: { cidr: '10.96.0.1/32' } }], ports: [{ protocol: 'TCP', port: 443 }] },
        { to: [{ ipBlock: { cidr: '172.18.0.2/32' } }], ports: [{ protocol: 'TCP', port: 6443 }] },
      ],
    });
    expect(named(fenced('Restricted', discovered), 'ringfence-cluster')).toBeUndefined();
  });

  test('opens nothing that is not known', () => {
    const names = (mode: EgressMode) => fenced(mode, {}).map(({ name }) => name);
    expect(names('Restricted')).toEqual(['ringfence-default-deny-egress', 'ringfence-default-deny-ingress']);
    expect(names('ClusterOnly')).toEqual([
      'ringfence-cluster',
      'ringfence-default-deny-egress',
      'ringfence-default-deny-ingress',
    ]);
    expect(named(fenced('ClusterOnly', {}), 'ringfence-cluster')?.egress).toEqual([
      { to: [{ namespaceSelector: {} }] },
    ]);
  });

  test('has no policy of the egress kind where it is Unrestricted, whatever is known', () => {
    expect(fenced('Unrestricted', discovered).map(({ name }) => name)).toEqual([
      'ringfence-default-deny-ingress',
    ]);
  });
});
