// What can be known of the run in kind without a container engine: its command lines, that an API server takes its manifests,
// and that what it expects of packets is what the analysis says of the policies that are written.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { defaultTag } from '../../image/build.ts';
import { paths } from '../../image/root.ts';
import { kubernetesVersion } from '../control-plane/kubernetes.ts';
import { freePorts } from '../control-plane/ports.ts';
import { kubectl } from '../kubectl.ts';
import { onCluster } from '../support/on-cluster.ts';
import { createWords, deleteWords, loadWords, nodeImage } from './kind.ts';
import { clients, connectProgram, node, packetObjects, port, stages } from './packets.ts';

const run = promisify(execFile);

describe('the command lines', () => {
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
      const file = join(cluster.controlPlane.directory, 'packets.json');
      const list = { apiVersion: 'v1', kind: 'List', items: packetObjects(defaultTag()) };
      writeFileSync(file, JSON.stringify(list));
      await kubectl(cluster.controlPlane, 'apply', '--validate=strict', '-f', file);
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
