// What the operator would write, from the same parts that it is made of: the cache, its view, and the compiler.
// Reads the cluster once and writes nothing.

import { compile } from '../../src/compile/compile.ts';
import { ApiClient } from '../../src/kube/api-client.ts';
import { connect, loadKubeConfig } from '../../src/kube/connection.ts';
import type { DesiredPolicy } from '../../src/model/policies.ts';
import { Cache } from '../../src/objects/cache.ts';

/** The policies that the profiles of a cluster compile to. */
export async function previewPolicies(kubeconfig: string): Promise<readonly DesiredPolicy[]> {
  const client = new ApiClient(await connect(loadKubeConfig({ kubeconfig })));
  const stop = new AbortController();
  const synced = Promise.withResolvers<void>();
  const cache = new Cache(client, 'ringfence-system');
  cache.listen({
    onHealthy: () => {
      if (cache.synced) synced.resolve();
    },
    onFailure: (resource, error) => synced.reject(new Error(`can't read ${resource}: ${error.message}`)),
  });
  const running = cache.run(stop.signal);
  try {
    await synced.promise;
    return compile(cache.view()).policies;
  } finally {
    stop.abort();
    await running;
    await client.close();
  }
}
