// Which statuses are written, and about what. They go to a real server.
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { namespace, platform } from '../../test/fixtures.ts';
import { type LocalClient, localClient } from '../../test/local-server.ts';
import { Cache } from '../cluster/cache.ts';
import type { RawObject } from '../cluster/resource.ts';
import { appNetworkProfiles, namespaces, type StoredPlatform } from '../cluster/resources.ts';
import { compileNamespace } from '../compile/compile.ts';
import { Ledger, specIdentity } from './ledger.ts';
import { StatusWriter } from './status-writer.ts';

interface Patch {
  readonly status: {
    readonly observedGeneration: number;
    readonly conditions?: readonly { type: string; status: string; reason: string }[];
  };
}

let local: LocalClient;
let cache: Cache;
let ledger: Ledger;
let writer: StatusWriter;
let refused = '';
let versions = 100;
const sent = new Map<string, Patch['status']>();

beforeEach(async () => {
  sent.clear();
  refused = '';
  local = await localClient(async (request, response) => {
    const name = request.url?.split('/').at(-2) ?? '';
    const { status } = (await json(request)) as Patch;
    if (name === refused) return response.writeHead(500).end('etcdserver: request is too large');
    sent.set(name, status);
    const kind = name === 'default' ? 'PlatformNetworkProfile' : 'AppNetworkProfile';
    const { metadata, ...profile } = rawProfile(name, status.observedGeneration);
    versions += 1;
    const stored = { ...metadata, resourceVersion: String(versions) };
    return response.end(JSON.stringify({ ...profile, kind, metadata: stored, status }));
  });
  cache = new Cache(local.client, 'ringfence-system', { onHealthy: () => {}, onFailure: () => {} });
  ledger = new Ledger();
  writer = new StatusWriter(cache, ledger);
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
  cache.profiles.accept(appNetworkProfiles.reduce(rawProfile(name, generation) as RawObject));
}

const compile = () => compileNamespace(cache.view(), platform(), namespace('shop'));

test('a profile that is edited while what it stood for is written has no status that claims to be about the edit', async () => {
  const compiled = compile();
  edit('b', 2);
  edit('new', 1);
  await writer.writeProfiles('shop', compiled);
  expect([...sent.keys()]).toEqual(['a', 'c']);
  await writer.writeProfiles('shop', compile());
  expect(sent.get('b')?.observedGeneration).toBe(2);
  expect(sent.get('new')?.observedGeneration).toBe(1);
});

test('a status that can not be written keeps none of the others back', async () => {
  refused = 'a';
  await expect(writer.writeProfiles('shop', compile())).rejects.toMatchObject({ status: 500 });
  expect([...sent.keys()]).toEqual(['b', 'c']);
});

test('what is there already is not written again', async () => {
  await writer.writeProfiles('shop', compile());
  expect(sent.size).toBe(3);
  sent.clear();
  await writer.writeProfiles('shop', compile());
  expect(sent.size).toBe(0);
});

test('a platform profile that follows another of the same generation is not Ready before its namespaces are looked at', async () => {
  const { uid } = namespace('shop');
  cache.namespaces.accept(
    namespaces.reduce({ metadata: { name: 'shop', uid, resourceVersion: '1' } } as RawObject),
  );
  const successor = { ...platform(), uid: 'uid-of-successor' } as unknown as StoredPlatform;
  cache.platforms.accept(successor);
  const stands = {
    uid,
    state: 'Enforced',
    policies: 1,
    findings: [],
    routes: [],
    failure: undefined,
  } as const;
  const ready = () => sent.get('default')?.conditions?.find(({ type }) => type === 'Ready');
  ledger.record('shop', { ...stands, madeFrom: specIdentity(platform()) });
  await writer.writePlatform();
  expect(ready()).toMatchObject({ status: 'False', reason: 'Progressing' });
  ledger.record('shop', { ...stands, madeFrom: specIdentity(successor) });
  await writer.writePlatform();
  expect(ready()).toMatchObject({ status: 'True', reason: 'Enforced' });
});
