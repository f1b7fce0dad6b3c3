// The strongest check of a cluster's state: an operator that has just started has nothing to write.
// Its writes are refused, and reported. Must not know what is right.
import { poll } from '../control-plane/poll.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import type { OperatorProcess } from '../support/operator-process.ts';
import type { Testbed } from './testbed.ts';

/** The answer to a refused request: it is not retried while anybody looks. */
const refusal = {
  kind: 'answer',
  status: 503,
  headers: { 'retry-after': '60', 'content-type': 'application/json' },
  body: JSON.stringify({ kind: 'Status', apiVersion: 'v1', code: 503, message: 'refused by the test' }),
} as const;

/** How long it has to be idle, in milliseconds. */
const idleMs = 1_000;

/** Every write, except of Events, of an operator that starts now, as texts with the beginning of the body. */
export async function freshOperatorWants(testbed: Testbed): Promise<readonly string[]> {
  await using proxy = await FaultProxy.start(testbed.cluster.controlPlane);
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) proxy.inject({ method, act: refusal });
  const operator = await testbed.startOperator({ proxy });
  try {
    await operator.logged('caches synced');
    await isIdle(operator, await countNamespaces(testbed));
  } finally {
    await operator.kill();
  }
  return proxy.seen
    .filter(({ method, path }) => method !== 'GET' && !/\/events(\/|\?|$)/.test(path))
    .map(({ method, path, body }) => `${method} ${path} ${body.slice(0, 600)}`);
}

async function countNamespaces({ cluster }: Testbed): Promise<number> {
  return (await cluster.api.json<{ items: unknown[] }>('GET', '/api/v1/namespaces')).items.length;
}

/** Waits until it has reconciled every namespace, and then nothing for a while. */
async function isIdle(operator: OperatorProcess, namespaces: number): Promise<void> {
  let last = { done: -1, at: performance.now() };
  const look = async () => {
    const metrics = await operator.metrics();
    const queue = (name: string) =>
      metrics.get(`workqueue_${name}{name="namespace",controller="namespace"}`) ?? 0;
    const done = queue('work_duration_seconds_count');
    if (done !== last.done || queue('depth') > 0 || queue('unfinished_work_seconds') > 0)
      last = { done, at: performance.now() };
    return done >= namespaces && performance.now() - last.at > idleMs;
  };
  await poll(look, {
    everyMs: 100,
    expired: () => new Error('a fresh operator is not idle'),
  });
}
