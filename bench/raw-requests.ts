// What the API server can take, as its own process: sends writes without waiting to be told by a watch, as many in flight as
// Ringfence's transport has connections. Must not know why they are sent.
// Usage: node bench/raw-requests.ts KUBECONFIG; each line of standard input is an `Order` in JSON.
import { createInterface } from 'node:readline';
import { ApiClient } from '../src/kube/api-client.ts';
import { connect, loadKubeConfig, poolSize } from '../src/kube/connection.ts';
import { createNamespace, policiesPath, type Template } from './ring.ts';

/** One write in each namespace of an order. */
export interface Write {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly policy: Template;
}

/** Writes in many namespaces: those in one namespace are sent one after the other. */
export interface Order {
  readonly namespaces: readonly string[];
  /** Whether the namespaces have to be created first. */
  readonly create: boolean;
  readonly writes: readonly Write[];
}

const [kubeconfig = ''] = process.argv.slice(2);
const client = new ApiClient(await connect(loadKubeConfig({ kubeconfig })));

for await (const line of createInterface({ input: process.stdin })) await carryOut(JSON.parse(line) as Order);

async function carryOut({ namespaces, create, writes }: Order): Promise<void> {
  const rest = namespaces.values();
  // All workers share the iterator: each takes the next namespace when it has done one.
  const work = async () => {
    for (const namespace of rest) {
      if (create) await createNamespace(client, namespace);
      for (const write of writes) await send(namespace, write);
    }
  };
  await Promise.all(Array.from({ length: poolSize }, work));
}

async function send(namespace: string, { method, policy }: Write): Promise<void> {
  const { name } = policy.metadata;
  const path = method === 'POST' ? policiesPath(namespace) : `${policiesPath(namespace)}/${name}`;
  const body =
    method === 'DELETE' ? {} : { body: { ...policy, metadata: { ...policy.metadata, namespace } } };
  await client.request(method, path, body);
}
