// What the API server can take, as its own process: sends the writes of a burst without waiting to be told by a watch, as
// many in flight as Ringfence's transport has connections.
// Usage: node bench/raw-creates.ts KUBECONFIG RING.json; each line of standard input is an `Order` in JSON.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { ApiClient } from '../src/kube/api-client.ts';
import { connect, loadKubeConfig, poolSize } from '../src/kube/connection.ts';
import { createNamespace, createPolicy, type Ring } from './ring.ts';

/** Which namespaces get their policies, and whether they have to be created first. */
export interface Order {
  readonly namespaces: readonly string[];
  readonly create: boolean;
}

const [kubeconfig = '', ringFile = ''] = process.argv.slice(2);
const ring = JSON.parse(readFileSync(ringFile, 'utf8')) as Ring;
const client = new ApiClient(await connect(loadKubeConfig({ kubeconfig })));

for await (const line of createInterface({ input: process.stdin })) {
  const { namespaces, create } = JSON.parse(line) as Order;
  const rest = namespaces.values();
  // All workers share the iterator: each takes the next namespace when it has done one.
  const work = async () => {
    for (const namespace of rest) {
      if (create) await createNamespace(client, namespace);
      for (const template of ring) await createPolicy(client, namespace, template);
    }
  };
  await Promise.all(Array.from({ length: poolSize }, work));
}
