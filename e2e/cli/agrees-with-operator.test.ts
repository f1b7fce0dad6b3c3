// The tool and the operator say the same: what `render` prints of every sample is what the operator writes, and what the verbs
// say of a live cluster is what they say of the same objects in files. The tool reads only, and kubectl finds it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { useTool } from '../../test/cli/use-tool.ts';
import type { StoredPolicy } from '../cluster.ts';
import { ensureBinaries } from '../control-plane/binaries.ts';
import { kubectl } from '../kubectl.ts';
import { createDns, createNode } from '../support/fixtures.ts';
import { onCluster } from '../support/on-cluster.ts';

const samples = 'config/samples';
/** Their platform is that of the systems, which has all that the ends of the others need. */
const manifests = ['shop', 'ends', 'systems']
  .flatMap((folder) => readdirSync(join(samples, folder)).map((file) => join(samples, folder, file)))
  .filter((file) => !file.endsWith('platform.yaml'));

/** Everything that the verbs look at. */
const kinds = [
  ...['namespaces', 'nodes', 'services', 'endpointslices', 'networkpolicies', 'ingresses', 'ingressclasses'],
  ...['pods', 'deployments', 'statefulsets', 'daemonsets', 'replicasets', 'jobs', 'cronjobs'],
  ...['servicecidrs', 'appnetworkprofiles', 'platformnetworkprofiles', 'networkpauses'],
];

const tool = useTool();
const { cluster, stopOperators, auditLog } = onCluster({
  audit: [{ level: 'Metadata' }],
  beforeOperator: async ({ cluster }) => {
    await createDns(cluster);
    await createNode(cluster, 'a', ['10.0.0.4'], ['10.244.0.0/24']);
  },
  operator: { settle: 0 },
});

/** A text in which equal specs are equal byte for byte: fields have no order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

/** Only files have lines in which a profile stands. */
function withoutPlace<Said extends { readonly stdout: string }>(said: Said): Said {
  return { ...said, stdout: said.stdout.replace(/(profile `\w+` in namespace `shop`) \([^)]*\)/, '$1') };
}

type Policy = Pick<StoredPolicy, 'spec'> & { readonly metadata: { namespace: string; name: string } };

function specsOf(policies: readonly Policy[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    policies
      .map(({ metadata: { namespace, name }, spec }) => [`${namespace}/${name}`, canonical(spec)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

async function written(): Promise<Readonly<Record<string, string>>> {
  const selector = 'app.kubernetes.io/managed-by=ringfence';
  const list = await cluster.api.json<{ items: Policy[] }>(
    'GET',
    `/apis/networking.k8s.io/v1/networkpolicies?labelSelector=${encodeURIComponent(selector)}`,
  );
  return specsOf(list.items);
}

async function rendered(...files: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const { stdout, stderr, exitCode } = await tool.run(
    `ringfence render ${files.map((file) => `-f ${file}`).join(' ')}`,
  );
  if (exitCode !== 0) throw new Error(stderr);
  return specsOf(parseAllDocuments(stdout).map((document) => document.toJS() as Policy));
}

/** Saves what kubectl prints of some objects, as a person would. */
async function dump(name: string, ...words: readonly string[]): Promise<string> {
  const path = join(tool.folder, name);
  writeFileSync(path, await kubectl(cluster.controlPlane, 'get', ...words, '-o', 'yaml'));
  return path;
}

/** The operator has come to rest in this mode. */
async function rests(spec: object): Promise<void> {
  await cluster.platform({ enforcement: 'Enforce', ...spec });
  await cluster.platformCondition('Ready', 'True', 'Enforced');
}

describe('what `render` prints is what the operator writes', () => {
  test('of the sample shop, from its files alone', async () => {
    await kubectl(cluster.controlPlane, 'apply', '-f', `${samples}/shop`, '-f', `${samples}/workloads`);
    await rests({});
    const policies = await rendered(`${samples}/shop`, `${samples}/workloads`);
    expect(Object.keys(policies).length).toBeGreaterThan(5);
    expect(await written()).toEqual(policies);
  });

  test.each(['Unrestricted', 'ClusterOnly', 'Restricted'])(
    'of all samples, with `egress: %s` and what is found out about the cluster',
    async (egress) => {
      const files = [...manifests, `${samples}/systems/platform.yaml`];
      await kubectl(cluster.controlPlane, 'apply', ...files.flatMap((file) => ['-f', file]));
      await rests({ egress });
      const platform = await dump('platform.yaml', 'platformnetworkprofiles', 'default');
      const policies = await rendered(platform, ...manifests);
      expect(Object.keys(policies).length).toBeGreaterThan(30);
      expect(await written()).toEqual(policies);
    },
  );
});

describe('what the verbs say of a live cluster', () => {
  let files: string;
  let changed: string;
  let environment: Readonly<Record<string, string>>;

  /** Somebody who may list and nothing else. */
  const reader = 'system:serviceaccount:ringfence-system:reader';

  beforeAll(async () => {
    // It would go on writing statuses meanwhile.
    await stopOperators();
    files = await dump('cluster.yaml', kinds.join(','), '-A');
    changed = join(tool.folder, 'changed.yaml');
    const list = parse(readFileSync(files, 'utf8')) as {
      items: { kind: string; spec?: { routes?: object[] } }[];
    };
    const items = list.items.map((item) =>
      item.kind === 'AppNetworkProfile'
        ? { ...item, spec: { ...item.spec, routes: item.spec?.routes?.slice(1) } }
        : item,
    );
    writeFileSync(changed, stringify({ ...list, items }, { aliasDuplicateObjects: false }));
    for (const line of [
      'create serviceaccount reader -n ringfence-system',
      'create clusterrole reader --verb=list --resource=*.*',
      'create clusterrolebinding reader --clusterrole=reader --serviceaccount=ringfence-system:reader',
    ]) {
      await kubectl(cluster.controlPlane, ...line.split(' '));
    }
    environment = {
      KUBECONFIG: await cluster.controlPlane.serviceAccountKubeconfig('ringfence-system', 'reader'),
    };
  });

  const said = async (line: string) => {
    const { stdout, exitCode } = await tool.run(line, { environment });
    return { stdout, exitCode };
  };

  test.each([
    ['explain shop/web-console shop/mongo 27017', 0],
    ['explain shop/report shop/mongo 27017', 1],
    ['explain shop/web-console service/shop/mongo', 0],
    ['explain shop/nosqlclient 93.184.216.34 443', 1],
    ['matrix', 0],
    ['matrix -n shop -o json', 0],
    ['matrix --to shop/mongo -o csv', 0],
    ['graph', 0],
    ['graph -n shop -o svg', 0],
  ])('`%s` is what it says of the files', async (line, exitCode) => {
    const live = await said(`ringfence ${line}`);
    const ofFiles = await said(`ringfence ${line} -f ${files}`);
    expect(withoutPlace(live)).toEqual(withoutPlace(ofFiles));
    expect(live.exitCode).toBe(exitCode);
    expect(live.stdout).not.toBe('');
  });

  test('`matrix` says since when a policy is there', async () => {
    const { stdout } = await said('ringfence matrix --to shop/mongo -o csv');
    const [, ...lines] = stdout.trim().split('\r\n');
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines.filter((each) => each.includes('ringfence-'))) {
      expect(line).toMatch(/,(platform|namespace [\w-]+),\d{4}-\d\d-\d\dT[\d:]+Z,,$/);
    }
  });

  test('`plan` is what it says of the files', async () => {
    const live = await said(`ringfence plan -f ${changed}`);
    expect(live).toEqual(await said(`ringfence plan -f ${changed} --against ${files}`));
    expect(live.exitCode).toBe(1);
    expect(live.stdout).toMatch(/^Connections lost, /m);
    expect(await said(`ringfence plan -f ${files}`)).toEqual({ stdout: 'no change\n', exitCode: 0 });
  });

  test('`--platform-from-cluster` adds the platform profile of the cluster to files', async () => {
    const team = [`${samples}/shop/namespaces.yaml`, `${samples}/shop/shop.yaml`, `${samples}/workloads`];
    const line = `ringfence matrix ${team.map((file) => `-f ${file}`).join(' ')}`;
    const platform = await dump('platform.yaml', 'platnet');
    const answer = await said(`${line} --platform-from-cluster`);
    expect(answer).toEqual(await said(`${line} -f ${platform}`));
    expect(answer.stdout).not.toEqual((await said(`${line} --no-platform`)).stdout);
    const without = await tool.run(line, { environment });
    expect(without).toMatchObject({
      stderr: expect.stringContaining('`--platform-from-cluster`'),
      exitCode: 2,
    });
    const twice = await tool.run(`${line} -f ${platform} --platform-from-cluster`, { environment });
    expect(twice).toMatchObject({
      stdout: '',
      stderr: expect.stringContaining('leave one out'),
      exitCode: 2,
    });
  });

  test('`lint --platform-from-cluster` does not miss a namespace of the cluster, nor judges its platform profile', async () => {
    const file = join(tool.folder, 'team.yaml');
    const lead = (name: string, to: object) => ({ name, from: { app: 'web-console' }, to });
    const routes = [
      lead('by-name', { namespace: { name: 'shop-admin', pods: {} } }),
      lead('by-label', {
        namespace: { selector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop-admin' } }, pods: {} },
      }),
      lead('misspelt', { namespace: { name: 'shop-admni', pods: {} } }),
    ];
    const profile = {
      ...{ apiVersion: 'ringfence.dev/v1alpha1', kind: 'AppNetworkProfile' },
      metadata: { name: 'team', namespace: 'shop' },
      spec: { egress: 'Restricted', routes },
    };
    writeFileSync(file, JSON.stringify(profile));
    const { stdout, stderr } = await tool.run(`ringfence lint -f ${file} --platform-from-cluster -o json`, {
      environment,
    });
    const told = (JSON.parse(stdout) as readonly Readonly<Record<string, string>>[]).map(
      ({ code, path, hint }) => [code, path, hint],
    );
    expect(told).toEqual([
      [
        'NamespaceMissing',
        'spec.routes[misspelt].to.namespace.name',
        expect.stringContaining('`shop-admin`'),
      ],
    ]);
    expect(stderr).toContain('`shop-admin` is in the cluster and not in the input');
    expect(stderr).not.toContain('assumed to exist');
  });

  test('`lint` is what it says of the files, and what only a whole cluster shows', async () => {
    const findings = async (more: string) => {
      const { stdout, exitCode } = await said(`ringfence lint -o json ${more}`);
      const told = JSON.parse(stdout) as Readonly<Record<string, unknown>>[];
      expect(exitCode).toBe(1);
      return told.map(({ file: _file, line: _line, column: _column, ...finding }) => canonical(finding));
    };
    const [live, ofFiles] = [await findings(''), await findings(`-f ${files}`)];
    expect(live).toEqual(expect.arrayContaining(ofFiles));
    const more = live.filter((finding) => !ofFiles.includes(finding));
    // In files, a namespace, or the pods of a shared system, may be missing.
    const isOfWhole = /: no namespace has|no pod is monitoring system/;
    expect(more.filter((finding) => !isOfWhole.test(finding))).toEqual([]);
    expect(ofFiles.length).toBeGreaterThan(5);
  });

  test('and they ask for lists, nothing else', () => {
    const requests = readFileSync(auditLog(), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { user: { username: string }; verb: string })
      .filter(({ user }) => user.username === reader);
    expect(requests.length).toBeGreaterThan(100);
    expect([...new Set(requests.map(({ verb }) => verb))]).toEqual(['list']);
  });

  test('`kubectl ringfence` is the tool, and says its name', async () => {
    const { kubectl: binary } = await ensureBinaries(['kubectl'], {});
    const path = `PATH=$PATH:${dirname(binary)}`;
    const question = 'explain shop/report shop/mongo 27017';
    expect(await said(`${path} kubectl ringfence ${question}`)).toEqual(await said(`ringfence ${question}`));
    const help = await said(`${path} kubectl ringfence explain --help`);
    expect(help.stdout).toMatch(/^Usage: kubectl ringfence explain /);
    expect(help.stdout).toContain('\n  kubectl ringfence explain shop/web shop/mongo 27017\n');
  });
});
