// An upgrade from 0.1.0: the new tool's `plan` lists what the new operator narrows, before that one runs, with the policies in
// place that 0.1.0 wrote; and what the operator then does is what was listed.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { type Ended, Tool } from '../test/cli/tool.ts';
import { Cluster } from './cluster.ts';
import { startControlPlane } from './control-plane/control-plane.ts';
import { createDns, createNode } from './furnishings.ts';
import { installGatewayApi } from './gateway-api/crds.ts';
import { kubectl } from './kubectl.ts';
import { OperatorProcess } from './operator-process.ts';

let tool: Tool;
let cluster: Cluster;
/** Where the API server is, which `10.0.0.10` and `6443` stand for in the files. */
let server: { readonly address: string; readonly port: number };

beforeAll(async () => {
  tool = new Tool();
  cluster = new Cluster(await startControlPlane());
  await cluster.installCrds();
  await installGatewayApi(cluster);
  server = await cluster.eventually('the API server tells where it is', addressOfServer);
  await createDns(cluster);
  await createNode(cluster, 'control-plane', [server.address], ['10.244.0.0/24']);
  const manifests = join(tool.folder, 'cluster.yaml');
  writeFileSync(manifests, readFixture('cluster.yaml'));
  await cluster.eventually('every kind is served', () =>
    kubectl(cluster.controlPlane, 'apply', '-f', manifests).then(
      () => true,
      () => undefined,
    ),
  );
  await writePolicies();
}, 900_000);

afterAll(async () => {
  await cluster?.controlPlane.stop();
  tool?.[Symbol.dispose]();
}, 60_000);

async function addressOfServer(): Promise<typeof server | undefined> {
  const slice = await cluster.find<{
    endpoints?: { addresses: string[] }[];
    ports: { port: number }[];
  }>('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes');
  const address = slice?.endpoints?.[0]?.addresses[0];
  const port = slice?.ports[0]?.port;
  return address === undefined || port === undefined ? undefined : { address, port };
}

function readFixture(name: string): string {
  return readFileSync(join(import.meta.dirname, 'upgrade', name), 'utf8')
    .replaceAll('10.0.0.10', server.address)
    .replaceAll('6443', String(server.port));
}

interface Manifest {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly spec: object;
}

/** What 0.1.0 wrote, with the owners that it gave. */
async function writePolicies(): Promise<void> {
  const platform = (await cluster.platformProfile())?.metadata.uid;
  for (const document of parseAllDocuments(readFixture('policies-0.1.0.yaml'))) {
    const { metadata, spec } = document.toJS() as Manifest;
    const profile = metadata.labels['ringfence.dev/profile'];
    const uid =
      profile === undefined ? platform : (await cluster.profile(metadata.namespace, profile))?.metadata.uid;
    const owner = {
      apiVersion: 'ringfence.dev/v1alpha1',
      kind: profile === undefined ? 'PlatformNetworkProfile' : 'AppNetworkProfile',
      name: profile ?? 'default',
      uid,
      controller: true,
    };
    await cluster.createPolicy(metadata.namespace, metadata.name, spec, {
      ...metadata,
      ownerReferences: [owner],
    });
  }
}

function plan(format: 'text' | 'json'): Promise<Ended> {
  return tool.run(`ringfence plan -o ${format} --kubeconfig ${cluster.controlPlane.kubeconfigPath}`);
}

interface Planned {
  readonly connections: {
    readonly gained: readonly object[];
    readonly lost: readonly { from: readonly string[]; to: readonly string[]; ports: readonly string[] }[];
  };
}

test('`plan` lists what is narrowed, and the operator does that', async () => {
  const before = await plan('json');
  expect({ code: before.exitCode, stderr: before.stderr }).toEqual({ code: 1, stderr: '' });
  const { connections } = JSON.parse(before.stdout) as Planned;
  expect(connections.gained).toEqual([]);
  const lost = connections.lost.map(({ from, to, ports }) => `${from} -> ${to}: ${ports}`).sort();
  expect(lost).toEqual([
    'closed/db -> asker/sink: 9000',
    `control-plane-user/agent -> ${server.address}: all`,
    'infra/gate -> routed/shop: 8080',
    'tenant/proxy -> web/web: 8080',
    'web/web -> 198.51.100.66: 25',
  ]);
  expect((await plan('text')).stdout).toContain('is cut off');

  await using _operator = await OperatorProcess.start({
    kubeconfig: await cluster.operatorKubeconfig(),
    settle: 0,
  });
  await cluster.platformCondition('Ready', 'True', 'Enforced', 60_000);
  expect(await plan('text')).toEqual({ stdout: 'no change\n', stderr: '', exitCode: 0 });
}, 180_000);
