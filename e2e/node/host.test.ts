// The host stays as it was: while nodes run, after they stopped, and however their users end.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { poll } from '../control-plane/poll.ts';
import { inCgroups } from './cgroups.ts';
import { removeLeftovers } from './clean-up.ts';
import { startNode } from './node.ts';
import { describeOnNode } from './on-node.ts';
import { cgroupsOf, isGone, noProcessOf, processesOf } from './remains.ts';
import { nodeEnvironment } from './requirements.ts';

const run = promisify(execFile);

/** Settings that count, or that the kernel changes by itself. */
const alive =
  /\/(random\/|quota\/|dentry-state|file-nr|inode-nr|inode-state|aio-nr|ns_last_pid|nr$|nf_conntrack_count|drop_caches|epoch)/;

/** What a node could change of the host, as text by its name. */
async function hostState(): Promise<ReadonlyMap<string, string>> {
  const commands = [
    ['ip', '-details', 'link'],
    ['ip', 'address'],
    ['ip', 'route', 'show', 'table', 'all'],
    ['ip', 'rule'],
    ['nft', 'list', 'ruleset'],
    ['ipset', 'list'],
    ['hostname'],
  ].map(async ([command = '', ...args]) => {
    const { stdout } = await run(command, args, { env: nodeEnvironment });
    // Addresses of IPv6 tell how long they are valid.
    return [[command, ...args].join(' '), stdout.replaceAll(/\d+sec/g, 'some time')] as const;
  });
  const folders = ['/etc', '/run', '/opt', '/var/lib'].map(
    async (path) => [path, await listing(path)] as const,
  );
  const files = ['/proc/mounts', '/proc/modules'].map(
    async (path) => [path, await readFile(path, 'utf8').catch(() => '')] as const,
  );
  return new Map(await Promise.all([...commands, ...folders, ...files, settings()]));
}

/** The entries of a folder, with the times of their last change. */
async function listing(path: string): Promise<string> {
  const names = (await readdir(path)).sort();
  const lines = await Promise.all(
    names.map(async (name) => {
      const { mtimeMs } = await stat(join(path, name)).catch(() => ({ mtimeMs: 0 }));
      return `${name} ${mtimeMs}`;
    }),
  );
  return lines.join('\n');
}

async function settings(): Promise<readonly ['/proc/sys', string]> {
  const entries = await readdir('/proc/sys', { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !alive.test(path))
    .sort();
  const lines = await Promise.all(
    paths.map(async (path) => `${path} ${await readFile(path, 'utf8').catch(() => '')}`.trimEnd()),
  );
  return ['/proc/sys', lines.join('\n')];
}

describeOnNode('the host', () => {
  test('is the same before, during and after two nodes side by side, one of them of two machines and both families', async () => {
    const before = await hostState();
    const nodes = await Promise.all([
      startNode({ dns: false }),
      startNode({ dns: false, nodes: 2, family: 'dual', enforcer: 'kube-network-policies' }),
    ]);
    const directories = nodes.map(({ controlPlane }) => controlPlane.directory);
    const versions = await Promise.all(nodes.map(({ api }) => api.text('GET', '/version')));
    const during = await hostState();
    await Promise.all(nodes.map((node) => node.stop()));
    expect(new Set(directories).size).toBe(2);
    expect(versions[0]).toBe(versions[1]);
    const after = await hostState();
    for (const [name, text] of before) {
      expect([name, during.get(name)]).toEqual([name, text]);
      expect([name, after.get(name)]).toEqual([name, text]);
    }
    expect(directories.filter((directory) => existsSync(directory))).toEqual([]);
    expect(directories.flatMap(cgroupsOf)).toEqual([]);
  });
});

interface Started {
  readonly directory: string;
  readonly supervisor: number;
}

/** A program that starts a node, says so, and waits. */
const program = `
  const { startNode } = await import(${JSON.stringify(join(import.meta.dirname, 'node.ts'))});
  const { controlPlane } = await startNode({ dns: false, enforcer: 'none' });
  console.log(JSON.stringify({ directory: controlPlane.directory, supervisor: controlPlane.supervisorPid }));
  setInterval(() => {}, 1000);
`;

async function runProgram(): Promise<{ parent: ChildProcess; started: Started }> {
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (parent.stdout === null) throw new Error('the program cannot be run');
  const [line] = await once(createInterface(parent.stdout), 'line');
  return { parent, started: JSON.parse(line) };
}

/** The processes of a node that its cgroups do not hold. */
async function outsideOfCgroups({ directory }: Started): Promise<readonly string[]> {
  const all = await processesOf(directory);
  const cgroups = await Promise.all(
    all.map((pid) => readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => directory)),
  );
  return all.filter((_, index) => !cgroups[index]?.includes(basename(directory)));
}

/** Runs a process as a forwarder that did not notice that its supervisor has ended. @returns the signal that ends it */
async function outlive({ directory }: Started): Promise<NodeJS.Signals | null> {
  const folders = cgroupsOf(directory).map((folder) => join(folder, 'outside'));
  const { command, args } = inCgroups(directory, folders, ['sleep', '600']);
  const [, signal] = await once(spawn(command, args), 'exit');
  return signal;
}

describeOnNode('nothing is left of a node', () => {
  test.each([
    ['when its parent is killed', (parent: number) => process.kill(parent, 'SIGKILL')],
    ['after Ctrl-C, which a terminal sends to all', (parent: number) => process.kill(-parent, 'SIGINT')],
  ])('%s', async (_, end) => {
    const { parent, started } = await runProgram();
    expect((await processesOf(started.directory)).length).toBeGreaterThan(8);
    end(parent.pid ?? 0);
    await isGone(started.directory);
    expect(cgroupsOf(started.directory)).toEqual([]);
  });

  test('after the next start, when its supervisor is killed too; its processes end at once', async () => {
    const { parent, started } = await runProgram();
    expect(await removeLeftovers()).not.toContain(basename(started.directory));
    expect(await outsideOfCgroups(started)).toEqual([String(started.supervisor)]);
    process.kill(started.supervisor, 'SIGKILL');
    parent.kill('SIGKILL');
    await noProcessOf(started.directory);
    expect(cgroupsOf(started.directory)).not.toEqual([]);
    const forwarder = outlive(started);
    await poll(async () => (await processesOf(started.directory)).length === 1, {
      expired: () => new Error('it does not run'),
    });
    expect(await removeLeftovers()).toContain(basename(started.directory));
    expect(await forwarder).toBe('SIGKILL');
    expect(existsSync(started.directory)).toBe(false);
    expect(cgroupsOf(started.directory)).toEqual([]);
  });
});
