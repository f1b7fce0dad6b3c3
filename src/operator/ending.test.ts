// The order in which an operator ends, whatever hangs. The parts stand for what they do when they are told to end; what a real
// server sees of it is in `e2e/operator/lease.test.ts`.
import { describe, expect, test } from '@jest/globals';
import pino from 'pino';
import type { ApiClient } from '../kube/api-client.ts';
import { WriteGate } from '../kube/write-gate.ts';
import type { Cache } from '../objects/cache.ts';
import { type Running, runUntil } from './ending.ts';
import type { HealthServer } from './health.ts';
import { LeaseLostError, noLeaderElection } from './lease.ts';
import { Mistakes } from './mistakes.ts';
import { WorkQueue } from './work-queue.ts';

const times = { graceMs: 100, uncertainMs: 20, shortMs: 20, allMs: 10_000 };
const never = new Promise<void>(() => {});
const mistake = new TypeError('x is not a function');
const lost = new LeaseLostError('the lease is lost');

interface Parts {
  /** The cache, as `run` ends. */
  readonly caching?: () => Promise<void>;
  readonly leading?: () => Promise<void>;
  readonly finished?: () => Promise<void>;
  readonly closing?: Promise<void>;
}

/** An operator of such parts, and what happens to it, in order. */
function operatorOf({
  caching = () => never,
  leading = () => never,
  finished,
  closing = Promise.resolve(),
}: Parts) {
  const happened: string[] = [];
  const gate = new WriteGate(() => true);
  gate.aborted.addEventListener('abort', () => happened.push('writes aborted'));
  const log = pino({ level: 'silent' });
  const mayStillWrite = () => {
    try {
      gate.check(gate.epoch);
      return true;
    } catch {
      return false;
    }
  };
  const running: Running = {
    cache: { run: caching } as unknown as Cache,
    leadership: {
      ...noLeaderElection,
      run: leading,
      release: async () => void happened.push('lease released'),
    },
    log,
    queue: new WorkQueue({ baseMs: 1, capMs: 1 }),
    health: {
      port: 0,
      close: () => {
        happened.push('health closed');
        return closing;
      },
    } satisfies HealthServer,
    client: { close: async () => void happened.push('client closed') } as ApiClient,
    gate,
    mistakes: new Mistakes(log, () => {}),
    finished: async () => {
      happened.push(mayStillWrite() ? 'workers may go on' : 'workers may not write');
      await (finished?.() ?? Promise.resolve());
      happened.push('workers ended');
    },
  };
  return { running, happened, run: (stop = never) => runUntil(abortedBy(stop), running, times) };
}

function abortedBy(stop: Promise<void>): AbortSignal {
  const controller = new AbortController();
  stop.then(() => controller.abort());
  return controller.signal;
}

const told = Promise.resolve();
const inOrder = ['lease released', 'health closed', 'client closed'];

describe('told to stop', () => {
  test('it lets the workers finish, and then hands over', async () => {
    const { happened, run } = operatorOf({});
    await run(told);
    expect(happened).toEqual(['workers may go on', 'workers ended', 'writes aborted', ...inOrder]);
  });

  test('it breaks off what hangs, and waits before it hands over: the server may still carry it out', async () => {
    const { happened, run } = operatorOf({ finished: () => never });
    const started = performance.now();
    await run(told);
    expect(happened).toEqual(['workers may go on', 'writes aborted', ...inOrder]);
    expect(performance.now() - started).toBeGreaterThanOrEqual(times.graceMs + times.uncertainMs - 5);
  });

  test('it ends although its health server does not', async () => {
    const { happened, run } = operatorOf({ closing: never });
    await run(told);
    expect(happened.at(-1)).toBe('client closed');
  });

  test('it ends although its lease is lost meanwhile, and breaks off its writes at once', async () => {
    const stop = Promise.withResolvers<void>();
    const lease = Promise.withResolvers<void>();
    const { happened, run } = operatorOf({
      leading: () => lease.promise,
      finished: async () => {
        lease.reject(lost);
        await never;
      },
    });
    const ended = run(stop.promise);
    stop.resolve();
    await ended;
    expect(happened.slice(0, 2)).toEqual(['workers may go on', 'writes aborted']);
  });
});

test('when the lease is lost, it breaks off its writes before anything else, and says so', async () => {
  const { happened, run } = operatorOf({ leading: () => Promise.reject(lost), finished: () => never });
  await expect(run()).rejects.toBe(lost);
  expect(happened.slice(0, 2)).toEqual(['writes aborted', 'workers may not write']);
});

describe('a mistake of ours in what is shared', () => {
  test.each<[string, Parts]>([
    ['the cache', { caching: () => Promise.reject(mistake) }],
    ['the lease', { leading: () => Promise.reject(mistake) }],
  ])(
    'in %s ends it: nothing more is written, the lease is released, and the mistake is reported',
    async (_, parts) => {
      const { happened, run } = operatorOf(parts);
      await expect(run()).rejects.toBe(mistake);
      expect(happened.filter((what) => what !== 'writes aborted')).toEqual([
        'workers may not write',
        'workers ended',
        ...inOrder,
      ]);
    },
  );

  test('that a worker or the process reports does so, too', async () => {
    const { running, happened, run } = operatorOf({});
    const ended = expect(run()).rejects.toBe(mistake);
    running.mistakes.report(mistake);
    running.mistakes.report(new Error('what follows from it'));
    await ended;
    expect(happened).toEqual(['workers may not write', 'workers ended', 'writes aborted', ...inOrder]);
  });
});
