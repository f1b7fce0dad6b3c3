// What a list makes of what a server answers. The server is a real one that gives these answers.
import { afterEach, describe, expect, test } from '@jest/globals';
import { type LocalClient, localClient } from '../../test/local-server.ts';
import { listObjects } from './list.ts';

let local: LocalClient;

afterEach(() => local.stop());

const kind = { kind: 'Namespace', path: '/api/v2/namespaces', olderPaths: ['/api/v1/namespaces'] };
const item = (name: string) => ({ metadata: { name, uid: `uid-of-${name}`, resourceVersion: '3' } });
const page = (items: unknown, next?: string) => ({
  apiVersion: 'v1',
  kind: 'NamespaceList',
  metadata: { resourceVersion: '9', continue: next },
  items,
});

/** Lists from a server that answers the pages of `pages` at `/api/v1`, by where they begin. */
async function list(pages: Readonly<Record<string, object>>, optional = true) {
  local = await localClient((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const found = pathname === '/api/v1/namespaces' && pages[searchParams.get('continue') ?? ''];
    if (found) response.end(JSON.stringify(found));
    else
      response.writeHead(404).end(JSON.stringify({ apiVersion: 'v1', kind: 'Status', message: 'not found' }));
  });
  return listObjects(local.client, { ...kind, ...(optional ? { optional } : {}) });
}

describe('a list', () => {
  test('has the objects of all pages, in the version that the server has, and says what they are', async () => {
    const objects = await list({ '': page([item('a')], 'more'), more: page([item('b')]) });
    expect(objects).toEqual([
      { ...item('a'), apiVersion: 'v1', kind: 'Namespace' },
      { ...item('b'), apiVersion: 'v1', kind: 'Namespace' },
    ]);
  });

  test('of an optional kind that the server does not know is empty; of another it fails', async () => {
    expect(await list({})).toEqual([]);
    local.stop();
    await expect(list({}, false)).rejects.toMatchObject({ name: 'ApiError', status: 404 });
  });

  test.each([
    ['another list', { ...page([]), kind: 'PodList' }],
    ['a list without items', page(undefined)],
    ['a list with an item that has no name', page([{ metadata: {} }])],
    ['an object', { apiVersion: 'v1', kind: 'Namespace', ...item('a') }],
  ])("where the server answers with %s, that is the server's failure", async (_, answer) => {
    await expect(list({ '': answer })).rejects.toMatchObject({ name: 'ApiError', reason: 'Unexpected' });
  });
});
