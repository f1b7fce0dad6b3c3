// `npm run e2e:kind`: a cluster with real nodes and a network plugin that enforces. Builds the image, installs it by config/,
// checks with packets that policies do what they say, and runs the end-to-end tests that can run in a cluster that they did
// not start. Needs Docker and kind; KEEP=1 leaves the cluster. See docs/kind.md for what was run where.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { buildImage, defaultTag } from '../../image/build.ts';
import { ensureBinaries } from '../control-plane/binaries.ts';
import { existingCluster } from '../support/open-cluster.ts';
import { createWords, deleteWords, loadWords } from './kind.ts';
import { clients, connectProgram, namespaces, node, packetObjects, port, stages } from './packets.ts';

const kubeconfig = join(mkdtempSync(join(tmpdir(), 'ringfence-kind-')), 'kubeconfig');
const { kubectl: kubectlPath } = await ensureBinaries(['kubectl'], {});
const image = defaultTag();
const rollout = ['--namespace', 'ringfence-system', 'deployment/ringfence-operator'];

/** A plugin takes some time to follow a policy. */
const patienceMs = 60_000;

try {
  checkKind();
  say('building the image');
  buildImage({ tag: image, platforms: '', push: false });
  await inCluster(async () => {
    say('installing config/default');
    kubectl('apply', '-k', 'config/default');
    kubectl('wait', '--for=condition=Established', '--timeout=60s', 'crd', '--all');
    kubectl('rollout', 'status', '--timeout=120s', ...rollout);
    await checkPackets();
    // The tests bring an operator of their own.
    kubectl('scale', '--replicas=0', ...rollout);
    kubectl('delete', 'platformnetworkprofile', 'default');
    say('running the end-to-end tests that can run here');
    runTests();
  });
} catch (error) {
  say((error as Error).message);
  process.exitCode = 1;
}

/** @throws Error where it is missing */
function checkKind(): void {
  const { error } = spawnSync('kind', ['version']);
  if (error !== undefined) throw new Error(`\`kind\` can't be run (${error.message}): install 0.33 or later`);
}

/** Does something in a cluster that is gone afterwards. */
async function inCluster(act: () => Promise<void>): Promise<void> {
  say('creating the cluster');
  run('kind', createWords(kubeconfig));
  try {
    run('kind', loadWords(image));
    await act();
  } finally {
    if (process.env.KEEP) say(`the cluster stays: export KUBECONFIG=${kubeconfig}`);
    else run('kind', deleteWords(kubeconfig));
  }
}

async function checkPackets(): Promise<void> {
  say('checking with packets');
  const objects = Map.groupBy(packetObjects(image), ({ kind }) => kind === 'Namespace');
  apply(objects.get(true) ?? []);
  // A pod is refused as long as its namespace has no service account.
  for (const namespace of namespaces)
    kubectl('wait', '--for=create', '--timeout=60s', '--namespace', namespace, 'serviceaccount/default');
  apply(objects.get(false) ?? []);
  for (const namespace of namespaces)
    kubectl('wait', '--for=condition=Ready', '--timeout=120s', '--namespace', namespace, 'pods', '--all');
  const address = kubectl('get', 'pod', 'web', '--namespace', 'shop', '--output', 'jsonpath={.status.podIP}');
  for (const { enforcement, reach } of stages) {
    const patch = JSON.stringify({ spec: { enforcement } });
    kubectl('patch', 'platformnetworkprofile', 'default', '--type=merge', '--patch', patch);
    await becomes(reach, address);
    say(`${enforcement}: ${reach.join(', ')} reach shop/web, and nobody else`);
  }
}

/** @throws Error where others reach `address` for so long, or not all of these */
async function becomes(reach: readonly string[], address: string): Promise<void> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const found = clients.filter((client) => reaches(client, address));
    if (isDeepStrictEqual(found, [...reach])) return;
    if (performance.now() > end) throw new Error(`[${found}] reach shop/web, not [${reach}]`);
    await sleep(1_000);
  }
}

function reaches(client: string, address: string): boolean {
  const [namespace = '', pod = ''] = client.split('/');
  const words = [node, '--eval', connectProgram, address, String(port)];
  return kubectl('exec', '--namespace', namespace, pod, '--', ...words).trim() === 'reached';
}

/** The tests that open a cluster, and don't start a control plane of their own. */
function runTests(): void {
  const files = readdirSync('e2e', { recursive: true, encoding: 'utf8' })
    .map((file) => `e2e/${file}`)
    .filter((file) => file.endsWith('.test.ts') && readFileSync(file, 'utf8').includes('onAnyCluster('));
  const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--runInBand', ...files];
  run(process.execPath, [...jest, '--selectProjects', 'e2e'], { [existingCluster]: kubeconfig });
}

function apply(items: readonly object[]): void {
  const list = { apiVersion: 'v1', kind: 'List', items };
  kubectlWith(JSON.stringify(list), 'apply', '--validate=strict', '-f', '-');
}

function kubectl(...words: readonly string[]): string {
  return kubectlWith('', ...words);
}

function kubectlWith(input: string, ...words: readonly string[]): string {
  return execFileSync(kubectlPath, ['--kubeconfig', kubeconfig, ...words], {
    input,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

function run(command: string, words: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  execFileSync(command, words, { stdio: 'inherit', env: { ...process.env, ...env } });
}

function say(text: string): void {
  process.stderr.write(`e2e:kind: ${text}\n`);
}
