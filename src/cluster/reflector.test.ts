// What a reflector makes of a watch that tells of changes before its list has ended, as a busy API server's does. The server
// is a real one that sends these lines.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { ApiClient } from './api-client.ts';
import { makeAgent } from './http.ts';
import { Reflector } from './reflector.ts';
import { namespaces } from './resources.ts';
import { type Change, type Identified, Store } from './store.ts';

const stack: (() => void)[] = [];

afterEach(() => {
  for (const end of stack.splice(0).reverse()) end();
});

/** A client of a server that answers every request with these lines, and leaves the answer open. */
async function clientOf(events: readonly object[]): Promise<ApiClient> {
  const server = createServer((_, response) => {
    for (const event of events) response.write(`${JSON.stringify(event)}\n`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const agent = makeAgent(url, undefined, {});
  stack.push(() => {
    agent.destroy();
    server.close();
    server.closeAllConnections();
  });
  const transport = async () => ({ agent, watchAgent: agent, headers: {} });
  return new ApiClient({ server: url, transport, close: async () => {} });
}

const event = (type: string, name: string, resourceVersion: string, labels = {}) => ({
  type,
  object: { metadata: { name, uid: `uid-of-${name}`, resourceVersion, labels } },
});
const listEnds = {
  type: 'BOOKMARK',
  object: { metadata: { resourceVersion: '9', annotations: { 'k8s.io/initial-events-end': 'true' } } },
};

/** Follows a server that sends these events; what is known when the list has ended, and what was heard of until then. */
async function follow(...events: readonly object[]) {
  const store = new Store<ReturnType<typeof namespaces.reduce>>((a, b) => a.labels === b.labels);
  const heard: Change<Identified>[] = [];
  store.onChange((change) => heard.push(change));
  const stop = new AbortController();
  const synced = Promise.withResolvers<void>();
  const reflector = new Reflector(await clientOf([...events, listEnds]), namespaces, store, {
    onHealthy: () => synced.resolve(),
    onFailure: (_, error) => synced.reject(error),
  });
  const running = reflector.run(stop.signal);
  await synced.promise;
  stop.abort();
  await running;
  return { store, heard: heard.map(({ previous, next }) => [previous?.name, next?.name]) };
}

// The API server lists from its own cache, and sends what happened since that was filled before the list's end (KEP-3157).
test('what is deleted before the list ends is gone, and said so', async () => {
  const { store, heard } = await follow(
    event('ADDED', 'shop', '3'),
    event('ADDED', 'gone', '4'),
    event('DELETED', 'gone', '5'),
  );
  expect(store.all().map(({ name }) => name)).toEqual(['shop']);
  expect(heard).toEqual([
    [undefined, 'shop'],
    [undefined, 'gone'],
    ['gone', undefined],
  ]);
});

test('what is deleted and created again before the list ends is there', async () => {
  const { store } = await follow(
    event('ADDED', 'shop', '3'),
    event('DELETED', 'shop', '4'),
    event('ADDED', 'shop', '5'),
  );
  expect(store.get({ namespace: '', name: 'shop' })?.resourceVersion).toBe('5');
});

test('what changes before the list ends is known as it is then', async () => {
  const { store } = await follow(
    event('ADDED', 'shop', '3'),
    event('MODIFIED', 'shop', '4', { team: 'shop' }),
  );
  expect(store.get({ namespace: '', name: 'shop' })?.labels).toEqual({ team: 'shop' });
});
