// What a reflector makes of a watch that tells of changes before its list has ended, as a busy API server's does. The server
// is a real one that sends these lines.
import { afterEach, expect, test } from '@jest/globals';
import { type LocalClient, localClient } from '../../test/local-server.ts';
import { Reflector } from './reflector.ts';
import { namespaces } from './resources.ts';
import { type Change, type Identified, Store } from './store.ts';

let local: LocalClient;

afterEach(() => local.stop());

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
  local = await localClient((_, response) => {
    for (const each of [...events, listEnds]) response.write(`${JSON.stringify(each)}\n`);
  });
  const stop = new AbortController();
  const synced = Promise.withResolvers<void>();
  const reflector = new Reflector(local.client, namespaces, store, {
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
