// /livez and /readyz over HTTP, each with its reasons, and /metrics beside them. A page that can't be made is answered with
// 500: a request never ends the operator.
// Must not know what is checked or measured: it receives both.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { ConfigurationError } from '../kube/connection.ts';
import { ContainedMistake, type Mistakes } from './mistakes.ts';

/** Reasons why not; an empty list means yes. */
export type Check = () => readonly string[];

/** What is served. */
export interface HealthPages {
  readonly live: Check;
  readonly ready: Check;
  /** The text of /metrics, and its content type. */
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
}

interface Page {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** Receives errors. */
export interface HealthListeners {
  readonly log: Logger;
  readonly mistakes: Pick<Mistakes, 'contained' | 'succeeded'>;
}

/** A running health server. */
export interface HealthServer {
  /** The port that it listens on. */
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves the checks until closed (200 and `ok`, or 503 and one reason a line), and the metrics. A bug in one of
 * them is answered with 500 and contained: a kubelet restarts an operator that can no longer say whether it is alive.
 *
 * @param address `host:port`; port 0 chooses a free one
 * @throws ConfigurationError if it can't listen on the address
 */
export async function serveHealth(
  address: string,
  pages: HealthPages,
  { log, mistakes }: HealthListeners,
): Promise<HealthServer> {
  const routes = new Map<string, () => Page | Promise<Page>>([
    ['/livez', () => checked(pages.live)],
    ['/readyz', () => checked(pages.ready)],
    ['/metrics', async () => ({ status: 200, ...(await pages.metrics()) })],
  ]);
  const show = async (path: string): Promise<Page> => {
    const make = routes.get(path);
    if (make === undefined) return plain(404, 'not found');
    try {
      const page = await make();
      mistakes.succeeded(path);
      return page;
    } catch (error) {
      mistakes.contained(path, new ContainedMistake(error));
      return plain(500, 'a bug in ringfence keeps this page from being served: see the log');
    }
  };
  const server = createServer(async (request, response) => {
    const { status, type, text } = await show(request.url?.split('?')[0] ?? '');
    response.writeHead(status, { 'content-type': type });
    response.end(text);
  });
  await listen(server, address);
  // For example no free file descriptors: the next probe may succeed.
  server.on('error', ({ message }) =>
    log.warn({ error: message }, 'a request to the health address could not be answered'),
  );
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function checked(check: Check): Page {
  const reasons = check();
  return reasons.length === 0 ? plain(200, 'ok') : plain(503, reasons.join('\n'));
}

function plain(status: number, line: string): Page {
  return { status, type: 'text/plain; charset=utf-8', text: `${line}\n` };
}

function listen(server: Server, address: string): Promise<void> {
  const split = address.lastIndexOf(':');
  const host = address.slice(0, split).replace(/^\[(.*)\]$/, '$1');
  return new Promise((resolve, reject) => {
    const refuse = ({ message }: Error) =>
      reject(
        new ConfigurationError(
          `can't serve health checks and metrics on \`${address}\`: ${message}; choose another address with \`--health-address\``,
        ),
      );
    server.once('error', refuse);
    server.listen({ port: Number(address.slice(split + 1)), ...(host === '' ? {} : { host }) }, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}
