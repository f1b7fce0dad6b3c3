// /livez and /readyz over HTTP, each with its reasons.
// Must not know what is checked: it is given the checks.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigurationError } from '../cluster/connection.ts';

/** Reasons why not; none means yes. */
export type Check = () => readonly string[];

/** A running health server. */
export interface HealthServer {
  /** The port that it listens on. */
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves the checks until closed: 200 and `ok`, or 503 and one reason a line.
 *
 * @param address `host:port`; port 0 takes a free one
 * @throws ConfigurationError where the address can't be listened on
 */
export async function serveHealth(
  address: string,
  checks: { live: Check; ready: Check },
): Promise<HealthServer> {
  const routes = new Map([
    ['/livez', checks.live],
    ['/readyz', checks.ready],
  ]);
  const server = createServer((request, response) => {
    const check = routes.get(request.url?.split('?')[0] ?? '');
    const reasons = check?.();
    response.writeHead(reasons === undefined ? 404 : reasons.length === 0 ? 200 : 503, {
      'content-type': 'text/plain; charset=utf-8',
    });
    response.end(`${reasons === undefined ? 'not found' : reasons.join('\n') || 'ok'}\n`);
  });
  await listen(server, address);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, address: string): Promise<void> {
  const split = address.lastIndexOf(':');
  const host = address.slice(0, split).replace(/^\[(.*)\]$/, '$1');
  return new Promise((resolve, reject) => {
    server.once('error', ({ message }) =>
      reject(
        new ConfigurationError(
          `can't serve health checks on \`${address}\`: ${message}; choose another address with \`--health-address\``,
        ),
      ),
    );
    server.listen({ port: Number(address.slice(split + 1)), ...(host === '' ? {} : { host }) }, resolve);
  });
}
