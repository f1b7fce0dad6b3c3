// A real HTTP server on loopback that answers as a test tells it to, and a client of it. Must not know what is asked.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiClient, type ClientOptions } from '../src/kube/api-client.ts';
import { makeAgent } from '../src/kube/http.ts';

/** A client, and the end of its server. */
export interface LocalClient {
  readonly client: ApiClient;
  stop(): void;
}

/**
 * Starts a server that answers every request with `listener`.
 *
 * @param options of the client
 * @param connections how many the client may have at once
 */
export async function localClient(
  listener: RequestListener,
  options: ClientOptions = {},
  connections?: number,
): Promise<LocalClient> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const agent = makeAgent(url, undefined, {}, connections);
  const watchAgent = makeAgent(url, undefined, {});
  const transport = async () => ({ agent, watchAgent, headers: {} });
  return {
    client: new ApiClient({ server: url, transport, close: async () => {} }, options),
    stop: () => {
      agent.destroy();
      watchAgent.destroy();
      server.close();
      server.closeAllConnections();
    },
  };
}
