// Reads a list page by page, with only one page at a time in memory. Must not know what is listed.
import type { RequestOptions } from './api-client.ts';
import type { ReceivedList } from './received.ts';

const pageSize = 500;

/**
 * The pages of a list, in the order of the server; at least one.
 *
 * @param read sends one request with this query, and may add other parameters
 * @throws what `read` throws
 */
export async function* pagesOf(
  read: (query: NonNullable<RequestOptions['query']>) => Promise<ReceivedList>,
): AsyncGenerator<ReceivedList> {
  let next: string | undefined;
  do {
    const page = await read({ limit: pageSize, continue: next });
    yield page;
    next = page.next;
  } while (next !== undefined);
}
