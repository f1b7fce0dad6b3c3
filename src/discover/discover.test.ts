// What is known of the cluster, from what was seen of it and what was known before.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  endpointSlice,
  type KubernetesObject,
  node,
  object,
  observed,
  service,
} from '../../test/fixtures.ts';
import type { Discovered } from '../api/platform-status.ts';
import { addressesOf, addressSets, countAddresses } from '../model/address-set.ts';
import { discover } from './discover.ts';
import type { Observed } from './observed.ts';
import { maxRanges } from './ranges.ts';

const unreadable: Observed = {
  services: [],
  endpointSlices: undefined,
  dnsConfigs: undefined,
  serviceCidrs: undefined,
  nodes: undefined,
};

const known = (objects: readonly KubernetesObject[], previous: Discovered = {}) =>
  discover(observed(...objects), previous).discovered;
const told = (objects: readonly KubernetesObject[], previous: Discovered = {}) =>
  discover(observed(...objects), previous).findings.map(({ code, message }) => `${code}: ${message}`);

const dnsPorts = (port = 53) => [
  { name: 'dns', port, protocol: 'UDP' },
  { name: 'dns-tcp', port },
  { name: 'metrics', port: 9153 },
];
const pods = { 'k8s-app': 'kube-dns' };
const dnsService = (key = 'kube-system/kube-dns', ports = dnsPorts(), spec: object = {}) =>
  service(key, ports, { selector: pods, clusterIPs: ['10.96.0.10', 'fd00:10:96::a'], ...spec });
const dnsSlice = (ports = dnsPorts(), key = 'kube-system/kube-dns') =>
  endpointSlice(key, ['10.244.0.2', '10.244.1.7'], ports);
const dns = {
  namespace: 'kube-system',
  podSelector: { matchLabels: pods },
  ports: [53, '53/UDP'],
  addresses: ['10.96.0.10', 'fd00:10:96::a'],
  servicePorts: [53, '53/UDP'],
};

const api = service('default/kubernetes', [{ name: 'https', port: 443, targetPort: 6443 }], {
  clusterIP: '10.96.0.1',
});
const apiSlice = (key: string, addresses: readonly string[], port = 6443) =>
  endpointSlice(key, addresses, [{ name: 'https', port }]);
const endpoints = (...texts: readonly string[]) => ({
  endpoints: texts.map((text) => ({
    address: text.slice(0, text.lastIndexOf(':')),
    port: Number(text.slice(text.lastIndexOf(':') + 1)),
  })),
});

const serviceCidr = (name: string, ...cidrs: readonly string[]) => object('ServiceCIDR', name, { cidrs });
const withPods = (name: string, ...podCIDRs: readonly string[]) => object('Node', name, { podCIDRs });

const everything = [
  ...[dnsService(), dnsSlice(), api, apiSlice('default/kubernetes', ['10.0.0.4'])],
  ...[serviceCidr('kubernetes', '10.96.0.0/16'), node('a', '10.0.0.5'), withPods('a', '10.244.0.0/24')],
];

describe('the DNS', () => {
  test('is the pods of its Service on the ports that they listen on, and its addresses on the ports of the Service', () => {
    expect(known([dnsService(), dnsSlice()]).dns).toEqual(dns);
  });

  test("has the pods' numbers where the Service names a port, and not the port of its metrics", () => {
    const named = dnsService('openshift-dns/dns-default', [
      { name: 'dns', port: 53, protocol: 'UDP', targetPort: 'dns' },
      { name: 'metrics', port: 9154, targetPort: 'metrics' },
    ] as never);
    const slice = dnsSlice(dnsPorts(5353), 'openshift-dns/dns-default');
    expect(known([named, slice]).dns).toMatchObject({ ports: ['5353/UDP'], servicePorts: ['53/UDP'] });
  });

  test.each([
    ['by number, whatever the name', [{ name: 'udp-53', port: 53, protocol: 'UDP' }], ['53/UDP']],
    ['by name, whatever the number', [{ name: 'dns-tcp', port: 5353 }], [5353]],
  ])('is recognised by its ports %s', (_, ports, servicePorts) => {
    expect(known([dnsService(undefined, ports as never), dnsSlice(ports as never)]).dns).toMatchObject({
      servicePorts,
    });
  });

  test('is under the names of RKE2 and OpenShift too, and under the commonest where there are several', () => {
    const at = (key: string) => [dnsService(key), dnsSlice(dnsPorts(), key)];
    const rke2 = at('kube-system/rke2-coredns-rke2-coredns');
    const openshift = at('openshift-dns/dns-default');
    expect(known(rke2).dns?.namespace).toBe('kube-system');
    expect(known(openshift).dns?.namespace).toBe('openshift-dns');
    expect(known([...openshift, ...rke2, dnsService(), dnsSlice()]).dns).toEqual(dns);
  });

  test('stays in its namespace: a Service with the name that another distribution uses does not become the DNS', () => {
    const tenant = [
      dnsService('openshift-dns/dns-default'),
      dnsSlice(dnsPorts(), 'openshift-dns/dns-default'),
    ];
    expect(known(tenant, { dns }).dns).toEqual(dns);
    expect(known([...tenant, dnsService()]).dns).toBeUndefined();
  });

  test.each([
    ['there is no Service', [dnsSlice()]],
    ['the Service `kube-system/kube-dns` has no endpoint', [dnsService()]],
    [
      'the Service `kube-system/kube-dns` has no endpoint',
      [dnsService(), endpointSlice('kube-system/kube-dns', [], dnsPorts())],
    ],
    [
      'the Service `kube-system/kube-dns` has no port for DNS',
      [dnsService(undefined, [{ name: 'web', port: 80, protocol: 'TCP' }])],
    ],
    [
      'the Service `kube-system/kube-dns` selects no pods',
      [dnsService(undefined, undefined, { selector: undefined })],
    ],
  ])('keeps what was last known, and a finding says so, where %s', (why, objects) => {
    expect(known(objects, { dns }).dns).toEqual(dns);
    expect(told(objects, { dns })).toContainEqual(expect.stringContaining(`LastKnownHolds: ${why}`));
    expect(known(objects).dns).toBeUndefined();
    expect(told(objects)).toEqual([]);
  });
});

describe('a node-local cache', () => {
  const corefile = (...binds: readonly string[]) =>
    ({
      ...object('ConfigMap', 'kube-system/node-local-dns'),
      data: { Corefile: `cluster.local:53 {\n  bind ${binds.join(' ')} # here\n  bind eth0\n}\n` },
    }) as KubernetesObject;
  const at = (...objects: readonly KubernetesObject[]) =>
    known([dnsService(), dnsSlice(), ...objects], { dns }).dns?.addresses;

  test('is one more address of the DNS, as its configuration says', () => {
    expect(at(corefile('169.254.20.10', '10.96.0.10'))).toEqual([
      '10.96.0.10',
      '169.254.20.10',
      'fd00:10:96::a',
    ]);
    expect(told([dnsService(), dnsSlice(), corefile('169.254.20.10', '10.96.0.10')])).toEqual([]);
  });

  test.each(['8.8.8.8', '10.1.0.5', '169.254.169.254', 'fd00:ec2::254', '2001:db8::1'])(
    'that listens on %s, which does not stay on the node, opens nothing and is a finding',
    (bind) => {
      expect(at(corefile(bind))).toEqual(dns.addresses);
      expect(told([dnsService(), dnsSlice(), corefile(bind)])).toEqual([
        expect.stringMatching(`^AddressNotLocal: .*binds \`${bind}\``),
      ]);
    },
  );

  test('is gone with its ConfigMap, and stays where that cannot be read', () => {
    const before = { dns: { ...dns, addresses: ['10.96.0.10', '169.254.20.10'] } };
    const seen = observed(dnsService(), dnsSlice());
    expect(discover(seen, before).discovered.dns?.addresses).toEqual(dns.addresses);
    expect(discover({ ...seen, dnsConfigs: undefined }, before).discovered.dns?.addresses).toContain(
      '169.254.20.10',
    );
  });
});

describe('the API server', () => {
  test('is its ClusterIP with its port, and every endpoint of the slice that it keeps itself', () => {
    const slice = apiSlice('default/kubernetes', ['10.0.0.4', '10.0.0.3']);
    expect(known([api, slice]).kubernetesAPI).toEqual(
      endpoints('10.0.0.3:6443', '10.0.0.4:6443', '10.96.0.1:443'),
    );
    const ofIPv6 = apiSlice('default/kubernetes', ['fd00::5']);
    expect(known([api, ofIPv6]).kubernetesAPI).toEqual(endpoints('10.96.0.1:443', 'fd00::5:6443'));
  });

  test('is not taken from other slices that carry the name of its Service: whoever may write slices can make one', () => {
    const slice = apiSlice('default/kubernetes', ['10.0.0.3']);
    const forged = apiSlice('default/kubernetes-1', ['198.51.100.66'], 25);
    expect(known([api, forged, slice]).kubernetesAPI).toEqual(endpoints('10.0.0.3:6443', '10.96.0.1:443'));
    const kubernetesAPI = endpoints('10.0.0.3:6443', '10.96.0.1:443');
    expect(known([api, forged], { kubernetesAPI }).kubernetesAPI).toEqual(kubernetesAPI);
    expect(known([api, forged])).toEqual({});
  });

  test('is not a Service of that name in another namespace', () => {
    const slice = apiSlice('shop/kubernetes', ['10.9.9.9']);
    expect(known([api, slice])).toEqual({});
    expect(known([api, apiSlice('default/kubernetes', ['10.0.0.3']), slice]).kubernetesAPI).toEqual(
      endpoints('10.0.0.3:6443', '10.96.0.1:443'),
    );
  });

  test('keeps its endpoints if its slice is empty or gone: an empty slice means unknown, not none', () => {
    const kubernetesAPI = endpoints('10.0.0.3:6443', '10.96.0.1:443');
    for (const [slices, why] of [
      [[], 'there is no EndpointSlice `default/kubernetes`'],
      [[apiSlice('default/kubernetes', [])], 'the EndpointSlice `default/kubernetes` has no endpoint'],
    ] as const) {
      expect(known([api, ...slices], { kubernetesAPI }).kubernetesAPI).toEqual(kubernetesAPI);
      expect(told([api, ...slices], { kubernetesAPI })).toContainEqual(
        `LastKnownHolds: ${why}: the last known value stays in force`,
      );
    }
    const slice = apiSlice('default/kubernetes', ['10.0.0.9']);
    expect(known([slice], { kubernetesAPI }).kubernetesAPI).toEqual(kubernetesAPI);
  });

  test('says which fields of the platform profile to set where its slice is missing', () => {
    const before = { kubernetesAPI: endpoints('10.0.0.3:6443') };
    expect(discover(observed(api), before).findings).toContainEqual(
      expect.objectContaining({
        path: 'spec.kubernetesAPI',
        hint: expect.stringContaining('`spec.kubernetesAPI.addresses` and `spec.kubernetesAPI.ports`'),
      }),
    );
  });

  test('has no more endpoints than its status can hold', () => {
    const many = Array.from({ length: 64 }, (_, index) => `10.0.0.${index}`);
    expect(known([api, apiSlice('default/kubernetes', many)])).toEqual({});
    expect(known([api, apiSlice('default/kubernetes', many.slice(1))]).kubernetesAPI?.endpoints).toHaveLength(
      64,
    );
  });
});

describe('the ranges', () => {
  test('of Services are those of every ServiceCIDR, of both families', () => {
    const cidrs = [
      serviceCidr('kubernetes', 'fd00:10:96::/112', '10.96.0.0/16'),
      serviceCidr('more', '10.97.0.0/16'),
    ];
    expect(known(cidrs).cluster).toEqual({ serviceRanges: ['10.96.0.0/15', 'fd00:10:96::/112'] });
  });

  test('of pods are what the nodes were given, merged', () => {
    expect(known([withPods('b', '10.244.1.0/24', 'fd00:244::/80'), withPods('a', '10.244.0.0/24')])).toEqual({
      cluster: { podRanges: ['10.244.0.0/23', 'fd00:244::/80'] },
    });
    expect(known([object('Node', 'a', { podCIDR: '10.244.0.0/24' })]).cluster?.podRanges).toEqual([
      '10.244.0.0/24',
    ]);
  });

  test('of nodes leave out what is no address: a host name, and a range that CNIs read in several ways', () => {
    const all = [node('a', 'node-a', '::ffff:10.1.0.5', '10.1.0.6'), node('b', '10.1.0.7')];
    expect(known(all)).toEqual({ cluster: { nodeRanges: ['10.1.0.6/31'] } });
  });

  test('stay what they were beyond as many as are stable, and the finding names the override', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => node(`n${index}`, `10.1.0.${index * 2}`));
    const atMost = known(many(maxRanges));
    expect(atMost.cluster?.nodeRanges).toHaveLength(maxRanges);
    const { nodesWithin = [], ...listed } = known(many(maxRanges + 1), atMost).cluster ?? {};
    expect(listed).toEqual(atMost.cluster);
    // What is added to rules was never known, and what is left out of them is.
    expect(known(many(maxRanges + 1)).cluster).toEqual({ nodesWithin });
    expect(discover(observed(...many(maxRanges + 1)), atMost).findings).toEqual([
      expect.objectContaining({
        code: 'LastKnownHolds',
        path: 'spec.cluster.nodeRanges',
        message: expect.stringContaining('33 separate ranges, more than 32'),
        hint: expect.stringContaining('`spec.cluster.nodeRanges`'),
      }),
    ]);
  });

  test('that are too many lie in fewer ones, which a node more does not change', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) =>
        node(`n${index}`, `10.1.${index % 7}.${(index * 2) % 200}`),
      );
    const before = known(many(60));
    const within = addressesOf(before.cluster?.nodesWithin ?? []);
    expect(before.cluster?.nodesWithin?.length).toBeLessThanOrEqual(maxRanges);
    const all = many(60).flatMap((each) => known([each]).cluster?.nodeRanges ?? []);
    expect(addressSets.covers(within, addressesOf(all))).toBe(true);
    expect(known(many(59), before)).toEqual(before);
    expect(known([node('one', '10.9.0.1')], before).cluster).toEqual({ nodeRanges: ['10.9.0.1/32'] });
  });

  test('that are too many and far apart do not make most of the internet theirs, whatever one node says of itself and how often', () => {
    const honest = [node('a', '10.0.0.1'), node('b', '10.0.0.3'), node('c', '10.0.1.1')];
    const claims = (round: number) =>
      Array.from({ length: 32 }, (_, at) => `${at * 7 + 1 + (round % 7)}.${(round * 37) % 256}.0.1`);
    let last = known([...everything, ...honest]);
    const before = last;
    for (let round = 0; round < 20; round += 1) {
      const all = [...everything, ...honest, node('evil', ...claims(round))];
      const { discovered, uncertain } = discover(observed(...all), last);
      last = discovered;
      // Nothing is added to what held before, and a new rule waits.
      expect(last.cluster?.nodeRanges).toEqual(before.cluster?.nodeRanges);
      expect(uncertain).toContain('nodeRanges');
    }
    const inside = addressesOf(last.cluster?.nodesWithin ?? []);
    expect(countAddresses(inside, 4)).toBeLessThan(1n << 21n);
  });

  test('that are too many may lie in wide ranges where these are private, and in small ones where they are public', () => {
    const nodes = (addressOf: (at: number) => string) =>
      Array.from({ length: 100 }, (_, at) => node(`n${at}`, addressOf(at)));
    const isKnown = (addressOf: (at: number) => string) =>
      known(nodes(addressOf)).cluster?.nodesWithin !== undefined;
    expect(isKnown((at) => `10.${at * 2}.0.1`)).toBe(true);
    expect(isKnown((at) => `128.178.${at * 2}.1`)).toBe(true);
    expect(isKnown((at) => `${at * 2 + 11}.1.0.1`)).toBe(false);
    expect(isKnown((at) => `2600:1f00:${(at * 2).toString(16)}::1`)).toBe(true);
    expect(isKnown((at) => `26${at.toString().padStart(2, '0')}::1`)).toBe(false);
  });

  test('are incomplete if a node does not report its own', () => {
    const told = [withPods('a', '10.244.0.0/24'), node('b', '10.0.0.2')];
    expect(discover(observed(...told), {}).uncertain).toContain('podRanges');
    const whole = { ...node('a', '10.0.0.5'), spec: { podCIDRs: ['10.244.0.0/24'] } };
    const rest = everything.filter(({ kind }) => kind !== 'Node');
    expect(discover(observed(...rest, whole), {}).uncertain).toEqual([]);
  });

  test('come and go one by one: what is unknown of one changes nothing of the others', () => {
    const before = known(everything);
    expect(known([serviceCidr('kubernetes', '10.97.0.0/16')], before)).toEqual({
      ...before,
      cluster: { ...before.cluster, serviceRanges: ['10.97.0.0/16'] },
    });
  });
});

describe('what is known', () => {
  test('stays as it was where nothing can be read, after a restart too, and says why', () => {
    const before = known(everything);
    expect(Object.keys(before)).toEqual(['dns', 'kubernetesAPI', 'cluster']);
    expect(discover(unreadable, before).discovered).toEqual(before);
    expect(discover(unreadable, before).findings).toHaveLength(5);
    const uncertain = ['podRanges', 'serviceRanges', 'nodeRanges', 'kubernetesAPI'];
    expect(discover(unreadable, before).uncertain).toEqual(uncertain);
    expect(discover(unreadable, {})).toEqual({ discovered: {}, uncertain, findings: [] });
  });

  test('is the same whatever the order of what was seen, and when it is found out again', () => {
    const before = known(everything);
    fc.assert(
      fc.property(fc.shuffledSubarray(everything, { minLength: everything.length }), (shuffled) => {
        expect(known(shuffled)).toEqual(before);
        expect(known(shuffled, before)).toEqual(before);
      }),
    );
  });

  test('never has an address or a range that neither was seen nor known before', () => {
    const changed = [
      ...[dnsService(undefined, dnsPorts(), { clusterIPs: ['10.96.0.11'] }), dnsSlice(dnsPorts(5353))],
      ...[apiSlice('default/kubernetes', ['10.0.0.9']), serviceCidr('kubernetes', '10.98.0.0/16')],
      ...[node('a', '10.0.0.8'), withPods('a', '10.245.0.0/24')],
    ];
    const before = known(everything);
    const after = known([api, ...changed]);
    fc.assert(
      fc.property(fc.subarray([...everything, ...changed]), fc.boolean(), (seen, isKnown) => {
        const texts = JSON.stringify(known(seen, isKnown ? before : {})).match(/[\da-f.:]+[.:][\da-f.:/]+/g);
        const allowed = `${JSON.stringify(before)}${JSON.stringify(after)}${JSON.stringify(known([...everything, ...changed]))}`;
        for (const text of texts ?? []) expect(allowed).toContain(text);
      }),
    );
  });
});
