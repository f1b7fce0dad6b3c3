// The command line of the node. Its programs are found by RINGFENCE_NODE_ASSETS, so that this way of getting them is walked, too.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findBinaries } from '../binaries/find-binaries.ts';
import { ensureBinaries } from '../control-plane/binaries.ts';
import { belongsTo } from '../control-plane/leftovers.ts';
import { binaryNames } from '../control-plane/versions.ts';
import { type Outcome, runCommand } from '../support/run-command.ts';
import { nodeBinaries, nodeBinaryNames } from './node-binaries.ts';
import { describeOnNode } from './on-node.ts';
import { whyNotHere } from './requirements.ts';

/** A home of its own, so that the node of anyone who runs this test is left alone. */
let home: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'ringfence-home-'));
  const [assets, ofControlPlane] = [join(home, 'assets'), join(home, 'control-plane')];
  env = {
    ...process.env,
    NODE_OPTIONS: '',
    XDG_CACHE_HOME: home,
    RINGFENCE_NODE_ASSETS: assets,
    KUBEBUILDER_ASSETS: ofControlPlane,
  };
  // Else what is missing there would be built.
  const sources = [
    [assets, (await whyNotHere()) === undefined ? await findBinaries(nodeBinaries, nodeBinaryNames) : {}],
    [ofControlPlane, await ensureBinaries(binaryNames)],
  ] as const;
  for (const [folder, paths] of sources) {
    mkdirSync(folder);
    for (const [name, path] of Object.entries(paths)) symlinkSync(path, join(folder, name));
  }
});

afterAll(() => rmSync(home, { recursive: true }));

const run = (command: string, args: readonly string[]): Promise<Outcome> => runCommand(command, args, env);

const main = join(import.meta.dirname, 'command.ts');
const node = (...args: readonly string[]): Promise<Outcome> => run(process.execPath, [main, ...args]);

describe('without a node', () => {
  test.each(['env', 'exec'])('`%s` says how to start one', async (verb) => {
    const { code, stderr } = await node(verb, ...(verb === 'exec' ? ['hostname'] : []));
    expect([code, stderr]).toEqual([1, 'error: no node is up: start one with `npm run -s node -- up`\n']);
  });

  test.each([
    [['--nodes', '3'], '`--nodes` is 1 or 2, not `3`'],
    [['--enforcer', 'calico'], '`--enforcer` is kube-router, kube-network-policies, none, not `calico`'],
    [['--dual', '--enforcer', 'kube-router'], 'take `kube-network-policies` for dual stack'],
  ])('`up %s` is refused', async (words, why) => {
    const { code, stderr } = await node('up', ...words);
    expect(code).toBe(1);
    expect(stderr).toContain(why);
  });
});

describeOnNode('a node started by hand', () => {
  const state = (): { directory: string; supervisorPid: number } =>
    JSON.parse(readFileSync(join(home, 'ringfence', 'node', 'node.json'), 'utf8'));

  afterAll(async () => {
    await node('down');
  });

  test('outlives its command, and is used through `env` and `exec`', async () => {
    const up = await node('up', '--nodes', '2', '--enforcer', 'none');
    expect(up.stdout).toMatch(/^ring-1, ring-2: up after [\d.]+ s at https:\/\/127\.0\.0\.1:\d+\n/);
    expect((await node('up')).stdout).toMatch(/^ring-1, ring-2: already up at https:/);
    expect((await node('up', '--nodes', '2')).code).toBe(0);
    expect(await node('up', '--nodes', '1', '--dual', '--enforcer', 'none')).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'error: a node is already up with `--nodes 2`, not `--nodes 1`, and IPv4 alone, not `--dual`: stop it first with `npm run -s node -- down`\n',
    });
    expect((await node('up', '--enforcer', 'kube-router')).stderr).toContain(
      'up with `--enforcer none`, not `--enforcer kube-router`: stop it first',
    );
    const script = 'eval "$("$0" "$1" env)" && kubectl get nodes -o name';
    const { stdout } = await run('sh', ['-c', script, process.execPath, main]);
    expect(stdout).toBe('node/ring-1\nnode/ring-2\n');
    expect(await node('exec', '--node', 'ring-2', 'hostname')).toMatchObject({ code: 0, stdout: 'ring-2\n' });
    expect(await node('exec', 'sh', '-c', 'exit 7')).toMatchObject({ code: 7 });
    expect((await node('exec', '--node', 'x', 'hostname')).stderr).toBe(
      'error: no node is called `x`, but ring-1 and ring-2\n',
    );
  });

  test('runs pods as its page shows', async () => {
    const page = readFileSync('docs/node.md', 'utf8');
    const [, script = '', shown] =
      /```sh\n(kubectl create namespace[\s\S]*?)```\n\n```text\n([\s\S]*?)```/.exec(page) ?? [];
    const login = 'eval "$("$0" "$1" env)"';
    const { stdout, stderr } = await run('sh', ['-ec', `${login}\n${script}`, process.execPath, main]);
    expect([stderr, stdout]).toEqual(['', shown]);
  });

  test('is gone after `down`, with all its files', async () => {
    const { directory, supervisorPid } = state();
    expect(await belongsTo(directory, supervisorPid)).toBe(true);
    expect((await node('down')).stdout).toBe('the node is stopped and its data deleted\n');
    expect(await belongsTo(directory, supervisorPid)).toBe(false);
    expect(existsSync(directory)).toBe(false);
    expect((await node('down')).stdout).toBe('none is up\n');
  });
});
