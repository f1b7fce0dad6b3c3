// A real HTTP server on loopback that answers as a test tells it to, and a client of it. Must not know what is asked.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiClient } from '../src/cluster/api-client.ts';
import { makeAgent } from '../src/cluster/http.ts';

/** A client, and the end of its server. */
export interface LocalClient {
  readonly client: ApiClient;
  stop(): void;
}

/** Starts a server that answers every request with `listener`. */
export async function localClient(listener: RequestListener): Promise<LocalClient> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const agent = makeAgent(url, undefined, {});
  const transport = async () => ({ agent, watchAgent: agent, headers: {} });
  return {
    client: new ApiClient({ server: url, transport, close: async () => {} }),
    stop: () => {
      agent.destroy();
      server.close();
      server.closeAllConnections();
    },
  };
}
