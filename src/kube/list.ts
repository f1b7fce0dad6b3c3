// Reads all objects of a kind once, page by page, for a verb that reads a cluster and ends.
// Must not know how the objects are used.
import type { ApiClient } from './api-client.ts';
import { classify } from './errors.ts';
import { pagesOf } from './pages.ts';
import { receivedList } from './received.ts';
import type { KubernetesObject, Resource } from './resource.ts';
import { apiVersionOf, pathsOf } from './served-path.ts';
import type { Identified } from './store.ts';

/** A kind to list. */
type ListedKind = Pick<Resource<Identified>, 'kind' | 'path' | 'olderPaths' | 'query' | 'optional'>;

/**
 * Lists all objects of a kind, in the order of the server.
 *
 * @throws ApiError for any answer but a list of that kind; 404 means none if the kind is optional
 */
export async function listObjects(
  client: ApiClient,
  listed: ListedKind,
): Promise<readonly KubernetesObject[]> {
  for (const path of pathsOf(listed)) {
    try {
      return await listAt(client, path, listed);
    } catch (error) {
      if (!listed.optional || classify(error) !== 'gone') throw error;
    }
  }
  return [];
}

async function listAt(
  client: ApiClient,
  path: string,
  { kind, query }: ListedKind,
): Promise<readonly KubernetesObject[]> {
  const apiVersion = apiVersionOf(path);
  const objects: KubernetesObject[] = [];
  const pages = pagesOf(async (page) =>
    receivedList(await client.request('GET', path, { query: { ...page, ...query } }), kind),
  );
  for await (const { items } of pages) {
    // The items of a list do not name their kind.
    for (const item of items) objects.push({ ...item, apiVersion, kind });
  }
  return objects;
}
