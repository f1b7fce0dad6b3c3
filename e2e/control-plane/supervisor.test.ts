// However its user ends, a control plane ends with it: this is what keeps a developer's machine clean.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from '@jest/globals';
import { runCommand } from '../support/run-command.ts';
import type { Component } from './components.ts';
import { startControlPlane } from './control-plane.ts';
import { belongsTo } from './leftovers.ts';
import { poll } from './poll.ts';
import { Supervision } from './supervision.ts';

interface Started {
  readonly directory: string;
  readonly pids: readonly number[];
}

const moduleNamed = (file: string): string => JSON.stringify(join(import.meta.dirname, file));

/** A program that starts a whole control plane and says where. */
const wholeControlPlane = `
  import { startControlPlane } from ${moduleNamed('control-plane.ts')};
  const { directory, pids, supervisorPid } = await startControlPlane();
  console.log(JSON.stringify({ directory, pids: [...pids.values(), supervisorPid] }));
`;

/** Quicker: a program that starts only an etcd under a supervisor, and says where. */
const onlyEtcd = `
  import { mkdtempSync } from 'node:fs';
  import { tmpdir } from 'node:os';
  import { ensureBinaries } from ${moduleNamed('binaries.ts')};
  import { etcd } from ${moduleNamed('components.ts')};
  import { freePorts } from ${moduleNamed('ports.ts')};
  import { Supervision } from ${moduleNamed('supervision.ts')};
  const directory = mkdtempSync(tmpdir() + '/ringfence-supervisor-');
  const binaries = await ensureBinaries(['etcd']);
  const supervision = Supervision.over(directory);
  await supervision.start(etcd(binaries.etcd, directory, await freePorts('etcd')));
  console.log(JSON.stringify({ directory, pids: [...supervision.pids.values(), supervision.pid] }));
`;

const andWait = 'setInterval(() => {}, 1000);';

/** Runs a program in a process group of its own, as a shell runs a command in a terminal. */
async function runProgram(text: string): Promise<{ parent: ChildProcess; pid: number; started: Started }> {
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', text], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (parent.stdout === null || parent.pid === undefined) throw new Error('the program cannot be run');
  const [line] = await once(createInterface(parent.stdout), 'line');
  return { parent, pid: parent.pid, started: JSON.parse(line) };
}

async function alive({ directory, pids }: Started): Promise<number[]> {
  const ours = await Promise.all(pids.map((pid) => belongsTo(directory, pid)));
  return pids.filter((_, index) => ours[index]);
}

/** Resolves to the pids that are left, once the directory is gone, which is the last thing that a supervisor does. */
async function leftOver(started: Started): Promise<number[]> {
  await poll(async () => !existsSync(started.directory), {
    expired: async () => new Error(`\`${started.directory}\` still exists, alive: ${await alive(started)}`),
  });
  return await poll(async () => ((await alive(started)).length === 0 ? [] : undefined), {
    expired: async () => new Error(`still alive: ${await alive(started)}`),
  });
}

describe('a control plane ends, and its directory is deleted', () => {
  test('when its parent is killed', async () => {
    const { pid, started } = await runProgram(wholeControlPlane + andWait);
    expect(await alive(started)).toHaveLength(3);
    process.kill(pid, 'SIGKILL');
    expect(await leftOver(started)).toEqual([]);
  });

  test('when its parent is terminated', async () => {
    const { pid, started } = await runProgram(onlyEtcd + andWait);
    expect(await alive(started)).toHaveLength(2);
    process.kill(pid, 'SIGTERM');
    expect(await leftOver(started)).toEqual([]);
  });

  test('when somebody presses Ctrl-C, which a terminal sends to the whole process group', async () => {
    const { pid, started } = await runProgram(onlyEtcd + andWait);
    expect(await alive(started)).toHaveLength(2);
    process.kill(-pid, 'SIGINT');
    expect(await leftOver(started)).toEqual([]);
  });

  test('when its parent fails', async () => {
    const { started } = await runProgram(`${onlyEtcd}; process.exit(3);`);
    expect(await leftOver(started)).toEqual([]);
  });

  test('when its parent forgets to stop it, which does not keep the parent alive', async () => {
    const { started } = await runProgram(onlyEtcd);
    expect(await leftOver(started)).toEqual([]);
  });

  test('when even its supervisor was killed, at the stop', async () => {
    const controlPlane = await startControlPlane();
    const { directory, supervisorPid } = controlPlane;
    const started = { directory, pids: [...controlPlane.pids.values()] };
    process.kill(supervisorPid, 'SIGKILL');
    await poll(async () => !(await belongsTo(directory, supervisorPid)), {
      expired: () => new Error('the supervisor lives'),
    });
    expect(await alive(started)).toHaveLength(2);
    await controlPlane.stop();
    expect(await alive(started)).toEqual([]);
    expect(existsSync(directory)).toBe(false);
  });
});

describe('a supervisor', () => {
  /** A shell in place of a binary; its log shows what it was reported. */
  const shell = (name: Component['name'], directory: string, script: string): Component => ({
    name,
    command: 'sh',
    args: ['-c', script, directory],
    log: join(directory, `${name}.log`),
  });

  async function withSupervision(
    work: (supervision: Supervision, directory: string) => Promise<void>,
  ): Promise<void> {
    const directory = await mkdtemp(join(tmpdir(), 'ringfence-supervisor-'));
    const supervision = Supervision.over(directory);
    try {
      await work(supervision, directory);
    } finally {
      await supervision.stop();
    }
  }

  test('says how a process ended that nobody ended', async () => {
    await withSupervision(async (supervision, directory) => {
      await supervision.start(shell('etcd', directory, 'exit 7'));
      const how = await poll(async () => supervision.exitOf('etcd'), {
        expired: () => new Error('nothing was said'),
      });
      expect(how).toBe('code 7');
      await supervision.start(shell('etcd', directory, 'exec sleep 60'));
      expect(supervision.exitOf('etcd')).toBeUndefined();
      await supervision.kill('etcd');
      expect(supervision.exitOf('etcd')).toBeUndefined();
    });
  });

  test('refuses to start what runs, and says what cannot be run', async () => {
    await withSupervision(async (supervision, directory) => {
      const sleeping = shell('etcd', directory, 'exec sleep 60');
      await supervision.start(sleeping);
      await expect(supervision.start(sleeping)).rejects.toThrow('`etcd` runs already');
      const absent = { ...sleeping, name: 'kube-apiserver' as const, command: join(directory, 'absent') };
      await expect(supervision.start(absent)).rejects.toThrow(/absent` cannot be run: .*ENOENT/);
    });
  });

  test('is waited for to its end, though somebody orders something after the stop', async () => {
    const program = `
      import { mkdtempSync } from 'node:fs';
      import { tmpdir } from 'node:os';
      import { Supervision } from ${moduleNamed('supervision.ts')};
      const directory = mkdtempSync(tmpdir() + '/ringfence-supervisor-');
      const supervision = Supervision.over(directory);
      const late = { name: 'late', command: 'true', args: [], log: directory + '/late.log' };
      const stopped = supervision.stop();
      let refusal;
      while (refusal !== 'the supervisor has ended') {
        refusal = await supervision.start(late).then(() => 'none', ({ message }) => message);
      }
      await stopped;
      console.log('stopped');`;
    const words = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program];
    const outcome = await runCommand(process.execPath, words, { ...process.env, NODE_OPTIONS: '' });
    expect(outcome).toEqual({ code: 0, stdout: 'stopped\n', stderr: '' });
  });

  test('stops the API server before etcd, whatever started first', async () => {
    const record = await mkdtemp(join(tmpdir(), 'ringfence-order-'));
    await withSupervision(async (supervision, directory) => {
      const recording = (name: Component['name']) =>
        shell(
          name,
          directory,
          `trap 'echo ${name} >> ${record}/order; exit 0' TERM; echo ready >> ${record}/ready; while :; do sleep 0.05; done`,
        );
      for (const name of ['kube-apiserver', 'etcd', 'kube-controller-manager'] as const) {
        await supervision.start(recording(name));
      }
      await poll(async () => (await linesOf(join(record, 'ready'))).length === 3, {
        expired: () => new Error('the shells do not start'),
      });
    });
    expect(await linesOf(join(record, 'order'))).toEqual([
      'kube-controller-manager',
      'kube-apiserver',
      'etcd',
    ]);
    await rm(record, { recursive: true });
  });
});

const linesOf = async (path: string): Promise<string[]> => {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
};
