// What a piece of work costs: processor time and memory of who does it, and requests by the API server's own count.
// Must not know what the work is.
import { countsSince, type RequestCount } from '../../e2e/control-plane/request-counts.ts';
import type { Arena } from '../arena.ts';
import type { ContenderProcess } from '../contender-process.ts';

/** The cost of a piece of work. */
export interface Cost {
  readonly cpuSeconds: number;
  /** The most memory that was ever resident, until the end of the work. */
  readonly peakMiB: number;
  readonly requests: readonly RequestCount[];
}

/** Does some work, and returns its result with what it cost. */
export async function observe<Result>(
  arena: Arena,
  process: ContenderProcess,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly cost: Cost }> {
  const before = await arena.cluster.controlPlane.requestCounts();
  const cpuBefore = process.cpuSeconds();
  const result = await work();
  const cpuSeconds = process.cpuSeconds() - cpuBefore;
  const requests = countsSince(before, await arena.cluster.controlPlane.requestCounts());
  return { result, cost: { cpuSeconds, peakMiB: process.peakMemoryMiB(), requests } };
}

/** How many writes of policies succeeded. @param verbs if absent, all that write */
export function policyWrites({ requests }: Cost, verbs = ['POST', 'PUT', 'PATCH', 'DELETE']): number {
  return requests
    .filter(
      ({ verb, resource, code }) => resource === 'networkpolicies' && verbs.includes(verb) && code < '300',
    )
    .reduce((sum, { count }) => sum + count, 0);
}
