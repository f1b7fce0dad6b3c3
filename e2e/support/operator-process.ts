// The operator as its own process, as a user runs it, with its log lines to look at.
// Must not know what the operator should do.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { pino } from 'pino';
import { filesIn } from '../control-plane/components.ts';
import { patienceMs, poll } from '../control-plane/poll.ts';
import { samplesOf } from './prometheus-samples.ts';

/** One line of the log. */
export interface LogLine {
  /** pino's number for the word in the log: 30 is info, 40 warn, 50 error. */
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** How to start it. */
export interface OperatorProcessOptions {
  readonly kubeconfig: string;
  /** Settle time in seconds; short, because no CNI listens here. */
  readonly settle?: number | 'auto';
  readonly flags?: readonly string[];
  /** What to run instead of the sources: the bundle. */
  readonly entry?: string;
  /** A module that is loaded before it. */
  readonly preload?: URL;
  /** Further variables of its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A command that runs an operator, and loads `dieWithParent`. */
export interface OperatorCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Ends an operator when its parent is gone. */
export const dieWithParent = new URL('die-with-parent.ts', import.meta.url);

/** @throws Error if the level is not one of pino's words */
function readLine(line: string): LogLine {
  const { level, ...rest } = JSON.parse(line) as Omit<LogLine, 'level'> & { readonly level: string };
  const number = pino.levels.values[level];
  if (number === undefined)
    throw new Error(`a line of the log has the level ${JSON.stringify(level)}: ${line}`);
  return { ...rest, level: number, msg: String(rest.msg) };
}

/** A running operator. */
export class OperatorProcess implements AsyncDisposable {
  readonly lines: LogLine[] = [];
  readonly #child: ChildProcess;
  #errors = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on('line', (line) => this.lines.push(readLine(line)));
    }
    child.stderr?.on('data', (data) => {
      this.#errors += String(data);
    });
  }

  /**
   * Starts one and returns when it has logged that it started.
   *
   * @throws Error if it would run as the administrator, who may do everything, so that no missing permission would show
   */
  static async start(options: OperatorProcessOptions): Promise<OperatorProcess> {
    const { kubeconfig, settle = 1, flags = [], entry = 'src/main.ts', preload, env = {} } = options;
    if (basename(kubeconfig) === basename(filesIn('').adminKubeconfig))
      throw new Error('run the operator with `cluster.operatorKubeconfig()`');
    const words = [entry, 'operator', '--kubeconfig', kubeconfig, '--health-address', '127.0.0.1:0'];
    return OperatorProcess.run({
      command: process.execPath,
      args: [
        ...['--import', dieWithParent.href, ...(preload === undefined ? [] : ['--import', preload.href])],
        ...words,
        ...['--settle', String(settle), '--log-level', 'debug', ...flags],
      ],
      env: { ...process.env, ...env },
    });
  }

  /** Starts one by whatever command runs it, in an environment that has just `env`. */
  static async run({ command, args, env }: OperatorCommand): Promise<OperatorProcess> {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    const operator = new OperatorProcess(child);
    await operator.logged('operator started');
    return operator;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Whether it has ended, however. */
  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Waits for a line whose message contains `text`, from line number `from` on. */
  async logged(
    text: string,
    { from = 0, timeoutMs }: { from?: number; timeoutMs?: number } = {},
  ): Promise<LogLine> {
    return poll(
      async () => {
        const line = this.lines.slice(from).find(({ msg }) => msg.includes(text));
        if (line === undefined && this.#child.exitCode !== null)
          throw this.#explain(`ended before logging \`${text}\``);
        return line;
      },
      { timeoutMs, everyMs: 20, expired: () => this.#explain(`did not log \`${text}\``) },
    );
  }

  /** Answers of /livez or /readyz: the status and the reasons. */
  async health(path: '/livez' | '/readyz'): Promise<{ status: number; text: string }> {
    const answer = await this.get(path);
    return { status: answer.status, text: await answer.text() };
  }

  /** The numbers of /metrics, by their series, as in `ringfence_namespaces{state="Off"}`. */
  async metrics(): Promise<ReadonlyMap<string, number>> {
    return samplesOf(await (await this.get('/metrics')).text());
  }

  /** An answer of its health server. */
  async get(path: string): Promise<Response> {
    const { healthPort } = await this.logged('operator started');
    return fetch(`http://127.0.0.1:${healthPort}${path}`);
  }

  /** Asks it to end, and waits. Returns the exit code. */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGTERM');
      await once(this.#child, 'exit');
    }
    return this.#child.exitCode;
  }

  /** Waits until it ends by itself, for at most 60 s. Returns the exit code. */
  async ended(): Promise<number | null> {
    if (this.#child.exitCode === null)
      await once(this.#child, 'exit', { signal: AbortSignal.timeout(patienceMs) });
    return this.#child.exitCode;
  }

  /** What it has printed on stderr. */
  get errors(): string {
    return this.#errors;
  }

  /** Ends it as a crash would, also if it is stopped. */
  async kill(): Promise<void> {
    if (this.hasEnded) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  /** Sends it a signal, as SIGSTOP. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #explain(what: string): Error {
    const tail = this.lines.slice(-15).map((line) => JSON.stringify(line));
    return new Error(`the operator ${what}\n${tail.join('\n')}\n${this.#errors}`);
  }
}
