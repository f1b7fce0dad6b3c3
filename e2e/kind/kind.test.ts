// What can be known of the run in kind without a container engine: its command lines, that an API server takes its manifests,
// and that what it expects of packets is what the analysis says of the policies that are written.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { defaultTag } from '../../image/build.ts';
import { paths } from '../../image/root.ts';
import { kubernetesVersion } from '../control-plane/kubernetes.ts';
import { poll } from '../control-plane/poll.ts';
import { freePorts } from '../control-plane/ports.ts';
import { applyObjects } from '../kubectl.ts';
import { onCluster } from '../support/on-cluster.ts';
import { createWords, deleteWords, loadWords, nodeImage } from './kind.ts';
import { clients, connectProgram, node, packetObjects, port, stages } from './packets.ts';

const run = promisify(execFile);

describe('the command lines', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ringfence-kind-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A program that only writes down how it is run, and does something else when one of its words is this one. */
  function pretend(name: string, special = 'nothing', instead = 'exit 1'): void {
    const lines = [
      '#!/bin/sh',
      `echo "${name} $*" >> ${folder}/log`,
      `case " $* " in *" ${special} "*) ${instead};; esac`,
    ];
    writeFileSync(join(folder, name), lines.join('\n'), { mode: 0o755 });
  }

  /** What was run, without the name of the folder that the kubeconfig is in. */
  const commands = () =>
    readFileSync(join(folder, 'log'), 'utf8')
      .trim()
      .replaceAll(/\S+(?=\/kubeconfig)/g, '')
      .split('\n');

  /** Runs Node where no other program is found than those. */
  const runNode = (...words: readonly string[]) => run(process.execPath, words, { env: { PATH: folder } });

  const created = ['kind version', `kind ${createWords('/kubeconfig').join(' ')}`];
  const built = [
    'docker info --format {{.ServerVersion}}',
    `docker buildx build --tag ${defaultTag()} --load .`,
  ];
  const loaded = `kind ${loadWords(defaultTag()).join(' ')}`;
  const deleted = `kind ${deleteWords('/kubeconfig').join(' ')}`;

  test('make a cluster with the image, and delete it', async () => {
    pretend('kind');
    pretend('docker');
    const script = `
      const { makers } = await import('./e2e/kind/clusters.ts');
      const cluster = await makers.kind(new AbortController().signal);
      await cluster.loadOperatorImage();
      await cluster.stop();`;
    await runNode('--input-type=module', '--eval', script);
    expect(commands()).toEqual([...created, ...built, loaded, deleted]);
  });

  test.each([
    ['no cluster can be made', 'kind create', created],
    ['the image cannot be built', 'docker buildx build', [...created, ...built]],
    ['the image cannot be given to it', 'kind load', [...created, ...built, loaded]],
  ])('leave nothing where %s', async (_, failing, before) => {
    const failsAt = failing.split(' ').at(-1);
    pretend('kind', failsAt);
    pretend('docker', failsAt);
    await expect(runNode('e2e/kind/run.ts', 'kind')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`e2e:kind: Command failed: ${failing}`),
    });
    expect(commands()).toEqual([...before, deleted]);
  });

  test.each([
    [
      'Ctrl-C, which a terminal sends to all, while the cluster is made',
      'create',
      (pid: number) => process.kill(-pid, 'SIGINT'),
    ],
    ['Ctrl-C while the image is given to it', 'load', (pid: number) => process.kill(-pid, 'SIGINT')],
    [
      'a signal to the run alone while the image is built',
      'build',
      (pid: number) => process.kill(pid, 'SIGTERM'),
    ],
    [
      'a signal to the run alone while the image is given to it',
      'load',
      (pid: number) => process.kill(pid, 'SIGTERM'),
    ],
  ])('leave nothing after %s', async (_, hangsAt, interrupt) => {
    for (const program of ['kind', 'docker']) pretend(program, hangsAt, 'exec /bin/sleep 600');
    const child = spawn(process.execPath, ['e2e/kind/run.ts', 'kind'], {
      detached: true,
      env: { PATH: folder },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (data) => {
      said += String(data);
    });
    const log = async () => readFile(join(folder, 'log'), 'utf8').catch(() => '');
    await poll(async () => (await log()).includes(` ${hangsAt} `), { expired: () => new Error(said) });
    interrupt(child.pid ?? 0);
    const [code] = await once(child, 'close');
    expect([code, said]).toEqual([1, expect.stringMatching(/^e2e:kind: ended by SIG(INT|TERM)$/m)]);
    expect(commands().at(-1)).toBe(deleted);
    expect(commands().filter((command) => command === deleted)).toHaveLength(1);
  });

  test('say what is missing', async () => {
    await expect(runNode('e2e/kind/run.ts', 'kind')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining("`kind` can't be run (spawnSync kind ENOENT): install 0.33 or later"),
    });
    await expect(runNode('e2e/kind/run.ts')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('say on what to run, kind or node'),
    });
  });

  test('create a cluster of the version that is tested without nodes, too', () => {
    expect(createWords('/kubeconfig').join(' ')).toBe(
      `create cluster --name ringfence-e2e --kubeconfig /kubeconfig --config e2e/kind/cluster.yaml --image ${nodeImage} --wait 5m`,
    );
    const minor = (version: string) => /v?(\d+\.\d+)\.\d/.exec(version)?.[1];
    expect(minor(nodeImage)).toBe(minor(kubernetesVersion));
    expect(nodeImage).toMatch(/@sha256:[0-9a-f]{64}$/);
  });

  test('give it the image of config/, and delete it', () => {
    expect(loadWords(defaultTag()).join(' ')).toBe(`load docker-image ${defaultTag()} --name ringfence-e2e`);
    expect(deleteWords('/kubeconfig').join(' ')).toBe(
      'delete cluster --name ringfence-e2e --kubeconfig /kubeconfig',
    );
  });

  test('keep the network plugin of kind, which enforces, on more than one node', () => {
    const { kind, nodes, networking } = parse(readFileSync('e2e/kind/cluster.yaml', 'utf8'));
    expect([kind, nodes.length, networking]).toEqual(['Cluster', 2, undefined]);
  });
});

describe('the packet check', () => {
  const { cluster } = onCluster({
    beforeOperator: async ({ cluster }) => {
      await applyObjects(cluster.controlPlane, packetObjects(defaultTag()));
    },
    operator: { settle: 0 },
  });

  test.each(stages)('expects under $enforcement what the analysis says', async ({ enforcement, reach }) => {
    await cluster.platform({ enforcement });
    await cluster.platformCondition('Ready', 'True', enforcement === 'Enforce' ? 'Enforced' : enforcement);
    expect(await Promise.all(clients.map(isAllowed))).toEqual(
      clients.map((client) => (reach as readonly string[]).includes(client)),
    );
  });

  async function isAllowed(client: string): Promise<boolean> {
    const login = ['--kubeconfig', cluster.controlPlane.kubeconfigPath, '-o', 'json'];
    const words = ['src/main.ts', 'explain', client, 'shop/web', String(port), ...login];
    // Its exit code says the same.
    const { stdout } = await run(process.execPath, words).catch((error: { stdout: string }) => error);
    return (JSON.parse(stdout) as { allowed: boolean }).allowed;
  }

  test('its programs serve and connect, and tell who is not reached', async () => {
    const [web] = packetObjects('image').flatMap((object) => {
      const { metadata, spec } = object as {
        metadata: { name: string };
        spec: { containers?: { command: string[] }[] };
      };
      return metadata.name === 'web' ? (spec.containers ?? []) : [];
    });
    expect(web?.command[0]).toBe(node);
    expect(node).toBe(paths.node);
    const { listening } = await freePorts('listening');
    const server = execFile(process.execPath, [
      ...(web?.command.slice(1) ?? []),
      String(listening),
      '127.0.0.1',
    ]);
    const words = ['--eval', connectProgram, '127.0.0.1', String(listening)];
    const connect = async () => (await run(process.execPath, words)).stdout;
    await cluster.eventually('it is reached', async () => (await connect()) === 'reached\n');
    server.kill();
    await cluster.eventually('it is gone', async () => (await connect()) === 'ECONNREFUSED\n');
  });
});
