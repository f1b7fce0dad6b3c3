// What a piece of work costs: processor time and memory of who does it, and requests by the API server's own count.
// Must not know what the work is.
import { countsSince, type RequestCount, writeVerbs } from '../../e2e/control-plane/request-counts.ts';
import type { Arena } from '../arena.ts';
import type { ContenderProcess } from '../contender-process.ts';

/** The cost of a piece of work. */
export interface Cost {
  readonly cpuSeconds: number;
  /** The most memory that was ever resident, until the end of the work. */
  readonly peakMiB: number;
  readonly requests: readonly RequestCount[];
}

/** Does some work, and returns its result with the requests that the API server answered meanwhile. */
export async function observeRequests<Result>(
  { cluster }: Arena,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly requests: readonly RequestCount[] }> {
  const before = await cluster.controlPlane.requestCounts();
  const result = await work();
  return { result, requests: countsSince(before, await cluster.controlPlane.requestCounts()) };
}

/** Does some work, and returns its result with what it cost a process that runs already. */
export async function observe<Result>(
  arena: Arena,
  process: ContenderProcess,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly cost: Cost }> {
  const cpuBefore = process.cpuSeconds();
  const { result, requests } = await observeRequests(arena, work);
  const cpuSeconds = process.cpuSeconds() - cpuBefore;
  return { result, cost: { cpuSeconds, peakMiB: process.peakMemoryMiB(), requests } };
}

/** How many writes of policies succeeded. */
export function policyWrites({ requests }: Cost): number {
  const verbs: readonly string[] = writeVerbs;
  return requests
    .filter(
      ({ verb, resource, code }) => resource === 'networkpolicies' && verbs.includes(verb) && code < '300',
    )
    .reduce((sum, { count }) => sum + count, 0);
}
