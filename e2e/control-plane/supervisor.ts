// The process that owns etcd, the API server and the controller manager, so that they never outlive whoever wanted them.
// It has its own process group, so that Ctrl-C in a terminal does not reach it, and an IPC channel to its parent. When the
// channel closes, for whatever reason (even `kill -9` of the parent), it stops all in order and deletes the directory.
// It knows nothing of Kubernetes but the order of the stop. Run as: node supervisor.ts DIRECTORY [MODULE]; the `cleanUp(DIRECTORY)` of
// that module is called after the last process has ended, before the directory is deleted.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Component } from './components.ts';

/** What a parent may ask. `keep`: live on when the channel closes, until SIGTERM. */
export type Order =
  | { readonly order: 'start'; readonly component: Component }
  | { readonly order: 'kill'; readonly name: string }
  | { readonly order: 'signal'; readonly name: string; readonly signal: 'SIGSTOP' | 'SIGCONT' }
  | { readonly order: 'stop' }
  | { readonly order: 'keep' };

export type Answer = { readonly pid?: number } | { readonly error: string };

/** Answers carry the order's number; an `exited` comes unasked when a process ended that nobody ended. */
export type SupervisorMessage =
  | { readonly number: number; readonly answer: Answer }
  | { readonly exited: string; readonly how: string };

/** The last to be stopped: the API server hangs on, retrying, when etcd goes before it. */
const stoppedLast: readonly string[] = ['kube-controller-manager', 'kube-apiserver', 'etcd'];

/** A throw-away API server that still drains connections after this long is killed. */
const graceMs = 5000;

interface Running {
  readonly child: ChildProcess;
  readonly component: Component;
}

class Supervisor {
  readonly #directory: string;
  readonly #cleanUp: () => Promise<void>;
  readonly #children = new Map<string, Running>();
  readonly #ending = new Set<ChildProcess>();
  #stopping: Promise<void> | undefined;
  kept = false;

  constructor(directory: string, cleanUp: () => Promise<void>) {
    this.#directory = directory;
    this.#cleanUp = cleanUp;
  }

  async obey(order: Order): Promise<Answer> {
    switch (order.order) {
      case 'start':
        return await this.#start(order.component);
      case 'kill':
        await this.#end(order.name, 'SIGKILL');
        return {};
      case 'signal':
        return this.#signal(order.name, order.signal);
      case 'stop':
        await this.stop();
        return {};
      case 'keep':
        this.kept = true;
        return {};
    }
  }

  /** Stops all and deletes the directory, once, however often it is asked. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  #start(component: Component): Promise<Answer> {
    const { name, command, args, log } = component;
    if (this.#stopping !== undefined) return Promise.resolve({ error: 'the control plane is being stopped' });
    if (this.#children.has(name)) return Promise.resolve({ error: `\`${name}\` runs already` });
    const output = openSync(log, 'a');
    const child = spawn(command, [...args], { cwd: this.#directory, stdio: ['ignore', output, output] });
    closeSync(output);
    this.#children.set(name, { child, component });
    child.once('exit', (code, signal) => {
      this.#children.delete(name);
      if (!this.#ending.delete(child)) tell({ exited: name, how: signal ?? `code ${code}` });
    });
    return new Promise((resolve) => {
      child.once('spawn', () => resolve(child.pid === undefined ? {} : { pid: child.pid }));
      child.once('error', (error) => {
        this.#children.delete(name);
        resolve({ error: `\`${command}\` cannot be run: ${error.message}` });
      });
    });
  }

  #signal(name: string, signal: NodeJS.Signals): Answer {
    const running = this.#children.get(name);
    if (running === undefined) return { error: `\`${name}\` does not run` };
    signalTo(running.child, running.component, signal);
    return {};
  }

  /** Ends one process and waits until it is gone. */
  async #end(name: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const running = this.#children.get(name);
    if (running === undefined) return;
    const { child, component } = running;
    this.#ending.add(child);
    const gone = new Promise((resolve) => child.once('exit', resolve));
    const send = (what: NodeJS.Signals) => signalTo(child, component, what);
    send(signal);
    const impatience = setTimeout(() => send('SIGKILL'), graceMs);
    await gone;
    clearTimeout(impatience);
  }

  async #stopAll(): Promise<void> {
    for (const name of [...this.#namesBut(stoppedLast), ...stoppedLast]) {
      const component = this.#children.get(name)?.component;
      if (component?.nested !== true) await this.#end(name, component?.endBy ?? 'SIGTERM');
    }
    await this.#cleanUp();
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }

  /** What runs, the last that was started first. */
  #namesBut(others: readonly string[]): readonly string[] {
    return [...this.#children.keys()].filter((name) => !others.includes(name)).reverse();
  }
}

function signalTo(child: ChildProcess, { nested }: Component, signal: NodeJS.Signals): void {
  const inner = nested === true && child.pid !== undefined ? onlyChildOf(child.pid) : undefined;
  if (inner === undefined) child.kill(signal);
  else process.kill(inner, signal);
}

/** Linux tells the children of a process. */
function onlyChildOf(pid: number): number | undefined {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return child === undefined || child === '' ? undefined : Number(child);
}

/** A parent that has gone needs no answer: an error of the channel is not ours. */
function tell(message: SupervisorMessage): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** What else to do at the end. */
async function cleanUpOf(directory: string, module: string | undefined): Promise<() => Promise<void>> {
  if (module === undefined) return async () => undefined;
  const { cleanUp } = (await import(module)) as { cleanUp: (directory: string) => Promise<void> };
  return () => cleanUp(directory);
}

function main(directory: string, cleanUp: () => Promise<void>): void {
  const supervisor = new Supervisor(directory, cleanUp);
  const stopAndExit = () => supervisor.stop().finally(() => process.exit());
  process.on('message', ({ number, ...order }: Order & { number: number }) => {
    supervisor.obey(order as Order).then(
      (answer) => tell({ number, answer }),
      (error: Error) => tell({ number, answer: { error: error.message } }),
    );
  });
  process.on('disconnect', () => {
    if (!supervisor.kept) stopAndExit();
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stopAndExit);
  // A kept supervisor without processes would otherwise have nothing to wait for.
  setInterval(() => undefined, 2 ** 30);
}

const [, , directory, module] = process.argv;
if (directory === undefined) throw new Error('usage: node supervisor.ts DIRECTORY [MODULE]');
main(directory, await cleanUpOf(directory, module));
