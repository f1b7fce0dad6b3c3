// A cluster with a given number of namespaces, and how an operator fares on it from its start until everything is written.
// Must not know which operator is started, nor what the figures are for.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Arena } from './arena.ts';
import type { CommandLine } from './contender-process.ts';

const inFlight = 32;
const restMs = 10_000;

/** What one start of an operator took. */
export interface StartFigures {
  /** The most memory that was resident, in MiB, some time of rest included. */
  readonly peakMiB: number;
  /** The processor time from the start to the end of the rest, in seconds. */
  readonly cpuSeconds: number;
}

/** Creates the namespaces number `from + 1` to `to`. @param labels further ones */
export async function createNamespaces(
  arena: Arena,
  from: number,
  to: number,
  labels: Readonly<Record<string, string>> = {},
): Promise<void> {
  let next = from;
  const create = async () => {
    while (next < to) {
      next += 1;
      await arena.createNamespace(`sized-${next}`, labels);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, create));
}

/** Starts an operator, waits until everything is written and it has rested for a while, and ends it. */
export async function measureStart(
  arena: Arena,
  { command, args }: CommandLine,
  timeoutMs: number,
): Promise<StartFigures> {
  await using stack = new AsyncDisposableStack();
  const words = ['--kubeconfig', arena.kubeconfig, '--health-address', '127.0.0.1:0', '--settle', '1'];
  const operator = arena.start(stack, { command, args: [...args, ...words] });
  // A change, so that the condition that is waited for is of this operator.
  const name = `start-${Date.now()}`;
  await arena.cluster.platform({ rules: [{ name, namespaces: { names: ['nobody'] }, enforcement: 'Off' }] });
  await Promise.race([
    arena.cluster.platformCondition('Ready', 'True', 'Enforced', timeoutMs),
    operator.failed(),
  ]);
  await sleep(restMs);
  return { peakMiB: operator.peakMemoryMiB(), cpuSeconds: operator.cpuSeconds() };
}
