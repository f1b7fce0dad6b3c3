// What a comparison finds and corrects that is hard to make a real API server do: a restore whose versions passed ours, events that
// come while it compares, and an object that can't be decoded. The server is a real one that answers from a list of states.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type LocalClient, localClient } from '../../test/local-server.ts';
import { type Labelled, plainNamespaces } from '../../test/plain-kinds.ts';
import { Comparison } from './comparison.ts';
import { Decoder } from './decoder.ts';
import { ObjectRequests } from './object-requests.ts';
import { Reflector } from './reflector.ts';
import type { Resource } from './resource.ts';
import { ServedPath } from './served-path.ts';
import { Store } from './store.ts';

let local: LocalClient;
let stop = new AbortController();

afterEach(() => {
  stop.abort();
  local.stop();
});

/** What the server has, at a version of all of it. */
interface State {
  version: string;
  /** By name: the resource version. */
  objects: Readonly<Record<string, string>>;
}

const namespaceNamed = ([name, resourceVersion]: readonly [string, string]) => ({
  kind: 'Namespace',
  metadata: { name, uid: `uid-of-${name}`, resourceVersion },
});

/** Lists with as many objects as a page has, and what follows. */
function page({ objects, version }: State, isPartial: boolean, query: URLSearchParams) {
  const kind = isPartial ? 'PartialObjectMetadata' : 'Namespace';
  const named = /metadata\.name=([^,]+)/.exec(query.get('fieldSelector') ?? '')?.[1];
  const all = Object.entries(objects).filter(([name]) => named === undefined || name === named);
  const from = Number(query.get('continue') ?? 0);
  const items = all.slice(from, from + 1).map((each) => ({ ...namespaceNamed(each), kind }));
  const next = from + 1 < all.length ? String(from + 1) : undefined;
  return {
    apiVersion: 'v1',
    kind: `${kind}List`,
    metadata: { resourceVersion: version, continue: next },
    // As the API server does it.
    items: isPartial && items.length === 0 ? null : items,
  };
}

/** Follows a server, and can compare with it. Pages have one object each. */
async function follow(state: State, resource: Resource<Labelled> = plainNamespaces) {
  const asked: string[] = [];
  let synced = () => {};
  let watch: ServerResponse | undefined;
  const tell = (type: string, object: object) => watch?.write(`${JSON.stringify({ type, object })}\n`);
  const bookmark = (resourceVersion: string, annotations = {}) =>
    tell('BOOKMARK', { kind: 'Namespace', metadata: { resourceVersion, annotations } });
  const serveWatch = (response: ServerResponse, query: URLSearchParams) => {
    watch = response;
    response.flushHeaders();
    asked.push(query.has('sendInitialEvents') ? 'list' : 'watch');
    for (const each of Object.entries(state.objects)) tell('ADDED', namespaceNamed(each));
    bookmark(state.version, { 'k8s.io/initial-events-end': 'true' });
  };
  const servePage = (response: ServerResponse, query: URLSearchParams, isPartial: boolean) => {
    asked.push(query.get('fieldSelector') ?? (isPartial ? 'metadata' : 'objects'));
    response.end(JSON.stringify(page(state, isPartial, query)));
  };
  const answer = ({ url = '', headers }: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    if (pathname !== '/api/v1/namespaces') response.writeHead(404).end('{}');
    else if (searchParams.has('watch')) serveWatch(response, searchParams);
    else servePage(response, searchParams, `${headers.accept}`.includes('as=PartialObjectMetadataList;'));
  };
  local = await localClient(answer);
  stop = new AbortController();
  const store = new Store<Labelled>((a, b) => a.resourceVersion === b.resourceVersion);
  const decoder = new Decoder(resource, store);
  const kept = { resource, store, decoder, served: new ServedPath(resource) };
  const listener = { onHealthy: () => synced(), onFailure: () => {} };
  const reflector = new Reflector(local.client, kept, listener);
  const requests = new ObjectRequests(local.client, kept);
  const comparison = new Comparison(local.client, { ...kept, requests, reflector });
  const isSynced = () =>
    new Promise<void>((resolve) => {
      synced = resolve;
    });
  const first = isSynced();
  void reflector.run(stop.signal);
  await first;
  const versions = () =>
    Object.fromEntries(store.all().map(({ name, resourceVersion }) => [name, resourceVersion]));
  const compare = async () => (await comparison.compare(stop.signal))?.map(({ name }) => name);
  return { asked, bookmark, tell, isSynced, versions, compare, store, reflector };
}

describe('a comparison', () => {
  test('reads metadata alone where nothing differs, in pages', async () => {
    const { asked, compare } = await follow({ version: '9', objects: { a: '3', b: '5' } });
    expect(await compare()).toEqual([]);
    expect(asked).toEqual(['list', 'metadata', 'metadata']);
  });

  test('of a kind of which there is nothing finds nothing', async () => {
    const { compare } = await follow({ version: '9', objects: {} });
    expect(await compare()).toEqual([]);
  });

  test('reads what was created, changed and deleted without a word', async () => {
    const state: State = { version: '9', objects: { gone: '3', same: '4', changed: '5' } };
    const { asked, bookmark, compare, versions, store } = await follow(state);
    const heard: string[] = [];
    store.onChange(({ previous, next }) => heard.push((next ?? previous)?.name ?? ''));
    Object.assign(state, { version: '20', objects: { same: '4', changed: '10', created: '12' } });
    bookmark('20');
    expect(await compare()).toEqual(['changed', 'created', 'gone']);
    expect(versions()).toEqual({ same: '4', changed: '10', created: '12' });
    expect(heard).toEqual(['changed', 'created', 'gone']);
    expect(asked.filter((each) => each.startsWith('metadata.name'))).toHaveLength(3);
    expect(await compare()).toEqual([]);
  });

  test('does not count what the watch reports before it has passed the list', async () => {
    const state: State = { version: '9', objects: { a: '3' } };
    const { asked, compare, tell, versions } = await follow(state);
    Object.assign(state, { version: '20', objects: { a: '10', b: '12' } });
    const compared = compare();
    tell('MODIFIED', namespaceNamed(['a', '10']));
    tell('ADDED', namespaceNamed(['b', '12']));
    tell('BOOKMARK', { kind: 'Namespace', metadata: { resourceVersion: '20' } });
    expect(await compared).toEqual([]);
    expect(versions()).toEqual({ a: '10', b: '12' });
    expect(asked.filter((each) => each.startsWith('metadata.name'))).toEqual([]);
  });

  test('lists everything anew if the server went back unnoticed', async () => {
    const state: State = { version: '9', objects: { a: '8' } };
    const { asked, bookmark, compare, isSynced, versions } = await follow(state);
    Object.assign(state, { version: '20', objects: { a: '5' } });
    bookmark('20');
    const listed = isSynced();
    expect(await compare()).toEqual(['a']);
    await listed;
    expect(versions()).toEqual({ a: '5' });
    expect(asked.filter((each) => each === 'list')).toHaveLength(2);
    expect(await compare()).toEqual([]);
  });

  test('knows the state of an object that it cannot decode', async () => {
    const resource = {
      ...plainNamespaces,
      reduce: () => {
        throw new RangeError('a mistake');
      },
    };
    const { asked, compare, versions } = await follow({ version: '9', objects: { bad: '3' } }, resource);
    expect(versions()).toEqual({});
    expect(await compare()).toEqual([]);
    expect(asked).toEqual(['list', 'metadata']);
  });

  test('asks for a kind, and for its objects, in the version that the server has', async () => {
    const resource = {
      ...plainNamespaces,
      path: '/apis/newer/v2/namespaces',
      olderPaths: ['/api/v1/namespaces'],
      optional: true,
    } as const;
    const state: State = { version: '9', objects: { a: '3' } };
    const { bookmark, compare, versions } = await follow(state, resource);
    Object.assign(state, { version: '20', objects: { a: '10' } });
    bookmark('20');
    expect(await compare()).toEqual(['a']);
    expect(versions()).toEqual({ a: '10' });
  });
});
