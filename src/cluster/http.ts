// One HTTP exchange on Node's own client, and the agents that keep its connections.
// Node parses in native code. undici does in WebAssembly, whose compilation takes 20 MiB of an operator that needs 90.
// Must not know what is asked for, nor read an answer, nor retry.
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, Agent as SecureAgent } from 'node:https';
import { createSecureContext } from 'node:tls';
import { HttpProxyAgent, HttpsProxyAgent } from 'hpagent';
import type { TlsOptions } from './credentials.ts';

/** What is sent to an address. */
export interface Exchange {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly agent: Agent;
  readonly signal?: AbortSignal;
  /** How long the answer, once begun, may be silent, in milliseconds; 30 s when absent. */
  readonly idleMs?: number;
}

// How long a connection, and then the server, may take until an answer begins.
const patienceMs = 30_000;
// Shorter than the 90 s after which kube-apiserver closes an idle connection, so that we are the first.
const keepAliveMs = 60_000;

/**
 * Sends a request. Returns when the answer has begun, of whatever status; its body must be read, resumed or destroyed.
 *
 * @param url `https://…` or `http://…`, as the agent was made for
 * @throws where there is no answer; a body that breaks off or falls silent throws when it is read
 */
export async function exchange(url: string, options: Exchange): Promise<IncomingMessage> {
  const { method, agent, body, idleMs, signal } = options;
  // Node sends the body of a DELETE without its length unless it is told.
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const sent = { method, agent, timeout: patienceMs, headers: { ...options.headers, ...length } };
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const request = send(url, signal === undefined ? sent : { ...sent, signal }, (answer) => {
      if (idleMs !== undefined) answer.setTimeout(idleMs);
      resolve(answer);
    });
    request.on('timeout', () => request.destroy(new Error('the server is silent')));
    request.on('error', reject);
    request.end(body);
  });
}

/**
 * Keeps connections to one server, and uses those first that were used last.
 *
 * @param server its address, `https://…` or `http://…`
 * @param proxy the address of an http or https proxy in between, if any
 * @param maxSockets how many connections there may be
 */
export function makeAgent(
  server: string,
  proxy: string | undefined,
  tls: TlsOptions,
  maxSockets = Number.POSITIVE_INFINITY,
): Agent {
  const options = {
    ...tls,
    maxSockets,
    keepAlive: true,
    keepAliveMsecs: 30_000,
    timeout: keepAliveMs,
    scheduling: 'lifo',
  } as const;
  const isSecure = server.startsWith('https:');
  if (proxy === undefined) {
    // One context for all connections: each would read the certificates into a store of its own.
    return isSecure
      ? new SecureAgent({ ...options, secureContext: createSecureContext(tls) })
      : new Agent(options);
  }
  return isSecure ? new HttpsProxyAgent({ ...options, proxy }) : new HttpProxyAgent({ ...options, proxy });
}
