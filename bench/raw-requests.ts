// What the API server can take, as its own process: reads all policies by one watch-list, or sends writes without waiting to be
// told by a watch, as many in flight as Ringfence's transport has connections. Must not know why they are sent.
// Usage: node bench/raw-requests.ts KUBECONFIG; each line of standard input is an `Order` in JSON.
import { createInterface } from 'node:readline';
import { ApiClient } from '../src/kube/api-client.ts';
import { connect, loadKubeConfig, poolSize } from '../src/kube/connection.ts';
import type { RawObject } from '../src/kube/resource.ts';
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

/** Reads all policies, as a watch reports those that exist. It is answered with a line: a `ListAnswer` in JSON. */
interface ListOrder {
  readonly list: true;
}

/** How long it took to receive and parse them. */
export interface ListAnswer {
  readonly ms: number;
  readonly policies: number;
}

/** Ends the events about what exists (KEP-3157). */
const initialEventsEnd = 'k8s.io/initial-events-end';

const [kubeconfig = ''] = process.argv.slice(2);
const client = new ApiClient(await connect(loadKubeConfig({ kubeconfig })));

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as Order | ListOrder;
  if ('list' in order) process.stdout.write(`${JSON.stringify(await list())}\n`);
  else await write(order);
}

async function list(): Promise<ListAnswer> {
  const begun = performance.now();
  let policies = 0;
  const query = { watch: true, allowWatchBookmarks: true, sendInitialEvents: true };
  const lines = client.lines('/apis/networking.k8s.io/v1/networkpolicies', {
    query: { ...query, resourceVersionMatch: 'NotOlderThan' },
    idleMs: 60_000,
    onOpen: () => {},
  });
  for await (const line of lines) {
    const { metadata } = (JSON.parse(line) as { object: RawObject }).object;
    if (metadata.annotations?.[initialEventsEnd] === 'true') break;
    policies += 1;
  }
  return { ms: performance.now() - begun, policies };
}

async function write({ namespaces, create, writes }: Order): Promise<void> {
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
