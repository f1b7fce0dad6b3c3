// Many requests for one namespace, a few at a time: they share the connections with the requests of other namespaces.
// Must not know what is requested.
import { poolSize } from '../kube/connection.ts';
import { WritesClosedError } from '../kube/write-gate.ts';

/** How many are in flight: others find a free connection at any time. */
export const concurrency = poolSize / 2;

/**
 * Acts on every item, a few at a time. Returns the results, in the same order.
 *
 * @throws WritesClosedError if writing is no longer allowed: the remaining items are left alone
 * @throws the failure of the first item that failed, after all were tried
 */
export async function withConcurrency<T, R>(
  items: Iterable<T>,
  act: (item: T) => Promise<R>,
): Promise<readonly Awaited<R>[]> {
  const outcomes: PromiseSettledResult<Awaited<R>>[] = [];
  const all = [...items].entries();
  let closed: WritesClosedError | undefined;
  const work = async (): Promise<void> => {
    for (const [index, item] of all) {
      const [outcome] = await Promise.allSettled([act(item)]);
      outcomes[index] = outcome;
      if (outcome.status === 'rejected' && outcome.reason instanceof WritesClosedError)
        closed = outcome.reason;
      if (closed !== undefined) return;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  if (closed !== undefined) throw closed;
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}
