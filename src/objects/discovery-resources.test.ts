import { describe, expect, test } from '@jest/globals';
import { endpointSlice, type KubernetesObject, node, object } from '../../test/fixtures.ts';
import type { RawObject, Resource } from '../kube/resource.ts';
import type { Identified } from '../kube/store.ts';
import { dnsConfigs, endpointSlices, nodes, serviceCidrs } from './discovery-resources.ts';

/** The facts without what identifies the object. */
function facts<T extends Identified>(resource: Resource<T>, object: RawObject) {
  const { namespace: _n, name: _a, uid: _u, resourceVersion: _r, ...rest } = resource.reduce(object);
  return rest;
}

describe('a Node', () => {
  const given = node('a', '10.1.0.5', 'fd00:1::5');

  test('is its addresses, internal and external, without its names', () => {
    const addresses = [
      ...(given.status as { addresses: readonly object[] }).addresses,
      { type: 'ExternalIP', address: '203.0.113.5' },
      { type: 'Hostname', address: 'a' },
      { type: 'InternalDNS', address: 'a.internal' },
    ];
    expect(facts(nodes, { ...given, status: { addresses } })).toEqual({
      addresses: ['10.1.0.5', 'fd00:1::5', '203.0.113.5'],
      podRanges: [],
    });
    expect(facts(nodes, object('Node', 'b'))).toEqual({ addresses: [], podRanges: [] });
  });

  test('is the ranges of its pods, of both families', () => {
    const spec = { podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24', 'fd00:244::/80'] };
    expect(nodes.reduce({ ...given, spec }).podRanges).toEqual(spec.podCIDRs);
  });
});

describe('an EndpointSlice', () => {
  test('is the addresses and numbered ports of the Service that its label names', () => {
    const ports = [{ name: 'dns', port: 53, protocol: 'UDP' }, { port: 443 }, { name: 'all' }];
    expect(facts(endpointSlices, endpointSlice('kube-system/kube-dns', ['10.244.0.2'], ports))).toEqual({
      service: 'kube-dns',
      addressType: 'IPv4',
      addresses: ['10.244.0.2'],
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: '', port: 443, protocol: 'TCP' },
      ],
    });
  });

  test('may have neither: the API server stores lists without an entry as null', () => {
    const empty = { ...object('EndpointSlice', 'default/kubernetes'), endpoints: null, ports: null };
    expect(endpointSlices.reduce(empty as KubernetesObject)).toMatchObject({ addresses: [], ports: [] });
  });

  test('is asked for only where it is of a Service that is looked at', () => {
    expect(endpointSlices.query?.labelSelector).toBe(
      'kubernetes.io/service-name in (kubernetes,kube-dns,rke2-coredns-rke2-coredns,dns-default)',
    );
  });
});

test('a ServiceCIDR is its ranges', () => {
  const cidrs = ['10.96.0.0/16', 'fd00:10:96::/112'];
  expect(facts(serviceCidrs, object('ServiceCIDR', 'kubernetes', { cidrs }))).toEqual({ ranges: cidrs });
  expect(facts(serviceCidrs, object('ServiceCIDR', 'kubernetes'))).toEqual({ ranges: [] });
});

describe('the configuration of a DNS', () => {
  const binds = (Corefile: string) =>
    dnsConfigs.reduce({ ...object('ConfigMap', 'kube-system/x'), data: { Corefile } } as KubernetesObject)
      .binds;

  test('is where it listens, each address once', () => {
    const corefile =
      'cluster.local:53 {\n    errors\n    bind 169.254.20.10 10.96.0.10\n}\n.:53 {\n\tbind 169.254.20.10\n}\n';
    expect(binds(corefile)).toEqual(['169.254.20.10', '10.96.0.10']);
  });

  test('is not taken from a comment, a block, or behind another word', () => {
    expect(
      binds('# bind 1.1.1.1\nbind 10.0.0.1 { # 2.2.2.2\n  except 10.0.0.2\n}\nforward . 3.3.3.3'),
    ).toEqual(['10.0.0.1']);
  });

  test('is nothing where there is none', () => {
    expect(dnsConfigs.reduce(object('ConfigMap', 'kube-system/x')).binds).toEqual([]);
  });
});
