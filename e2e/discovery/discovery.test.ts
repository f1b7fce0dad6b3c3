// What the operator finds out about the cluster: followed as it moves, remembered over a restart while it can't be read, and
// never widened by what is missing. The API server's own slice, its Service and its ServiceCIDR are the real ones.
import { describe, expect, test } from '@jest/globals';
import { platformPath, type StoredDiscovery } from '../cluster.ts';
import { advertisedAddress, serviceRanges } from '../control-plane/components.ts';
import { kubectl } from '../kubectl.ts';
import { beyond, type Connectivity, connectivityOf, type Surroundings } from '../support/connectivity.ts';
import { comesToRest, enforced } from '../support/expected-policies.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import {
  createDns,
  createNode,
  dnsPorts,
  dnsServicePath,
  dnsSlicePath,
  endpointSlice,
} from '../support/fixtures.ts';
import { onCluster } from '../support/on-cluster.ts';

const quick = ['--service-delay', '0.1', '--node-delay', '0.3'];
/** What each of them shows is in the name. */
const namespaces = ['restricted', 'cluster-only', 'unrestricted'] as const;

const { cluster, operator, startOperator } = onCluster({
  namespaces: [...namespaces, 'guarded'],
  operator: { settle: 0, flags: quick },
  afterOperator: async ({ cluster }) => {
    await cluster.platform({
      ...enforced,
      rules: [
        { name: 'restricted', namespaces: { names: ['restricted'] }, egress: 'Restricted' },
        { name: 'cluster-only', namespaces: { names: ['cluster-only'] }, egress: 'ClusterOnly' },
        {
          name: 'guarded',
          namespaces: { names: ['guarded'] },
          egress: 'Restricted',
          allow: { ends: ['app', 'cidr'] },
        },
      ],
    });
    await cluster.createProfile('restricted', 'ways', {
      routes: [
        { name: 'watch', from: { app: 'controller' }, to: { kubernetesAPI: {} } },
        { name: 'plain', from: { app: 'web' }, to: { app: 'mongo' }, ports: [27017] },
      ],
    });
    await cluster.createProfile('unrestricted', 'nodes', {
      routes: [{ name: 'probes', from: { nodes: {} }, to: { app: 'web' }, ports: [8080] }],
    });
    await cluster.platformCondition('Ready', 'True', 'Enforced');
  },
});

const slices = '/apis/discovery.k8s.io/v1/namespaces';

async function discovered(): Promise<StoredDiscovery> {
  return (await cluster.platformProfile())?.status?.discovered ?? {};
}

/** Waits until the status says so. */
async function known(what: string, isKnown: (discovered: StoredDiscovery) => boolean): Promise<void> {
  await cluster.eventually(
    what,
    async () => (await cluster.platformProfile())?.status?.discovered && isKnown(await discovered()),
    { instead: async () => JSON.stringify(await discovered()) },
  );
}

const isEndpoint = ({ kubernetesAPI }: StoredDiscovery, address: string) =>
  kubernetesAPI?.endpoints.some((endpoint) => endpoint.address === address) === true;

/** The policies that are ours: their version, which changes with each write, and what they say. */
async function policies(): Promise<ReadonlyMap<string, { readonly version: string; readonly spec: string }>> {
  const all = await Promise.all(namespaces.map((namespace) => cluster.policies(namespace)));
  return new Map(
    all.flatMap((each) =>
      [...each.values()].map(({ metadata, spec }) => [
        `${metadata.namespace}/${metadata.name}`,
        { version: metadata.resourceVersion, spec: JSON.stringify(spec) },
      ]),
    ),
  );
}

/** What could be let through by mistake: pods and addresses of every kind, those of before and those of after. */
const around: Surroundings = {
  namespaces: { restricted: {}, 'cluster-only': {}, unrestricted: {}, other: {}, 'kube-system': {} },
  pods: {
    'restricted/controller': ['10.244.0.11'],
    'restricted/web': ['10.244.0.12'],
    'cluster-only/web': ['10.244.0.13'],
    'unrestricted/web': ['10.244.0.14'],
    'other/web': ['10.244.0.15'],
    'kube-system/kube-dns': ['10.244.0.2'],
  },
  addresses: [
    ...['10.0.0.4', '10.0.0.5', '10.0.0.7', '10.0.0.8', '10.0.0.9', advertisedAddress],
    ...['10.96.0.1', '10.96.0.10', '10.100.0.1', '169.254.20.10', '169.254.169.254', '93.184.216.34'],
  ],
};

interface Effect {
  /** The policies that were written or deleted. */
  readonly changed: readonly string[];
  /** What is let through that was not before. */
  readonly opened: readonly string[];
}

/** What `change` leads to; it has to wait until something of it is seen. */
async function effectOf(change: () => Promise<void>): Promise<Effect> {
  const [before, allowed] = [await policies(), await connectivity()];
  await change();
  await comesToRest(cluster, 1_500);
  const after = await policies();
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return {
    changed: names.filter((name) => before.get(name)?.version !== after.get(name)?.version).sort(),
    opened: beyond(await connectivity(), allowed),
  };
}

async function connectivity(): Promise<Connectivity> {
  const all = await Promise.all(namespaces.map((namespace) => cluster.policies(namespace)));
  return connectivityOf(
    all.flatMap((each) => [...each.values()]),
    around,
  );
}

/** What the policies of a namespace say. */
async function saidIn(namespace: string): Promise<string> {
  return [...(await policies())]
    .flatMap(([key, { spec }]) => (key.startsWith(`${namespace}/`) ? spec : []))
    .join();
}

describe('what was never known', () => {
  test('leads to a finding that names the override, and to no rule: the DNS', async () => {
    await cluster.platformReports('DnsUnknown');
    expect((await discovered()).dns).toBeUndefined();
    expect(await saidIn('restricted')).not.toContain('"port":53');
  });
});

describe('what is found out', () => {
  test('is what the real API server says: its endpoints and its ranges', async () => {
    await known('the API server', ({ kubernetesAPI }) => kubernetesAPI !== undefined);
    const { kubernetesAPI, cluster: ranges } = await discovered();
    const { port } = new URL(cluster.controlPlane.url);
    expect(kubernetesAPI?.endpoints).toEqual([
      { address: '10.96.0.1', port: 443 },
      { address: advertisedAddress, port: Number(port) },
    ]);
    expect(ranges).toEqual({ serviceRanges });
    expect(await saidIn('restricted')).toContain(`${advertisedAddress}/32`);
    expect(await saidIn('cluster-only')).toContain(serviceRanges[0]);
  });

  test('about the DNS follows its Service and its endpoints, and rewrites only the policies for DNS', async () => {
    const { changed, opened } = await effectOf(async () => {
      await createDns(cluster, 5353);
      await known('the DNS', ({ dns }) => dns?.ports?.includes(5353) === true);
    });
    expect(changed).toEqual(['cluster-only/ringfence-dns', 'restricted/ringfence-dns']);
    const asks = (who: string, pods: number, service: number) => [
      `restricted/${who} -> kube-system/kube-dns: ${pods}, ${pods}/UDP`,
      `restricted/${who} -> 10.96.0.10: ${service}, ${service}/UDP`,
    ];
    expect(opened).toEqual([...asks('controller', 5353, 53), ...asks('web', 5353, 53)]);
    expect((await discovered()).dns).toEqual({
      namespace: 'kube-system',
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
      ports: [5353, '5353/UDP'],
      addresses: ['10.96.0.10'],
      servicePorts: [53, '53/UDP'],
    });
    const moved = await effectOf(async () => {
      await cluster.api.json('PATCH', dnsServicePath, { spec: { ports: dnsPorts(1053) } });
      await known('the new port', ({ dns }) => dns?.servicePorts?.includes(1053) === true);
    });
    expect(moved.changed).toEqual(changed);
    expect(moved.opened).toEqual([
      'restricted/controller -> 10.96.0.10: 1053, 1053/UDP',
      'restricted/web -> 10.96.0.10: 1053, 1053/UDP',
    ]);
    expect(await saidIn('restricted')).toContain('"port":1053');
    expect(await saidIn('restricted')).not.toContain('"port":53,');
  });

  test('about a node-local cache follows its ConfigMap', async () => {
    await cluster.api.json('POST', '/api/v1/namespaces/kube-system/configmaps', {
      metadata: { name: 'node-local-dns' },
      data: { Corefile: 'cluster.local:53 {\n  bind 169.254.20.10 10.96.0.10\n}\n' },
    });
    await known('the cache', ({ dns }) => dns?.addresses?.includes('169.254.20.10') === true);
    await cluster.eventually('a rule for it', async () =>
      (await saidIn('restricted')).includes('169.254.20.10/32'),
    );
  });

  test('about the nodes rewrites only the policies that name them', async () => {
    const { changed, opened } = await effectOf(async () => {
      await createNode(cluster, 'a', ['10.0.0.4'], ['10.244.0.0/24']);
      await known('the node', ({ cluster: ranges }) => ranges?.nodeRanges?.includes('10.0.0.4/32') === true);
    });
    expect(changed).toEqual([expect.stringMatching(/^unrestricted\/ringfence-nodes-web-/)]);
    expect(opened).toEqual(['10.0.0.4 -> unrestricted/web: 8080']);
    expect((await discovered()).cluster?.podRanges).toEqual(['10.244.0.0/24']);
    const moved = await effectOf(async () => {
      await cluster.api.json('PATCH', '/api/v1/nodes/a/status', {
        status: { addresses: [{ type: 'InternalIP', address: '10.0.0.7' }] },
      });
      await known('the move', ({ cluster: ranges }) => ranges?.nodeRanges?.[0] === '10.0.0.7/32');
    });
    expect(moved.changed).toEqual(changed);
    expect(moved.opened).toEqual(['10.0.0.7 -> unrestricted/web: 8080']);
  });

  test("about the API server is not taken from a slice that a tenant labels as the API server's", async () => {
    const { changed, opened } = await effectOf(async () => {
      await cluster.api.json(
        'POST',
        `${slices}/default/endpointslices`,
        endpointSlice('by-a-tenant', 'kubernetes', ['10.0.0.9'], [{ name: 'https', port: 25 }]),
      );
      // Changes of one kind are seen in their order: once this one is followed, the slice has been looked at.
      await cluster.api.json('PATCH', dnsSlicePath, { ports: dnsPorts(5354) });
      await known('the new port', ({ dns }) => dns?.ports?.includes(5354) === true);
    });
    expect(isEndpoint(await discovered(), '10.0.0.9')).toBe(false);
    expect(changed).toEqual(['cluster-only/ringfence-dns', 'restricted/ringfence-dns']);
    expect(opened.filter((way) => !way.includes('kube-system/kube-dns'))).toEqual([]);
    expect(await saidIn('restricted')).not.toContain('10.0.0.9');
  });

  test('about the ranges follows every ServiceCIDR', async () => {
    const { changed, opened } = await effectOf(async () => {
      await cluster.api.json('POST', '/apis/networking.k8s.io/v1/servicecidrs', {
        metadata: { name: 'more' },
        spec: { cidrs: ['10.100.0.0/16'] },
      });
      await known(
        'the range',
        ({ cluster: ranges }) => ranges?.serviceRanges?.includes('10.100.0.0/16') === true,
      );
    });
    expect(changed).toEqual(['cluster-only/ringfence-cluster']);
    expect(opened).toEqual(['cluster-only/web -> 10.100.0.1: all']);
  });

  test('opens a range under guardrails', async () => {
    await cluster.createProfile('guarded', 'partners', { routes: [partner('old', '203.0.113.0/24')] });
    await guardedSays('203.0.113.0/24');
  });
});

const partner = (name: string, cidr: string) => ({ name, from: { app: 'web' }, to: { cidr: { cidr } } });

/** Apart from the other namespaces, which show what changes by itself. */
async function saidInGuarded(): Promise<string> {
  return JSON.stringify([...(await cluster.policies('guarded')).values()].map(({ spec }) => spec));
}

async function guardedSays(cidr: string): Promise<void> {
  await cluster.eventually(`a rule for ${cidr}`, async () => (await saidInGuarded()).includes(cidr));
}

describe('what cannot be found out', () => {
  test('keeps its last value, leads to a finding, and rewrites nothing', async () => {
    const before = await discovered();
    const { endpoints } = await cluster.api.json<{ endpoints: readonly object[] }>('GET', dnsSlicePath);
    const { changed, opened } = await effectOf(async () => {
      await cluster.api.json('PATCH', dnsSlicePath, { endpoints: [] });
      await cluster.platformReports('1 finding, the first: LastKnownHolds');
      await cluster.api.json('DELETE', '/api/v1/nodes/a');
      await cluster.platformReports('3 findings');
    });
    expect(changed).toEqual([]);
    expect(opened).toEqual([]);
    expect(await discovered()).toEqual(before);
    await cluster.api.json('PATCH', dnsSlicePath, { endpoints });
    await cluster.platformReports('2 findings');
  });

  test('keeps a range that is enforced under guardrails, and lets a new one wait', async () => {
    await cluster.patchProfile('guarded', 'partners', {
      spec: { routes: [partner('new', '198.51.100.0/24'), partner('old', '203.0.113.0/24')] },
    });
    await cluster.eventually('the new route waits', async () => {
      const profile = await cluster.profile('guarded', 'partners');
      const route = profile?.status?.routes?.find(({ name }) => name === 'new');
      return route?.state === 'Pending' && route.message.includes('spec.cluster.nodeRanges');
    });
    expect(await saidInGuarded()).toContain('203.0.113.0/24');
    expect(await saidInGuarded()).not.toContain('198.51.100.0/24');
  });

  test('is read from the status after a restart, and followed as soon as it can be read', async () => {
    const before = await discovered();
    const path = '/apis/rbac.authorization.k8s.io/v1/clusterroles/ringfence-operator';
    const { rules } = await cluster.api.json<{ rules: { resources: string[] }[] }>('GET', path);
    const gone = ['endpointslices', 'servicecidrs', 'nodes'];
    const left = rules.map((rule) => ({
      ...rule,
      resources: rule.resources.filter((name) => !gone.includes(name)),
    }));
    const role = ['role,rolebinding', '-n', 'kube-system', 'ringfence-operator'];
    const { changed, opened } = await effectOf(async () => {
      await operator().stop();
      await kubectl(cluster.controlPlane, 'delete', ...role);
      await cluster.api.json('PATCH', path, { rules: left.filter(({ resources }) => resources.length > 0) });
      await startOperator();
      const discovering = ['endpointslices.discovery.k8s.io', 'servicecidrs.networking.k8s.io'];
      for (const name of [...discovering, 'nodes', 'configmaps'])
        await operator().logged(`no permission to list and watch ${name}: grant it`);
      await operator().logged('caches synced');
      await cluster.platformReports("can't be read");
    });
    expect(changed).toEqual([]);
    expect(opened).toEqual([]);
    expect(await discovered()).toEqual(before);
    expect((await operator().health('/readyz')).text).toContain('endpointslices.discovery.k8s.io: denied');
    await createNode(cluster, 'b', ['10.0.0.5'], ['10.244.1.0/24']);
    await kubectl(cluster.controlPlane, 'apply', '-k', 'config/rbac');
    await known('the new node', ({ cluster: ranges }) => ranges?.nodeRanges?.[0] === '10.0.0.5/32');
    expect((await discovered()).dns).toEqual(before.dns);
    expect(await saidInGuarded()).toContain('203.0.113.0/24');
    await guardedSays('198.51.100.0/24');
  });

  test('is not waited for if the cluster has no such kind: ServiceCIDRs before Kubernetes 1.33', async () => {
    await operator().stop();
    await cluster.api.json('PATCH', `${platformPath}/status`, { status: { discovered: null } });
    await using proxy = await FaultProxy.start(cluster.controlPlane);
    proxy.inject({ path: /\/servicecidrs/, act: { kind: 'answer', status: 404 } });
    await startOperator({ kubeconfig: await proxy.kubeconfig(await cluster.operatorKubeconfig()) });
    await known('the nodes', ({ cluster: ranges }) => ranges?.nodeRanges !== undefined);
    expect((await discovered()).cluster?.serviceRanges).toBeUndefined();
    await cluster.platformReports('ClusterRangesUnknown');
    expect(await saidIn('cluster-only')).not.toContain(serviceRanges[0]);
    expect(operator().lines.filter(({ msg }) => msg.includes('servicecidrs'))).toEqual([]);
  });
});
