// The parent's side of the supervisor: starts it, gives it orders, and hears when a process ended by itself.
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Component } from './components.ts';
import { endLeftovers } from './leftovers.ts';
import type { Answer, Order, SupervisorMessage } from './supervisor.ts';

export class Supervision {
  readonly #directory: string;
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #exits = new Map<string, string>();
  readonly #pids = new Map<string, number>();
  readonly #gone: Promise<void>;
  #orders = 0;
  #stopping = false;

  private constructor(directory: string, supervisor: ChildProcess) {
    this.#directory = directory;
    this.#process = supervisor;
    supervisor.on('message', (message: SupervisorMessage) => this.#hear(message));
    this.#gone = new Promise((resolve) => {
      supervisor.once('exit', () => resolve(this.#failAll('the supervisor has ended')));
      supervisor.on('error', (error) => {
        this.#failAll(`the supervisor failed: ${error.message}`);
        if (supervisor.pid === undefined) resolve();
      });
    });
    this.#letParentEnd();
  }

  /**
   * Starts a supervisor for `directory`, which it deletes at its end.
   * @param cleaner a module whose `cleanUp(directory)` it calls before that
   */
  static over(directory: string, ...cleaner: readonly [] | readonly [string]): Supervision {
    const supervisor = fork(join(import.meta.dirname, 'supervisor.ts'), [directory, ...cleaner], {
      detached: true,
      // The parent's own flags (a debugger's port, jest's) are not the supervisor's.
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    return new Supervision(directory, supervisor);
  }

  get pid(): number {
    if (this.#process.pid === undefined) throw new Error('the supervisor cannot be run');
    return this.#process.pid;
  }

  /** The pid of each process at its last start, in the order of the first starts. */
  get pids(): ReadonlyMap<string, number> {
    return this.#pids;
  }

  /** How `name` ended, when it ended by itself since its last start. */
  exitOf(name: string): string | undefined {
    return this.#exits.get(name);
  }

  async start(component: Component): Promise<void> {
    this.#exits.delete(component.name);
    const { pid } = await this.#give({ order: 'start', component });
    if (pid !== undefined) this.#pids.set(component.name, pid);
  }

  /** Ends a process with SIGKILL, as a crash would; returns when it is gone. */
  async kill(name: string): Promise<void> {
    await this.#give({ order: 'kill', name });
  }

  /** Halts a process as a machine without processor time would, until `resume`. */
  async halt(name: string): Promise<void> {
    await this.#give({ order: 'signal', name, signal: 'SIGSTOP' });
  }

  async resume(name: string): Promise<void> {
    await this.#give({ order: 'signal', name, signal: 'SIGCONT' });
  }

  /** Stops all processes in order and deletes the directory; returns when all are gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#process.connected) {
      // A supervisor that was killed gives no answer; what it owned is ended below.
      await this.#give({ order: 'stop' }).catch(() => undefined);
      if (this.#process.connected) this.#process.disconnect();
    } else {
      this.#process.kill('SIGTERM');
    }
    this.#process.ref();
    await this.#gone;
    await endLeftovers(this.#directory, [...this.#pids.values()].reverse());
  }

  /** Leaves everything running when this process ends; SIGTERM to `pid` stops it. */
  async letGo(): Promise<void> {
    await this.#give({ order: 'keep' });
    this.#process.disconnect();
  }

  async #give(order: Order): Promise<{ readonly pid?: number }> {
    const number = ++this.#orders;
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(number, resolve));
    this.#process.channel?.ref();
    if (this.#process.connected) this.#process.send({ number, ...order });
    else this.#failAll('the supervisor has ended');
    const answer = await answered;
    if (this.#waiting.size === 0) this.#letParentEnd();
    if ('error' in answer) throw new Error(answer.error);
    return answer;
  }

  /**
   * Nothing here keeps the parent alive while it waits for no answer: at its end the supervisor cleans up. A parent that waits for the
   * end of the supervisor stays alive, whatever orders come late.
   */
  #letParentEnd(): void {
    if (this.#stopping) return;
    this.#process.unref();
    this.#process.channel?.unref();
  }

  #hear(message: SupervisorMessage): void {
    if ('exited' in message) {
      this.#exits.set(message.exited, message.how);
      return;
    }
    this.#waiting.get(message.number)?.(message.answer);
    this.#waiting.delete(message.number);
  }

  #failAll(error: string): void {
    for (const answer of this.#waiting.values()) answer({ error });
    this.#waiting.clear();
  }
}
