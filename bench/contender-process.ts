// A contender as its own process: started, given orders, asked for its memory, ended. Its output goes to a file, so
// that reading it costs the benchmark nothing. Must not know which contender it is.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { poll } from '../e2e/control-plane/poll.ts';

/** The unit of processor times in Linux, for every program: USER_HZ. */
const ticksPerSecond = 100;

/** What to start. */
export interface CommandLine {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A running contender. */
export class ContenderProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #log: string;
  /** Resolves when it has ended, or could not be started. */
  readonly #ended: Promise<void>;

  /** @param log the file for what it prints */
  constructor({ command, args, env = {} }: CommandLine, log: string) {
    const output = openSync(log, 'w');
    this.#log = log;
    this.#child = spawn(command, args, {
      stdio: ['pipe', output, output],
      // What this machine sets for Node or Go is not measured.
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    });
    closeSync(output);
    this.#ended = new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
      this.#child.on('error', () => resolve());
    });
    this.#child.stdin?.on('error', () => {});
  }

  /** The processor time that it has taken, in seconds. Linux only. */
  cpuSeconds(): number {
    // Fields 14 and 15 of proc_pid_stat(5), in ticks; the second field is a name in parentheses.
    const [, fields = ''] = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8').split(') ');
    const [user, system] = fields.split(' ').slice(11, 13).map(Number);
    if (user === undefined || system === undefined)
      throw new Error('this system does not tell processor times');
    return (user + system) / ticksPerSecond;
  }

  /** Writes one line to its standard input. */
  tell(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** Writes one line to its standard input, and returns the next line that it prints. */
  async ask(line: string): Promise<string> {
    const before = this.#printed().length;
    this.tell(line);
    const next = async () => this.#printed()[before];
    const answer = poll(next, { everyMs: 20, expired: () => new Error(`no answer to ${line}`) });
    return Promise.race([answer, this.failed()]);
  }

  #printed(): readonly string[] {
    return readFileSync(this.#log, 'utf8').split('\n').slice(0, -1);
  }

  /** The most memory that it ever had resident, in MiB. Linux only. */
  peakMemoryMiB(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
    if (kibibytes === undefined) throw new Error('this system does not tell the peak memory of a process');
    return Number(kibibytes) / 1024;
  }

  /** Rejects, with what it printed last, when it ends by itself or can't be started; never resolves. */
  async failed(): Promise<never> {
    await this.#ended;
    const tail = readFileSync(this.#log, 'utf8').split('\n').slice(-15).join('\n');
    throw new Error(`\`${this.#child.spawnargs.join(' ')}\` ended:\n${tail}`);
  }

  /** @throws Error if it could not be started */
  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error(`\`${this.#child.spawnargs.join(' ')}\` was not started`);
    return pid;
  }

  /** Sends it a signal, as SIGKILL. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Asks it to end, and waits. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#runs) return;
    this.#child.kill('SIGTERM');
    await this.#ended;
  }

  get #runs(): boolean {
    const { pid, exitCode, signalCode } = this.#child;
    return pid !== undefined && exitCode === null && signalCode === null;
  }
}
