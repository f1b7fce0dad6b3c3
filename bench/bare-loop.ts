// The reference, as its own process: a watch of namespaces and one of policies, and a POST for each reported namespace.
// It uses Ringfence's own transport, but has no cache, comparison, queue, status or log: what is left is the cost of
// the API server and the transport. Like Ringfence, it stores the deny before it sends the rest.
// Usage: node bench/bare-loop.ts KUBECONFIG RING.json SELECTOR
import { readFileSync } from 'node:fs';
import { ApiClient } from '../src/kube/api-client.ts';
import { connect, loadKubeConfig } from '../src/kube/connection.ts';
import { classify } from '../src/kube/errors.ts';
import type { RawObject } from '../src/kube/resource.ts';
import { createPolicy, type Ring } from './ring.ts';

const [kubeconfig = '', ringFile = '', labelSelector = ''] = process.argv.slice(2);
const ring = JSON.parse(readFileSync(ringFile, 'utf8')) as Ring;
const client = new ApiClient(await connect(loadKubeConfig({ kubeconfig })));

await Promise.all([
  follow('/api/v1/namespaces', { labelSelector }, ({ type, object }) =>
    type === 'ADDED' ? create(object.metadata.name) : undefined,
  ),
  follow('/apis/networking.k8s.io/v1/networkpolicies', {}, ({ type, object: { metadata } }) =>
    type === 'DELETED' ? replace(metadata.namespace ?? '', metadata.name) : undefined,
  ),
]);

interface Event {
  readonly type: string;
  readonly object: RawObject;
}

/** Watches until the server ends the watch, which is longer than a benchmark runs. */
async function follow(path: string, query: object, react: (event: Event) => Promise<void> | undefined) {
  const options = { query: { ...query, watch: true }, idleMs: 7_200_000, onOpen: () => {} };
  for await (const line of client.lines(path, options))
    react(JSON.parse(line) as Event)?.catch(ignoreExisting);
}

async function create(namespace: string): Promise<void> {
  const [first, ...rest] = ring;
  await createPolicy(client, namespace, first);
  await Promise.all(rest.map((template) => createPolicy(client, namespace, template)));
}

async function replace(namespace: string, name: string): Promise<void> {
  await createPolicy(
    client,
    namespace,
    ring.find(({ metadata }) => metadata.name === name),
  );
}

/** At its start, a watch also reports what was there before. */
function ignoreExisting(error: unknown): void {
  if (classify(error) !== 'conflict') throw error;
}
