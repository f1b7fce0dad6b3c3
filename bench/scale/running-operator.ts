// The bundled operator as its own process, with its health port. Must not know what it is measured for.

import { setTimeout as sleep } from 'node:timers/promises';
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

/** It computes nothing when it takes less processor time than this in a second. */
const idleSeconds = 0.05;

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

  /** Starts one; `stack` ends it. @param more further flags */
  static async start(
    stack: AsyncDisposableStack,
    arena: Arena,
    more: readonly string[] = [],
  ): Promise<RunningOperator> {
    const { health } = await freePorts('health');
    const flags = ['--kubeconfig', arena.kubeconfig, '--health-address', `127.0.0.1:${health}`];
    const args = [...startCommand(), ...flags, '--settle', '1', ...more];
    const startedAt = performance.now();
    const operator = arena.start(stack, { command: process.execPath, args }, `operator-${health}.log`);
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

  /** Looks for a second whether it computes nothing. */
  async isIdle(): Promise<boolean> {
    const before = this.process.cpuSeconds();
    await sleep(1_000);
    return this.process.cpuSeconds() - before < idleSeconds;
  }

  /** The lag of its event loop since the last call; undefined if it does not tell. */
  async takeLag(): Promise<EventLoopLag | undefined> {
    const samples = await this.#metrics();
    const at = (quantile: string) => samples.get(`ringfence_event_loop_lag_seconds{quantile="${quantile}"}`);
    const [p50, p99, max] = [at(quantiles.p50), at(quantiles.p99), at(quantiles.max)];
    if (p50 === undefined || p99 === undefined || max === undefined) return undefined;
    return { p50: p50 * 1000, p99: p99 * 1000, max: max * 1000 };
  }

  /**
   * How often it was answered that there is no such kind, since its start and by its own count: the API server does not count
   * requests for kinds that it doesn't know.
   */
  async unknownKinds(): Promise<number> {
    const samples = [...(await this.#metrics())];
    return samples
      .filter(([series]) => series.startsWith('rest_client_requests_total{') && series.includes('code="404"'))
      .reduce((sum, [, count]) => sum + count, 0);
  }

  async #metrics(): Promise<ReadonlyMap<string, number>> {
    return samplesOf(await (await fetch(`${this.#url}/metrics`)).text());
  }
}
