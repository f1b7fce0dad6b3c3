// The bundled operator as its own process, with its health port. Must not know what it is measured for.

import { poll } from '../../e2e/control-plane/poll.ts';
import { freePorts } from '../../e2e/control-plane/ports.ts';
import { samplesOf } from '../../e2e/support/prometheus-samples.ts';
import type { Arena } from '../arena.ts';
import type { ContenderProcess } from '../contender-process.ts';
import { startCommand } from '../contenders.ts';

/** How long its event loop was late since the last scrape, in milliseconds. */
export interface EventLoopLag {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const quantiles = { p50: '0.5', p99: '0.99', max: '1' } as const;

/** An operator that runs as `npm start` runs it. */
export class RunningOperator {
  readonly process: ContenderProcess;
  /** When it was started, by `performance.now()`. */
  readonly startedAt: number;
  readonly #url: string;

  private constructor(process: ContenderProcess, startedAt: number, port: number) {
    this.process = process;
    this.startedAt = startedAt;
    this.#url = `http://127.0.0.1:${port}`;
  }

  /** Starts one; `stack` ends it. */
  static async start(stack: AsyncDisposableStack, arena: Arena): Promise<RunningOperator> {
    const { health } = await freePorts('health');
    const flags = [
      '--kubeconfig',
      arena.kubeconfig,
      '--health-address',
      `127.0.0.1:${health}`,
      '--settle',
      '1',
    ];
    const startedAt = performance.now();
    const operator = arena.start(stack, { command: process.execPath, args: [...startCommand(), ...flags] });
    return new RunningOperator(operator, startedAt, health);
  }

  /** Waits until it is ready: its caches are synced. Returns when it was, by `performance.now()`. */
  async ready(timeoutMs: number): Promise<number> {
    const isReady = async () => {
      const answer = await fetch(`${this.#url}/readyz`).catch(() => undefined);
      return answer?.ok === true && performance.now();
    };
    return poll(isReady, { timeoutMs, everyMs: 20, expired: () => new Error('the operator is not ready') });
  }

  /** The lag of its event loop since the last call; undefined if it does not tell. */
  async takeLag(): Promise<EventLoopLag | undefined> {
    const samples = samplesOf(await (await fetch(`${this.#url}/metrics`)).text());
    const at = (quantile: string) => samples.get(`ringfence_event_loop_lag_seconds{quantile="${quantile}"}`);
    const [p50, p99, max] = [at(quantiles.p50), at(quantiles.p99), at(quantiles.max)];
    if (p50 === undefined || p99 === undefined || max === undefined) return undefined;
    return { p50: p50 * 1000, p99: p99 * 1000, max: max * 1000 };
  }
}
