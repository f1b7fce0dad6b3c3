// A machine: net, mount, pid, uts, ipc and cgroup namespaces of its own, in which a Kubernetes node runs as if it were alone. Its first
// process waits for nothing and reaps; when that ends, all others do, and the kernel takes the namespaces away.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Component } from '../control-plane/components.ts';
import { poll } from '../control-plane/poll.ts';
import type { Supervision } from '../control-plane/supervision.ts';
import { createCgroups, inCgroups } from './cgroups.ts';

const run = promisify(execFile);

/** All that a machine has of its own. */
const namespaces = ['--net', '--mount', '--pid', '--uts', '--ipc', '--cgroup'];

export interface MachineOptions {
  /** Unique in its node. */
  readonly name: string;
  /** Of the node. */
  readonly directory: string;
  /** The path of the agent, whose `pause` is the first process. */
  readonly agent: string;
}

export class Machine {
  readonly #name: string;
  readonly #directory: string;
  readonly #cgroups: readonly string[];
  /** The pid of the first process, as the host sees it. */
  readonly pid: number;

  private constructor({ name, directory }: MachineOptions, cgroups: readonly string[], pid: number) {
    this.#name = name;
    this.#directory = directory;
    this.#cgroups = cgroups;
    this.pid = pid;
  }

  /** @throws Error where the host grants no namespaces */
  static async start(supervision: Supervision, options: MachineOptions): Promise<Machine> {
    const { name, directory, agent } = options;
    const cgroups = await createCgroups(directory, name);
    const log = join(directory, `${name}.log`);
    // Ends with the supervisor, even if that is killed.
    const unshare = ['setpriv', '--pdeathsig', 'KILL', 'unshare', ...namespaces];
    const first = [
      '--propagation',
      'private',
      '--fork',
      '--mount-proc',
      '--kill-child=SIGKILL',
      agent,
      'pause',
    ];
    await supervision.start({
      name,
      ...inCgroups(directory, cgroups, [...unshare, ...first]),
      log,
      endBy: 'SIGKILL',
    });
    const outer = supervision.pids.get(name);
    const pid = await poll(() => firstProcess(outer, agent), {
      everyMs: 5,
      expired: async () =>
        new Error(`no namespaces for \`${name}\`: ${await readFile(log, 'utf8').catch(() => 'no log')}`),
    });
    return new Machine(options, cgroups, pid);
  }

  /** The words that run a command in the machine, in front of it. */
  get enter(): readonly string[] {
    return ['nsenter', '--target', String(this.pid), ...namespaces, '--'];
  }

  /** A process that runs in the machine until that ends. */
  component(name: string, command: string, args: readonly string[]): Component {
    return {
      name,
      ...inCgroups(this.#directory, this.#cgroups, [...this.enter, command, ...args]),
      log: join(this.#directory, `${name}.log`),
      nested: true,
    };
  }

  /**
   * Runs a command in the machine.
   * @returns what it prints
   * @throws Error with what it prints to stderr
   */
  async run(...words: readonly string[]): Promise<string> {
    const [command = '', ...args] = [...this.enter, ...words];
    return (await run(command, args, { maxBuffer: 2 ** 26 })).stdout;
  }

  /** Runs lines of shell in the machine, up to the first that fails. */
  async script(lines: readonly string[]): Promise<void> {
    await this.run('sh', '-euc', lines.join('\n'), this.#name);
  }

  /** Runs a command of the host in the machine's network alone, where pids are those of the host. */
  async runInNetwork(...words: readonly string[]): Promise<string> {
    return (await run('nsenter', ['--target', String(this.pid), '--net', '--', ...words])).stdout;
  }
}

/** The child of `unshare`, once it has become the agent. */
async function firstProcess(outer: number | undefined, agent: string): Promise<number | undefined> {
  const children = await readFile(`/proc/${outer}/task/${outer}/children`, 'utf8').catch(() => '');
  const pid = Number(children.trim() || Number.NaN);
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return commandLine.startsWith(agent) ? pid : undefined;
}
