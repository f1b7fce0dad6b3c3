import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type PlatformSpec, platformSpec, view } from '../../../test/fixtures.ts';
import type { Discovered } from '../../api/platform-status.ts';
import type { Rule } from '../../model/network-policy.ts';
import { type ClusterServices, ClusterServicesCache, clusterServicesOf } from './cluster-services.ts';

const pods = { matchLabels: { 'k8s-app': 'kube-dns' } };
const found: Discovered = {
  dns: {
    namespace: 'kube-system',
    podSelector: pods,
    ports: ['53/UDP', '53/TCP'],
    addresses: ['10.96.0.10'],
    servicePorts: ['53/UDP', '53/TCP'],
  },
  kubernetesAPI: {
    endpoints: [
      { address: '10.96.0.1', port: 443 },
      { address: '172.18.0.3', port: 6443 },
      { address: '172.18.0.2', port: 6443 },
    ],
  },
  cluster: { podRanges: ['10.244.0.0/16'], serviceRanges: ['10.96.0.0/16'], nodeRanges: ['172.18.0.0/28'] },
};

function clusterServices(more: PlatformSpec = {}, discovered: Discovered = found): ClusterServices {
  return clusterServicesOf(view({ discovered }), platformSpec(more));
}

/** Rules as `peers:ports`, where a peer is its CIDR, or its namespace with its labels. */
function told(rules: readonly Rule[]): readonly string[] {
  return rules.map(({ peers, ports = [] }) => {
    const who = peers.map((peer) =>
      'ipBlock' in peer
        ? peer.ipBlock.cidr
        : [
            ...Object.values(peer.namespaceSelector?.matchLabels ?? {}),
            ...Object.values(peer.podSelector?.matchLabels ?? {}),
          ].join('/'),
    );
    return `${who.join('+')}:${ports.map(({ port, protocol }) => `${port}/${protocol}`).join('+')}`;
  });
}

describe('the DNS of the cluster', () => {
  test('is its pods, and the addresses that pods ask', () => {
    expect(told(clusterServices().dns)).toEqual([
      'kube-system/kube-dns:53/UDP+53/TCP',
      '10.96.0.10/32:53/UDP+53/TCP',
    ]);
  });

  test.each<[string, NonNullable<PlatformSpec['dns']>, readonly string[]]>([
    ['namespace', { namespace: 'dns' }, ['dns/kube-dns:53/UDP+53/TCP', '10.96.0.10/32:53/UDP+53/TCP']],
    ['ports', { ports: ['5353/UDP'] }, ['kube-system/kube-dns:5353/UDP', '10.96.0.10/32:53/UDP+53/TCP']],
    [
      'addresses',
      { addresses: ['169.254.20.10', '10.96.0.10'] },
      ['kube-system/kube-dns:53/UDP+53/TCP', '10.96.0.10/32+169.254.20.10/32:53/UDP+53/TCP'],
    ],
    [
      'podSelector',
      { podSelector: { matchLabels: { app: 'dns' } } },
      ['kube-system/dns:53/UDP+53/TCP', '10.96.0.10/32:53/UDP+53/TCP'],
    ],
  ])('is what the platform profile says, field by field: `%s`', (_, dns, rules) => {
    expect(told(clusterServices({ dns }).dns)).toEqual(rules);
  });

  test('is only what is known of it: never pods on every port, nor every pod of a namespace', () => {
    expect(clusterServices({}, {}).dns).toEqual([]);
    expect(clusterServices({ dns: { namespace: 'kube-system' } }, {}).dns).toEqual([]);
    expect(clusterServices({ dns: { namespace: 'kube-system', podSelector: pods } }, {}).dns).toEqual([]);
    expect(clusterServices({ dns: { namespace: 'kube-system', ports: ['53/UDP'] } }, {}).dns).toEqual([]);
    expect(told(clusterServices({ dns: { addresses: ['169.254.20.10'] } }, {}).dns)).toEqual([
      '169.254.20.10/32:53/UDP+53/TCP',
    ]);
  });
});

describe('the API server', () => {
  test('is each of its addresses on its own port', () => {
    expect(told(clusterServices().apiServer)).toEqual([
      '10.96.0.1/32:443/TCP',
      '172.18.0.2/32+172.18.0.3/32:6443/TCP',
    ]);
  });

  test('is, where addresses or ports are said, these with all of the others', () => {
    const addresses = { kubernetesAPI: { addresses: ['192.168.0.9'] } };
    expect(told(clusterServices(addresses).apiServer)).toEqual(['192.168.0.9/32:443/TCP+6443/TCP']);
    const ports = { kubernetesAPI: { ports: [8443] } };
    expect(told(clusterServices(ports).apiServer)).toEqual([
      '10.96.0.1/32+172.18.0.2/32+172.18.0.3/32:8443/TCP',
    ]);
    expect(
      told(clusterServices({ kubernetesAPI: { ...addresses.kubernetesAPI, ports: [8443] } }, {}).apiServer),
    ).toEqual(['192.168.0.9/32:8443/TCP']);
  });

  test('is nowhere while either is not known', () => {
    expect(clusterServices({}, {}).apiServer).toEqual([]);
    expect(clusterServices({ kubernetesAPI: { addresses: ['192.168.0.9'] } }, {}).apiServer).toEqual([]);
    expect(clusterServices({ kubernetesAPI: { ports: [443] } }, {}).apiServer).toEqual([]);
  });
});

describe('the control plane', () => {
  const block = (cidr: string) => ({ ipBlock: { cidr } });

  test('calls from where the API server answers, except for the address of its Service', () => {
    expect(clusterServices().controlPlane).toEqual([block('172.18.0.2/32'), block('172.18.0.3/32')]);
  });

  test('calls, where it is managed, from what the platform profile says: addresses, and the konnectivity pods', () => {
    const konnectivity = { matchLabels: { 'k8s-app': 'konnectivity-agent' } };
    const peer = {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
      podSelector: konnectivity,
    };
    const said = (controlPlane: NonNullable<PlatformSpec['kubernetesAPI']>['controlPlane']) =>
      clusterServices({ kubernetesAPI: { ...(controlPlane === undefined ? {} : { controlPlane }) } })
        .controlPlane;
    expect(said({ cidrs: ['10.8.0.0/28', '10.7.0.0/28'] })).toEqual([
      block('10.7.0.0/28'),
      block('10.8.0.0/28'),
    ]);
    expect(said({ cidrs: [], pods: konnectivity })).toEqual([peer]);
    expect(said({ pods: konnectivity })).toEqual([block('172.18.0.2/32'), block('172.18.0.3/32'), peer]);
  });

  test('calls from nowhere while that is not known', () => {
    expect(clusterServices({}, {}).controlPlane).toEqual([]);
  });
});

describe('the ranges of the cluster', () => {
  test('are what the platform profile says, each by itself, else what was found out', () => {
    const { ranges } = clusterServices({
      cluster: { podRanges: ['10.1.0.0/16', '10.0.0.0/16'], serviceRanges: [] },
    });
    expect(ranges).toEqual({
      pods: ['10.0.0.0/16', '10.1.0.0/16'],
      services: ['10.96.0.0/16'],
      nodes: ['172.18.0.0/28'],
    });
    expect(clusterServices({}, {}).ranges).toEqual({
      pods: undefined,
      services: undefined,
      nodes: undefined,
    });
  });
});

describe('the world', () => {
  test('is the same in whatever order facts are reported', () => {
    const shuffle = <T>(all: readonly T[]) =>
      fc.shuffledSubarray([...all], { minLength: all.length, maxLength: all.length });
    const endpoints = found.kubernetesAPI?.endpoints ?? [];
    const ranges = ['10.0.0.0/16', '10.1.0.0/16', 'fd00::/64'];
    const addresses = ['10.96.0.10', 'fd00:96::a', '169.254.20.10'];
    fc.assert(
      fc.property(shuffle(endpoints), shuffle(ranges), shuffle(addresses), (namespaceScope, pods, asked) => {
        const told = (all: typeof endpoints, podRanges: typeof ranges, dns: typeof addresses) =>
          clusterServices(
            {},
            { kubernetesAPI: { endpoints: all }, cluster: { podRanges }, dns: { addresses: dns } },
          );
        expect(told(namespaceScope, pods, asked)).toEqual(told(endpoints, ranges, addresses));
      }),
    );
  });
});

describe('what is known of the cluster', () => {
  test('is computed again only if something else was discovered, or the platform profile changed', () => {
    const known = new ClusterServicesCache();
    const given = view({ discovered: found });
    const one = platformSpec();
    const other = platformSpec({ cluster: { podRanges: ['10.0.0.0/8'] } });
    const first = known.of(given, one);
    expect(known.of({ ...given }, one)).toBe(first);
    expect(known.of(given, other).ranges.pods).toEqual(['10.0.0.0/8']);
    const moved = { ...given, discovered: { cluster: { podRanges: ['10.1.0.0/16'] } } };
    expect(known.of(moved, one).ranges.pods).toEqual(['10.1.0.0/16']);
    expect(known.of(given, one)).toEqual(first);
  });
});
