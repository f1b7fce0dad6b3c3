// Which statuses are written, and about what. They go to a real server.
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { namespace, platform } from '../../test/fixtures.ts';
import { type LocalClient, localClient } from '../../test/local-server.ts';
import { compileNamespace } from '../compile/compile.ts';
import type { RawObject } from '../kube/resource.ts';
import { Cache } from '../objects/cache.ts';
import { appNetworkProfiles, namespaces, type StoredPlatform } from '../objects/policy-resources.ts';
import { specIdentity } from './namespace-record.ts';
import { NamespaceTracker } from './namespace-tracker.ts';
import { type ProfileReport, StatusWriter } from './status-writer.ts';

interface Patch {
  readonly status: {
    readonly observedGeneration: number;
    readonly conditions?: readonly { type: string; status: string; reason: string }[];
  };
}

let local: LocalClient;
let cache: Cache;
let tracker: NamespaceTracker;
let writer: StatusWriter;
let refused = '';
let versions = 100;
let prunes = false;
let writes = 0;
let onAnswer: (stored: object) => void = () => {};
/** The names of the profiles that the watch tells of with a status of somebody else. */
const foreign: string[] = [];
const sent = new Map<string, Patch['status']>();

beforeEach(async () => {
  sent.clear();
  refused = '';
  prunes = false;
  writes = 0;
  onAnswer = () => {};
  foreign.length = 0;
  local = await localClient(async (request, response) => {
    const name = request.url?.split('/').at(-2) ?? '';
    const { status } = (await json(request)) as Patch;
    if (name === refused) return response.writeHead(500).end('etcdserver: request is too large');
    sent.set(name, status);
    writes += 1;
    versions += 1;
    const kind = name === 'default' ? 'PlatformNetworkProfile' : 'AppNetworkProfile';
    const { metadata, ...profile } = rawProfile(name, status.observedGeneration);
    const object = {
      ...profile,
      kind,
      metadata: { ...metadata, resourceVersion: String(versions) },
      status: { ...status, ...(prunes ? { routes: null } : {}) },
    };
    onAnswer(object);
    return response.end(JSON.stringify(object));
  });
  cache = new Cache(local.client, 'ringfence-system');
  tracker = new NamespaceTracker();
  writer = new StatusWriter(cache, tracker, () => ({
    condition: { status: 'Unknown', reason: 'NoCanary', message: 'no canary' },
  }));
  cache.stores.profiles.onUpdate((change) => {
    if (writer.isForeign(change)) foreign.push(change.next?.name ?? '');
  });
  for (const name of ['a', 'b', 'c']) edit(name, 1);
});

afterEach(() => local.stop());

function rawProfile(name: string, generation: number) {
  return {
    apiVersion: 'ringfence.dev/v1alpha1',
    kind: 'AppNetworkProfile',
    metadata: {
      namespace: 'shop',
      name,
      uid: `uid-of-${name}`,
      resourceVersion: String(generation),
      generation,
    },
    spec: { routes: [] },
  };
}

function edit(name: string, generation: number): void {
  cache.stores.profiles.accept(appNetworkProfiles.reduce(rawProfile(name, generation) as RawObject));
}

const told = (compiled = compile()): ProfileReport => ({ compiled, lacking: new Set() });
const compile = () => compileNamespace(cache.view(), platform(), namespace('shop'));

test('a profile that is edited while what it stood for is written has no status that claims to be about the edit', async () => {
  const compiled = compile();
  edit('b', 2);
  edit('new', 1);
  await writer.writeProfiles('shop', told(compiled));
  expect([...sent.keys()]).toEqual(['a', 'c']);
  await writer.writeProfiles('shop', told());
  expect(sent.get('b')?.observedGeneration).toBe(2);
  expect(sent.get('new')?.observedGeneration).toBe(1);
});

test('a status that cannot be written does not delay the others', async () => {
  refused = 'a';
  await expect(writer.writeProfiles('shop', told())).rejects.toMatchObject({ status: 500 });
  expect([...sent.keys()]).toEqual(['b', 'c']);
});

test('what is there already is not written again', async () => {
  await writer.writeProfiles('shop', told());
  expect(sent.size).toBe(3);
  sent.clear();
  await writer.writeProfiles('shop', told());
  expect(sent.size).toBe(0);
});

/** Somebody else makes this of a status, and the watch tells of it. */
function overwrite(name: string, status: object): void {
  versions += 1;
  const { metadata, ...profile } = rawProfile(name, 1);
  const object = { ...profile, metadata: { ...metadata, resourceVersion: String(versions) }, status };
  cache.stores.profiles.observe(appNetworkProfiles.reduce(object as unknown as RawObject));
}

test('a status that somebody else overwrites is noticed, and written again', async () => {
  await writer.writeProfiles('shop', told());
  const before = sent.get('b');
  sent.clear();
  overwrite('b', { observedGeneration: 0 });
  expect(foreign).toEqual(['b']);
  await writer.writeProfiles('shop', told());
  expect([...sent.keys()]).toEqual(['b']);
  expect(sent.get('b')?.observedGeneration).toBe(before?.observedGeneration);
});

test('our own status is not taken for that of somebody else, whether the watch or the answer comes first', async () => {
  onAnswer = (stored) => cache.stores.profiles.observe(appNetworkProfiles.reduce(stored as RawObject));
  await writer.writeProfiles('shop', told());
  onAnswer = () => {};
  edit('a', 2);
  foreign.length = 0;
  await writer.writeProfiles('shop', told());
  expect(foreign).toEqual([]);
});

test('a status that somebody else overwrites again and again is left alone for a while', async () => {
  let pause = 0;
  for (let round = 0; round < 8; round += 1) {
    pause = await writer.writeProfiles('shop', told());
    overwrite('a', { observedGeneration: round });
  }
  expect(pause).toBeGreaterThan(0);
  expect(writes).toBe(2 + 4);
});

test('a status that the server prunes, as with an older CRD, is written once', async () => {
  prunes = true;
  for (let round = 0; round < 3; round += 1) await writer.writeProfiles('shop', told());
  expect(writes).toBe(3);
});

test('a platform profile that follows another of the same generation is not Ready before its namespaces are looked at', async () => {
  const { uid } = namespace('shop');
  cache.stores.namespaces.accept(
    namespaces.reduce({ metadata: { name: 'shop', uid, resourceVersion: '1' } } as RawObject),
  );
  const successor = { ...platform(), uid: 'uid-of-successor' } as unknown as StoredPlatform;
  cache.stores.platforms.accept(successor);
  const record = {
    uid,
    state: 'Enforced',
    policies: 1,
    findings: [],
    routes: [],
    failure: undefined,
  } as const;
  const ready = () => sent.get('default')?.conditions?.find(({ type }) => type === 'Ready');
  tracker.of('shop', uid).setRecord({ ...record, madeFrom: specIdentity(platform()) });
  await writer.writePlatform();
  expect(ready()).toMatchObject({ status: 'False', reason: 'Progressing' });
  tracker.of('shop', uid).setRecord({ ...record, madeFrom: specIdentity(successor) });
  await writer.writePlatform();
  expect(ready()).toMatchObject({ status: 'True', reason: 'Enforced' });
});
