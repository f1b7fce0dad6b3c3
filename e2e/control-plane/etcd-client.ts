// What tests want of etcd itself: whether it is up, and that it forgets its history, as in production every five minutes.
// Through etcd's own HTTP/JSON gateway: https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/
import { request } from 'undici';

/** POSTs to the gateway; its 64-bit numbers are strings. */
async function call<Answer>(url: string, path: string, body: unknown): Promise<Answer> {
  const response = await request(url + path, { method: 'POST', body: JSON.stringify(body) });
  const text = await response.body.text();
  if (response.statusCode !== 200) throw new Error(`etcd: ${path}: ${response.statusCode} ${text}`);
  return JSON.parse(text) as Answer;
}

/**
 * Drops every revision before the current one.
 * @param url of etcd, as `http://127.0.0.1:2379`
 * @returns the revision that is now the oldest; a resourceVersion below it is gone
 */
export async function compact(url: string): Promise<string> {
  const { header } = await call<{ header: { revision: string } }>(url, '/v3/maintenance/status', {});
  await call(url, '/v3/kv/compaction', { revision: header.revision, physical: true });
  return header.revision;
}

/**
 * Does nothing if etcd is up and takes writes.
 * @param url as for `compact`
 * @throws Error if it does not
 */
export async function checkHealth(url: string): Promise<void> {
  const response = await request(`${url}/health`);
  const text = await response.body.text();
  if (response.statusCode !== 200) throw new Error(`etcd: /health: ${response.statusCode} ${text}`);
}
