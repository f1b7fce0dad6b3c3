// What is looked at again when an object changes that brings a mistake of ours to light.
import { beforeEach, expect, jest, test } from '@jest/globals';
import pino from 'pino';
import { namespace, platform } from '../../test/fixtures.ts';
import { Store } from '../kube/store.ts';
import { ClusterFacts } from '../objects/cluster-facts.ts';
import type { StoredNamespace, StoredPlatform } from '../objects/policy-resources.ts';
import { visitStores } from '../objects/stores.ts';
import { discoveryKey, followDiscovery, nodesKey } from './discovery.ts';
import { ContainedMistake, Mistakes } from './mistakes.ts';
import {
  connectTriggers,
  enqueueEverything,
  everythingKey,
  followStatuses,
  platformKey,
} from './triggers.ts';
import { WorkQueue } from './work-queue.ts';

/** A live picture of a cluster, without the watches. */
class LiveStores extends ClusterFacts {
  synced = true;
  readonly listen = () => {};

  protected override get isWatched(): boolean {
    return true;
  }
}

let cluster: LiveStores;
let queue: WorkQueue;
let mistakes: Mistakes;
let logged: string[];

/** What every object has; what is missing beside it is what no API server leaves out. */
const broken = (key: string, more: object = {}) => {
  const [place = '', name = ''] = key.split('/');
  return { namespace: place, name, uid: `uid-of-${name}`, resourceVersion: '2', ...more } as never;
};

beforeEach(() => {
  cluster = new LiveStores('ringfence-system');
  queue = new WorkQueue({ baseMs: 1, capMs: 1 });
  logged = [];
  const log = pino({}, { write: (line) => logged.push(JSON.parse(line).error) });
  mistakes = new Mistakes(log, () => {});
  cluster.stores.platforms.accept(platform() as unknown as StoredPlatform);
  for (const name of ['shop', 'pay'])
    cluster.stores.namespaces.accept({
      ...namespace(name),
      namespace: '',
      resourceVersion: '1',
    } as StoredNamespace);
  connectTriggers(cluster, queue, { onCountChanged: () => {}, mistakes });
});

function followDiscoveryIn(cache: LiveStores): ReturnType<typeof followDiscovery> {
  const log = pino({ level: 'silent' });
  return followDiscovery({ cache, queue, log, mistakes, delays: { services: 1, nodes: 1 } });
}

/** The keys that wait now. */
async function waiting(): Promise<readonly string[]> {
  const keys: string[] = [];
  while (queue.depth > 0) {
    const key = (await queue.next()) ?? '';
    keys.push(key);
    queue.done(key);
  }
  return keys;
}

test('every kind that is watched puts keys into the queue', () => {
  const cache = new LiveStores('ringfence-system');
  const onChange = jest.spyOn(Store.prototype, 'onChange');
  connectTriggers(cache, queue, { onCountChanged: () => {}, mistakes });
  followDiscoveryIn(cache);
  const followed = new Set<unknown>(onChange.mock.contexts);
  const ignored: string[] = [];
  visitStores(cache.stores, ({ name }, store) => followed.has(store) || ignored.push(name));
  expect(ignored).toEqual([]);
  onChange.mockRestore();
});

test('while the caches fill, each namespace queues itself, once and behind what somebody waits for later', async () => {
  const cache = new LiveStores('ringfence-system');
  cache.synced = false;
  queue = new WorkQueue({ baseMs: 1, capMs: 1 });
  connectTriggers(cache, queue, { onCountChanged: () => {}, mistakes });
  const accept = (name: string) =>
    cache.stores.namespaces.accept(broken(`/${name}`, { labels: {}, terminating: false }));
  for (const name of ['shop', 'pay']) accept(name);
  cache.stores.platforms.accept(platform() as unknown as StoredPlatform);
  cache.synced = true;
  accept('new');
  expect(await waiting()).toEqual(['new', 'shop', 'pay', platformKey]);
});

test.each([
  ['a route', () => cluster.gatewayRoutes[0]?.accept(broken('shop/route'))],
  ['a webhook', () => cluster.stores.validatingWebhooks.accept(broken('/webhook'))],
  ['a namespace', () => cluster.stores.namespaces.accept(broken('/shop', { labels: null, uid: 'another' }))],
])(
  'if %s cannot be followed, every namespace is reconciled, and the mistake is reported',
  async (_, change) => {
    expect(change).not.toThrow();
    expect(await waiting()).toContain(everythingKey);
    expect(logged).toEqual([expect.stringMatching(/^TypeError: /)]);
  },
);

test('if the facts of the cluster cannot be discovered, only that key fails, and all namespaces learn that less is certain', async () => {
  const discover = followDiscoveryIn(cluster);
  cluster.stores.nodes.accept(broken('/sound', { addresses: ['10.1.0.5'], podRanges: ['10.244.0.0/24'] }));
  expect(cluster.view().uncertain).not.toContain('nodeRanges');
  cluster.stores.nodes.accept(broken('/node', { addresses: [undefined], podRanges: [] }));
  expect(() => discover({ nodes: true })).toThrow(ContainedMistake);
  expect(await waiting()).toContain(everythingKey);
  expect(() => discover({ nodes: true })).toThrow(ContainedMistake);
  expect((await waiting()).filter((key) => ![discoveryKey, nodesKey].includes(key))).toEqual([]);
});

test('if the author of a status cannot be determined, it is checked again, and the mistake is reported', async () => {
  const isForeign = (): boolean => {
    throw new TypeError('x is not a function');
  };
  const unread = { decoded: { ok: false, error: [] } };
  followStatuses(cluster, queue, { statuses: { isForeign }, mistakes });
  cluster.stores.profiles.accept(broken('shop/team', { ...unread, resourceVersion: '3' }));
  cluster.stores.platforms.accept({ ...platform(), resourceVersion: '3' } as unknown as StoredPlatform);
  await waiting();
  const profile = broken('shop/team', { ...unread, resourceVersion: '4' });
  expect(() => cluster.stores.profiles.observe(profile)).not.toThrow();
  cluster.stores.platforms.observe({ ...platform(), resourceVersion: '4' } as unknown as StoredPlatform);
  expect(await waiting()).toEqual(expect.arrayContaining(['shop', platformKey]));
  expect(logged).toContainEqual(expect.stringMatching(/^TypeError: x is not a function/));
});

test('everything includes a namespace that does not exist but has a pause: its status says so', async () => {
  cluster.stores.pauses.accept(broken('/drill', { paused: 'nowhere', decoded: { ok: false, errors: [] } }));
  await waiting();
  enqueueEverything(cluster, queue);
  expect(await waiting()).toEqual(['shop', 'pay', 'nowhere']);
});
