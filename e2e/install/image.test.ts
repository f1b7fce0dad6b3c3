// The image without a container engine: its root, made by the steps of the Dockerfile from what the Dockerfile may see, and
// the operator started in it as the Deployment says: under its user, with a read-only root, with the files of a pod.
import { execFile, execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { libraries, paths, user } from '../../image/root.ts';
import { appNamespace, becomesRight, platformSpec } from '../support/expected-policies.ts';
import { onCluster } from '../support/on-cluster.ts';
import { dieWithParent, OperatorProcess } from '../support/operator-process.ts';
import { sandboxed } from './sandbox.ts';

const run = promisify(execFile);
const serviceAccount = 'var/run/secrets/kubernetes.io/serviceaccount';

let folder: string;
let root: string;
const { cluster } = onCluster({
  namespaces: ['shop'],
  platform: platformSpec,
  beforeOperator: async () => {
    folder = mkdtempSync(join(tmpdir(), 'ringfence-image-'));
    root = join(folder, 'root');
    makeRootAsTheDockerfileDoes();
  },
});

afterAll(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true });
});

/** In a folder that has what .dockerignore lets through, and what `npm ci` brings. */
function makeRootAsTheDockerfileDoes(): void {
  const context = join(folder, 'context');
  const kept = readFileSync('.dockerignore', 'utf8').matchAll(/^!(.+)$/gm);
  for (const [, path = ''] of kept) cpSync(path, join(context, path), { recursive: true });
  symlinkSync(join(process.cwd(), 'node_modules'), join(context, 'node_modules'));
  const words = ['image/root.ts', '--base', '/', '--node', process.execPath, root];
  execFileSync(process.execPath, words, { cwd: context, stdio: 'pipe' });
}

const instruction = (name: string): readonly string[] =>
  JSON.parse(new RegExp(`^${name} (.*)$`, 'm').exec(readFileSync('Dockerfile', 'utf8'))?.[1] ?? '');

describe('the root of the image', () => {
  const files = () =>
    readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());

  test('holds the bundle, Node, its libraries, and papers: no shell, no package manager', () => {
    const bundles = ['main.mjs', 'graphviz.mjs'].flatMap((name) => [name, `${name}.LEGAL.txt`]);
    const ours = ['ringfence.mjs', 'canary.mjs', ...bundles];
    const papers = [
      'LICENSE',
      'copyright',
      'passwd',
      'group',
      'os-release',
      'libc6',
      'libgcc-s1',
      'libstdc++6',
    ];
    const known = new Set<string>([...ours, ...papers, ...libraries, 'node']);
    const others = files()
      .map(({ name }) => name)
      .filter((name) => !known.has(name));
    expect(others).toEqual([expect.stringMatching(/^ld-linux-.*\.so\.\d$/)]);
    const executable = files().filter(
      ({ parentPath, name }) => (statSync(join(parentPath, name)).mode & 0o111) !== 0,
    );
    expect(executable.map(({ name }) => name).sort()).toEqual([
      expect.stringMatching(/^ld-linux-/),
      'node',
      'ringfence.mjs',
    ]);
  });

  test('has all that Node is linked against, and nothing more', () => {
    const linked = execFileSync('ldd', [process.execPath], { encoding: 'utf8' });
    const names = Array.from(linked.matchAll(/^\s*(\S+) => /gm), ([, name]) => name);
    expect(names.sort()).toEqual([...libraries]);
  });

  test('can be written by nobody but root', () => {
    const open = files().filter(
      ({ parentPath, name }) => (statSync(join(parentPath, name)).mode & 0o022) !== 0,
    );
    expect(open).toEqual([]);
  });
});

describe('in the image', () => {
  /** Runs Node in it, and returns what that prints. */
  async function node(...words: readonly string[]): Promise<string> {
    const { command, args } = sandboxed({ root, user }, [paths.node, ...words]);
    return (await run(command, args, { env: {} })).stdout;
  }

  test('nothing can be written, and nothing else be run', async () => {
    const script = `
      const fs = require('node:fs');
      const tryTo = (act) => { try { act(); return 'it worked'; } catch ({ code }) { return code; } };
      console.log(JSON.stringify([
        tryTo(() => fs.writeFileSync('/file', '')),
        tryTo(() => fs.writeFileSync('${paths.bundle}', '')),
        tryTo(() => require('node:child_process').execFileSync('/bin/sh')),
        process.getuid(),
        process.getgroups(),
      ]));`;
    expect(JSON.parse(await node('--eval', script))).toEqual(['EROFS', 'EROFS', 'ENOENT', user, [user]]);
  });

  test('the tool runs too', async () => {
    expect(await node(paths.bundle, '--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await node(paths.bundle, 'crds')).toContain('kind: CustomResourceDefinition');
  });

  test('the tool draws too, what it is given on stdin', () => {
    const files = ['shop/namespaces', 'shop/platform', 'shop/shop', 'workloads/shop'];
    const input = files.map((name) => readFileSync(`config/samples/${name}.yaml`, 'utf8')).join('\n---\n');
    const words = [...instruction('ENTRYPOINT'), 'graph', '-f', '-', '-o', 'svg'];
    const { command, args } = sandboxed({ root, user }, words);
    const drawn = execFileSync(command, args, { input, env: {}, encoding: 'utf8', stdio: 'pipe' });
    expect(drawn).toBe(readFileSync('docs/pictures/shop.svg', 'utf8'));
  });
});

describe('the operator in the image', () => {
  test('logs in as a pod does, rings a namespace, and stops in order', async () => {
    await using operator = await OperatorProcess.run(await asAPod());
    await becomesRight(cluster, ['shop']);
    await cluster.createNamespace('fresh', appNamespace);
    await becomesRight(cluster, ['shop', 'fresh']);
    expect(await operator.health('/readyz')).toEqual({ status: 200, text: 'ok\n' });
    const status = readFileSync(`/proc/${operator.pid}/status`, 'utf8');
    expect(status).toMatch(/^CapEff:\s+0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(await operator.stop()).toBe(0);
    expect(operator.lines.filter(({ level }) => level >= 40)).toEqual([]);
    expect(operator.lines.map(({ msg }) => msg)).toContain('the lease is ours');
  });

  /** The command of the image with the arguments of the Deployment, and what a kubelet gives a pod. */
  async function asAPod() {
    const { spec } = parse(readFileSync('config/manager/deployment.yaml', 'utf8')).spec.template;
    const { args: words } = spec.containers[0] as { args: readonly string[] };
    const secrets = await serviceAccountFiles();
    const image = instruction('ENTRYPOINT');
    // The port of the Deployment may be taken here.
    const { command, args } = sandboxed({ root, user, mounts: { [serviceAccount]: secrets } }, [
      ...[...image, ...words, '--health-address=127.0.0.1:0'],
    ]);
    const { hostname, port } = new URL(cluster.controlPlane.url);
    const orphan = readFileSync(dieWithParent).toString('base64');
    return {
      command,
      args,
      env: {
        KUBERNETES_SERVICE_HOST: hostname,
        KUBERNETES_SERVICE_PORT: port,
        POD_NAMESPACE: 'ringfence-system',
        NODE_OPTIONS: `--import=data:text/javascript;base64,${orphan}`,
      },
    };
  }

  /** What the volume of the Deployment holds. */
  async function serviceAccountFiles(): Promise<string> {
    const { users } = parse(readFileSync(await cluster.operatorKubeconfig(), 'utf8'));
    const secrets = join(folder, 'secrets');
    mkdirSync(secrets);
    writeFileSync(join(secrets, 'token'), users[0].user.token);
    writeFileSync(join(secrets, 'ca.crt'), readFileSync(cluster.controlPlane.caPath));
    return secrets;
  }
});
