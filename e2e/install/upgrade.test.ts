// An upgrade from 0.1.0: the new tool's `plan` lists what the new operator narrows, before that one runs, with the policies in
// place that 0.1.0 wrote; and what the operator then does is what was listed, as soon as a quota has room for it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import type { Ended } from '../../test/cli/tool.ts';
import { useTool } from '../../test/cli/use-tool.ts';
import { conditionOf } from '../cluster.ts';
import { installGatewayApi } from '../gateway-api/crds.ts';
import { kubectl } from '../kubectl.ts';
import { createDns, createNode } from '../support/fixtures.ts';
import { onCluster } from '../support/on-cluster.ts';

/** Where the API server is, which `10.0.0.10` and `6443` stand for in the files. */
let server: { readonly address: string; readonly port: number };

const tool = useTool();
const { cluster, startOperator } = onCluster({
  beforeOperator: async ({ cluster }) => {
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
  },
});

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

test('`plan` lists what is narrowed', async () => {
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
  expect((await plan('text')).stdout).toContain('Connections lost');
});

const quotas = '/api/v1/namespaces/web/resourcequotas';
const counted = 'count/networkpolicies.networking.k8s.io';

/** No quota controller runs here: what it would count is written by hand. */
async function allow(hard: number, used: number): Promise<void> {
  const amounts = { hard: { [counted]: String(hard) }, used: { [counted]: String(used) } };
  await cluster.api.json('PATCH', `${quotas}/few`, { spec: { hard: amounts.hard } });
  await cluster.api.json('PATCH', `${quotas}/few/status`, { status: amounts });
}

/** The policies of `web` that 0.1.0 gave names which they don't have any more. */
const oldNames = ['ringfence-web-app-7acd8b28e1', 'ringfence-web-app-out-8397bba9d7'];

test('if a quota has no room for the new names, the old ones stay, and the status says by how much to raise it', async () => {
  const before = await cluster.policyNames('web');
  expect(before).toEqual(expect.arrayContaining(oldNames));
  await cluster.api.json('POST', quotas, {
    metadata: { name: 'few' },
    spec: { hard: { [counted]: String(before.length) } },
  });
  await allow(before.length + 1, before.length);
  await startOperator({ settle: 0 });
  const says = `the ResourceQuota \`few\` of namespace \`web\` has no room for 1 more policy, with ${before.length + 1} of ${before.length + 1} used; nothing is deleted until they are written: raise its \`${counted}\` by 1 for the upgrade: afterwards the operator deletes 2 of the old policies`;
  await cluster.platformCondition('Ready', 'False', 'NamespacesFailing');
  const failing = await cluster.eventually('the platform profile tells of the quota', async () => {
    const { status } = (await cluster.platformProfile()) ?? {};
    return status?.failing?.some(({ message }) => message.includes('by 1 for')) ? status.failing : undefined;
  });
  expect(failing).toEqual([{ namespace: 'web', reason: 'QuotaExceeded', message: says }]);
  const programmed = await cluster.eventually('the team reads it too', async () => {
    const condition = conditionOf(await cluster.profile('web', 'web'), 'Programmed');
    return condition?.message.includes(says) ? condition : undefined;
  });
  expect(programmed).toMatchObject({ status: 'False', reason: 'QuotaExceeded' });
  const event = await cluster.eventually('and has an Event', async () =>
    (await cluster.events('web')).find(({ reason }) => reason === 'QuotaExceeded'),
  );
  expect(event).toMatchObject({
    note: expect.stringContaining('raise its'),
    regarding: { kind: 'AppNetworkProfile', name: 'web' },
  });
  const after = await cluster.policyNames('web');
  expect(after).toEqual(expect.arrayContaining([...before]));
  expect(after).toHaveLength(before.length + 1);
});

test('when it is raised, the policies are renamed, and the operator has done what was listed', async () => {
  const { length } = await cluster.policyNames('web');
  await allow(length + 1, length);
  await cluster.platformCondition('Ready', 'True', 'Enforced', 120_000);
  const names = await cluster.policyNames('web');
  expect(names).toHaveLength(length - 1);
  expect(names.filter((name) => oldNames.includes(name))).toEqual([]);
  const { status } = (await cluster.platformProfile()) ?? {};
  expect(JSON.stringify(status)).not.toContain('QuotaExceeded');
  expect(conditionOf(await cluster.profile('web', 'web'), 'Ready')?.status).toBe('True');
  expect(await plan('text')).toEqual({ stdout: 'no change\n', stderr: '', exitCode: 0 });
});
