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
import { type OperatorSign, readOperatorSign } from './operator-sign.ts';

/** Changes that come together are shown together. */
const everyMs = 500;

/** How often to look for a sign of the operator, and again at the facts: a silent operator changes nothing. */
const signEveryMs = 5_000;

/** What is known of a watched cluster. */
export interface WatchedCluster {
  readonly cluster: ClusterFacts;
  readonly operator: OperatorSign;
}

/**
 * The facts of a cluster, again whenever something that the operator watches has changed, and every few seconds. Each kind that
 * can't be read is reported once, until it can be read again.
 *
 * @throws ConfigurationError if the kubeconfig is not usable
 */
export async function* watchCluster(
  flags: ClusterFlags & { readonly operatorNamespace: string },
  { note }: CommandContext,
): AsyncGenerator<WatchedCluster> {
  const client = new ApiClient(await connect(loadKubeConfig(flags)));
  const cache = new Cache(client, flags.operatorNamespace);
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
    let operator = await readOperatorSign(client, flags.operatorNamespace);
    let lookedAt = performance.now();
    for await (const _ of setInterval(everyMs)) {
      if (!cache.synced) continue;
      if (performance.now() - lookedAt >= signEveryMs) {
        operator = await readOperatorSign(client, flags.operatorNamespace);
        lookedAt = performance.now();
        // A pause ends by the clock.
        isChanged = true;
      }
      if (!isChanged) continue;
      isChanged = false;
      yield { cluster: cache, operator };
    }
  } finally {
    ended.abort();
    await running;
  }
}
