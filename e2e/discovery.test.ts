// What the operator finds out about the cluster: followed as it moves, remembered over a restart while it can't be read, and
// never widened by what is missing. The API server's own slice, its Service and its ServiceCIDR are the real ones.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Cluster, type StoredDiscovery } from './cluster.ts';
import { advertisedAddress, serviceRanges } from './control-plane/components.ts';
import { startControlPlane } from './control-plane/control-plane.ts';
import { kubectl } from './kubectl.ts';
import { OperatorProcess } from './operator-process.ts';
import { comesToRest } from './right-set.ts';

const quick = ['--service-delay', '0.1', '--node-delay', '0.3'];

let cluster: Cluster;
let kubeconfig: string;
let operator: OperatorProcess;
const start = () => OperatorProcess.start({ kubeconfig, settle: 0, flags: quick });

beforeAll(async () => {
  const controlPlane = await startControlPlane();
  cluster = new Cluster(controlPlane);
  await cluster.installCrds();
  await kubectl(controlPlane, 'apply', '-k', 'config/rbac');
  kubeconfig = await controlPlane.serviceAccountKubeconfig('ringfence-system', 'ringfence-operator');
  for (const namespace of ['nodes', 'bystander']) await cluster.createNamespace(namespace, { app: 'yes' });
  operator = await start();
  await cluster.platform({
    enforcement: 'Enforce',
    namespaces: { selector: { matchLabels: { app: 'yes' } } },
  });
  await cluster.createProfile('nodes', 'nodes', {
    routes: [{ name: 'probes', from: { nodes: {} }, to: { app: 'web' }, ports: [8080] }],
  });
  await cluster.platformCondition('Ready', 'True', 'Enforced');
}, 900_000);

afterAll(async () => {
  await operator?.stop();
  await cluster?.controlPlane.stop();
}, 60_000);

const slices = '/apis/discovery.k8s.io/v1/namespaces';

/** Waits until the status says so. */
async function known(what: string, isKnown: (discovered: StoredDiscovery) => boolean): Promise<void> {
  let last: StoredDiscovery | undefined;
  await cluster.eventually(
    what,
    async () => {
      last = (await cluster.platformProfile())?.status?.discovered;
      return last !== undefined && isKnown(last) ? true : undefined;
    },
    { instead: async () => JSON.stringify(last) },
  );
}

async function discovered(): Promise<StoredDiscovery> {
  return (await cluster.platformProfile())?.status?.discovered ?? {};
}

/** The version of each policy that is ours, which changes with each write. */
async function versions(): Promise<ReadonlyMap<string, string>> {
  const namespaces = ['nodes', 'bystander'];
  const all = await Promise.all(namespaces.map((namespace) => cluster.policies(namespace)));
  return new Map(
    all.flatMap((policies) =>
      [...policies.values()].map(({ metadata: { namespace, name, resourceVersion } }) => [
        `${namespace}/${name}`,
        resourceVersion,
      ]),
    ),
  );
}

/** The policies that `change` led to a write of; it has to wait until something of it is seen. */
async function written(change: () => Promise<void>): Promise<readonly string[]> {
  const before = await versions();
  await change();
  await comesToRest(cluster, 1_500);
  const after = await versions();
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.filter((name) => before.get(name) !== after.get(name)).sort();
}

async function acceptedMessage(): Promise<string> {
  const conditions = (await cluster.platformProfile())?.status?.conditions ?? [];
  return conditions.find(({ type }) => type === 'Accepted')?.message ?? '';
}

function endpointSlice(
  name: string,
  service: string,
  addresses: readonly string[],
  ports: readonly object[],
): object {
  return {
    metadata: { name, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    endpoints: addresses.map((address) => ({ addresses: [address] })),
    ports,
  };
}

describe('what is found out', () => {
  test('is where the real API server says that it is, and its real ranges', async () => {
    await known('the API server', ({ kubernetesAPI }) => kubernetesAPI !== undefined);
    const { kubernetesAPI, cluster: ranges } = await discovered();
    expect(kubernetesAPI?.endpoints).toEqual([
      { address: '10.96.0.1', port: 443 },
      { address: advertisedAddress, port: Number(new URL(cluster.controlPlane.url).port) },
    ]);
    expect(ranges).toEqual({ serviceRanges });
  });

  test('of the DNS follows its Service and its endpoints', async () => {
    const ports = (number: number) => [
      { name: 'dns', port: number, protocol: 'UDP' },
      { name: 'dns-tcp', port: number, protocol: 'TCP' },
    ];
    const servicePath = '/api/v1/namespaces/kube-system/services';
    await cluster.api.json('POST', servicePath, {
      metadata: { name: 'kube-dns' },
      spec: { clusterIP: '10.96.0.10', selector: { 'k8s-app': 'kube-dns' }, ports: ports(53) },
    });
    await cluster.api.json(
      'POST',
      `${slices}/kube-system/endpointslices`,
      endpointSlice('kube-dns-x7f2q', 'kube-dns', ['10.244.0.2', '10.244.1.2'], ports(5353)),
    );
    await known('the DNS', ({ dns }) => dns?.ports?.includes(5353) === true);
    expect((await discovered()).dns).toEqual({
      namespace: 'kube-system',
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
      ports: [5353, '5353/UDP'],
      addresses: ['10.96.0.10'],
      servicePorts: [53, '53/UDP'],
    });
    await cluster.api.json('PATCH', `${servicePath}/kube-dns`, { spec: { ports: ports(1053) } });
    await known('the new port', ({ dns }) => dns?.servicePorts?.includes(1053) === true);
  });

  test('of a node-local cache follows its ConfigMap', async () => {
    await cluster.api.json('POST', '/api/v1/namespaces/kube-system/configmaps', {
      metadata: { name: 'node-local-dns' },
      data: { Corefile: 'cluster.local:53 {\n  bind 169.254.20.10 10.96.0.10\n}\n' },
    });
    await known('the cache', ({ dns }) => dns?.addresses?.includes('169.254.20.10') === true);
  });

  test('of the nodes rewrites just the policies that name them', async () => {
    const changed = await written(async () => {
      await cluster.api.json('POST', '/api/v1/nodes', {
        metadata: { name: 'a' },
        spec: { podCIDRs: ['10.244.0.0/24'] },
        status: { addresses: [{ type: 'InternalIP', address: '10.0.0.4' }] },
      });
      await known('the node', ({ cluster: ranges }) => ranges?.nodeRanges?.includes('10.0.0.4/32') === true);
    });
    expect(changed).toEqual([expect.stringMatching(/^nodes\/ringfence-/)]);
    expect((await discovered()).cluster?.podRanges).toEqual(['10.244.0.0/24']);
    expect(
      await written(async () => {
        await cluster.api.json('PATCH', '/api/v1/nodes/a/status', {
          status: { addresses: [{ type: 'InternalIP', address: '10.0.0.7' }] },
        });
        await known('the move', ({ cluster: ranges }) => ranges?.nodeRanges?.[0] === '10.0.0.7/32');
      }),
    ).toEqual(changed);
  });

  test('of the API server follows every slice, and of the ranges every ServiceCIDR', async () => {
    await cluster.api.json(
      'POST',
      `${slices}/default/endpointslices`,
      endpointSlice('kubernetes-second', 'kubernetes', ['10.0.0.9'], [{ name: 'https', port: 6443 }]),
    );
    await cluster.api.json('POST', '/apis/networking.k8s.io/v1/servicecidrs', {
      metadata: { name: 'more' },
      spec: { cidrs: ['10.100.0.0/16'] },
    });
    const has = (discovery: StoredDiscovery, address: string) =>
      discovery.kubernetesAPI?.endpoints.some((endpoint) => endpoint.address === address) === true;
    await known('the second API server', (discovery) => has(discovery, '10.0.0.9'));
    await known(
      'the range',
      ({ cluster: ranges }) => ranges?.serviceRanges?.includes('10.100.0.0/16') === true,
    );
    const path = `${slices}/default/endpointslices/kubernetes-second`;
    await cluster.api.json('PATCH', path, { endpoints: [{ addresses: ['10.0.0.8'] }] });
    await known('the move', (discovery) => has(discovery, '10.0.0.8') && !has(discovery, '10.0.0.9'));
    await cluster.api.json('DELETE', path);
    await known('its end', (discovery) => !has(discovery, '10.0.0.8'));
  });
});

describe('what can not be found out', () => {
  test('stays as it was, is a finding, and rewrites nothing', async () => {
    const before = await discovered();
    const path = `${slices}/kube-system/endpointslices/kube-dns-x7f2q`;
    const { endpoints } = await cluster.api.json<{ endpoints: readonly object[] }>('GET', path);
    const changed = await written(async () => {
      await cluster.api.json('PATCH', path, { endpoints: [] });
      await cluster.eventually('the finding', async () =>
        (await acceptedMessage()).includes('LastKnownHolds') ? true : undefined,
      );
      await cluster.api.json('DELETE', '/api/v1/nodes/a');
      await cluster.eventually('the other finding', async () =>
        (await acceptedMessage()).includes('3 findings') ? true : undefined,
      );
    });
    expect(changed).toEqual([]);
    expect(await discovered()).toEqual(before);
    await cluster.api.json('PATCH', path, { endpoints });
    await cluster.eventually('fewer findings', async () =>
      (await acceptedMessage()).includes('2 findings') ? true : undefined,
    );
  });

  test('is read from the status after a restart, and followed as soon as it can be read', async () => {
    const before = await discovered();
    await kubectl(
      cluster.controlPlane,
      'delete',
      'role,rolebinding',
      '-n',
      'kube-system',
      'ringfence-operator',
    );
    const rolePath = '/apis/rbac.authorization.k8s.io/v1/clusterroles/ringfence-operator';
    const { rules } = await cluster.api.json<{ rules: { resources: string[] }[] }>('GET', rolePath);
    const gone = ['endpointslices', 'servicecidrs', 'nodes'];
    const changed = await written(async () => {
      await operator.stop();
      await cluster.api.json('PATCH', rolePath, {
        rules: rules.map((rule) => ({
          ...rule,
          resources: rule.resources.filter((name) => !gone.includes(name)).concat('nothing'),
        })),
      });
      operator = await start();
      for (const name of [
        'endpointslices.discovery.k8s.io',
        'servicecidrs.networking.k8s.io',
        'nodes',
        'configmaps',
      ])
        await operator.logged(`no permission to list and watch ${name}: grant it`);
      await operator.logged('caches synced');
      await cluster.eventually('the findings', async () =>
        (await acceptedMessage()).includes("can't be read") ? true : undefined,
      );
    });
    expect(changed).toEqual([]);
    expect(await discovered()).toEqual(before);
    expect((await operator.health('/readyz')).text).toContain('endpointslices.discovery.k8s.io: denied');
    await cluster.api.json('POST', '/api/v1/nodes', {
      metadata: { name: 'b' },
      status: { addresses: [{ type: 'InternalIP', address: '10.0.0.5' }] },
    });
    await kubectl(cluster.controlPlane, 'apply', '-k', 'config/rbac');
    await known('the new node', ({ cluster: ranges }) => ranges?.nodeRanges?.[0] === '10.0.0.5/32');
    expect((await discovered()).dns).toEqual(before.dns);
  });
});
