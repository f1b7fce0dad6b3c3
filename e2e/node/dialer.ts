// Tries connections from the network of a pod: the agent runs there as one process for all attempts, so that thousands are cheap. It is
// the pod's network, its addresses and its rules, whatever image the pod runs. Must not know what should be reached.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { dnsAddress } from './addresses.ts';

/** Where to connect to. */
export interface Target {
  /** An address, or a name with all its parts, as `web.shop.svc.cluster.local`. */
  readonly address: string;
  readonly port: number;
  /** `tcp` when absent. `udp` needs a server that answers, as the agent's; `dns` asks the server for `name`. */
  readonly protocol?: 'tcp' | 'udp' | 'dns';
  /** What `dns` asks for. */
  readonly name?: string;
  /** Whether to wait for the name that a TCP server of the agent sends. */
  readonly ask?: boolean;
  /** How long an attempt may take; 2000 when absent. */
  readonly timeoutMs?: number;
}

/**
 * How an attempt ended. `refused`: at once, by the other side or by an enforcer that rejects; `timeout`: without any answer;
 * `unreachable`: there is no way; `no-name`: the DNS does not know the name. Others are the words of the system.
 */
export type Outcome = 'reached' | 'refused' | 'timeout' | 'unreachable' | 'reset' | 'no-name' | (string & {});

export interface Attempt {
  readonly outcome: Outcome;
  /** What a server answered, where it was asked. */
  readonly name?: string;
  /** When it began, in milliseconds since 1970, and how long it took. */
  readonly at: number;
  readonly took: number;
}

/** Attempts that go on until they are stopped. */
export interface Watch {
  /** Those so far that did not end as expected, in the order of their ends. */
  readonly unexpected: readonly Attempt[];
  /** Stops, and waits for the attempts that are under way. @returns how many there were */
  stop(): Promise<number>;
}

export interface WatchOptions {
  /** The pause between two attempts; 50 when absent. */
  readonly everyMs?: number;
  /** What is not worth a line; `reached` when absent. */
  readonly expect?: Outcome;
}

interface Line extends Attempt {
  readonly id: number;
  readonly tried?: number;
}

export class Dialer {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #listeners = new Map<number, (line: Line) => void>();
  #ended: Error | undefined;
  #orders = 0;

  /** @param words that run the agent's `dial` where the attempts should start */
  constructor(words: readonly string[]) {
    const [command = '', ...args] = [...words, '-dns', dnsAddress];
    this.#process = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let said = '';
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    createInterface(this.#process.stdout).on('line', (text) => {
      const line = JSON.parse(text) as Line;
      this.#listeners.get(line.id)?.(line);
    });
    this.#process.stdin.on('error', () => undefined);
    this.#process.on('error', (error) => this.#fail(error.message));
    this.#process.on('close', (code) => this.#fail(said.trim() || `it ended with code ${code}`));
    this.#process.unref();
  }

  /** Whether its process has ended, as when the pod did. */
  get isClosed(): boolean {
    return this.#ended !== undefined;
  }

  /** One attempt. @throws Error where the pod's network is gone */
  async dial(target: Target): Promise<Attempt> {
    const { promise, resolve, reject } = Promise.withResolvers<Attempt>();
    const id = this.#order(target, {}, ({ outcome, name, at, took }) => {
      this.#listeners.delete(id);
      if (at === undefined) return reject(this.#ended);
      resolve({ outcome, at, took, ...(name === undefined ? {} : { name }) });
    });
    return await promise;
  }

  /** Tries again and again, whether or not an attempt has ended before the next one. */
  watch(target: Target, { everyMs = 50, expect = 'reached' }: WatchOptions = {}): Watch {
    const unexpected: Attempt[] = [];
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    // It may fail long before somebody stops it.
    promise.catch(() => undefined);
    const id = this.#order(target, { everyMs, expect }, ({ tried, outcome, at, took }) => {
      if (tried !== undefined) resolve(tried);
      else if (at === undefined) reject(this.#ended);
      else unexpected.push({ outcome, at, took });
    });
    const stop = async () => {
      this.#write({ id, stop: true });
      return await promise.finally(() => this.#listeners.delete(id));
    };
    return { unexpected, stop };
  }

  /** Ends the process with all its attempts. */
  close(): void {
    this.#process.kill('SIGKILL');
  }

  #order(
    { address, port, timeoutMs = 2000, protocol = 'tcp', name, ask }: Target,
    more: object,
    hear: (line: Line) => void,
  ): number {
    this.#orders += 1;
    const id = this.#orders;
    this.#listeners.set(id, hear);
    const host = address.includes(':') ? `[${address}]` : address;
    // After the caller has its id.
    queueMicrotask(() => {
      if (this.#ended !== undefined) hear(noLine);
      else this.#write({ id, address: `${host}:${port}`, timeoutMs, protocol, name, ask, ...more });
    });
    return id;
  }

  #write(order: object): void {
    this.#process.stdin.write(`${JSON.stringify(order)}\n`);
  }

  #fail(why: string): void {
    this.#ended ??= new Error(`no attempt can be made: ${why}`);
    for (const hear of [...this.#listeners.values()]) hear(noLine);
  }
}

/** Stands for the lines that no longer come. */
const noLine = {} as Line;
