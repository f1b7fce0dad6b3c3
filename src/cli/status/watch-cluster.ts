// Follows the facts of a cluster with watches, as the operator does, until the process ends.
// Must not know what is made of them.
import { setInterval } from 'node:timers/promises';
import { ApiClient } from '../../kube/api-client.ts';
import { connect, loadKubeConfig } from '../../kube/connection.ts';
import { Cache } from '../../objects/cache.ts';
import type { ClusterFacts } from '../../objects/cluster-facts.ts';
import { visitStores } from '../../objects/stores.ts';
import type { CommandContext } from '../command-context.ts';
import type { ClusterFlags } from '../options.ts';

/** Changes that come together are shown together. */
const everyMs = 500;

/** So often the facts are looked at even if nothing has changed: a silent operator changes nothing. */
const atLeastEveryMs = 5_000;

/**
 * The facts of a cluster, again whenever something that the operator watches has changed, and every few seconds. Each kind that can't be read is reported
 * once, until it can be read again.
 *
 * @throws ConfigurationError if the kubeconfig is not usable
 */
export async function* watchCluster(
  flags: ClusterFlags & { readonly operatorNamespace: string },
  { note }: CommandContext,
): AsyncGenerator<ClusterFacts> {
  const cache = new Cache(new ApiClient(await connect(loadKubeConfig(flags))), flags.operatorNamespace);
  const failing = new Set<string>();
  cache.listen({
    onHealthy: (kind) => failing.delete(kind),
    onFailure: (kind, { message }) => {
      if (!failing.has(kind)) note(`can't read ${kind} at the moment: ${message}`);
      failing.add(kind);
    },
  });
  let isChanged = true;
  visitStores(cache.stores, (_, store) => {
    store.onChange(() => {
      isChanged = true;
    });
  });
  const ended = new AbortController();
  const running = cache.run(ended.signal);
  try {
    let last = performance.now();
    for await (const _ of setInterval(everyMs)) {
      const isDue = isChanged || performance.now() - last >= atLeastEveryMs;
      if (!isDue || !cache.synced) continue;
      isChanged = false;
      last = performance.now();
      yield cache;
    }
  } finally {
    ended.abort();
    await running;
  }
}
