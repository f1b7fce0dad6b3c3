// One HTTP exchange on Node's own client, and the agents that keep its connections.
// Node parses in native code. undici does in WebAssembly, whose compilation takes 20 MiB of an operator that needs 90.
// Must not know what is asked for, nor read an answer, nor retry.
import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, Agent as SecureAgent } from 'node:https';
import { createSecureContext, TLSSocket } from 'node:tls';
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
  /** When all of it must be over, the wait for a connection and the last byte included, in milliseconds. Absent: never. */
  readonly deadlineMs?: number;
  /** Called when there is a connection, right before anything is sent. Where it throws, nothing is sent. */
  readonly beforeSending?: () => void;
}

// How long the server may take until an answer begins, and how long it may be silent then.
const patienceMs = 30_000;
// Shorter than the 90 s after which kube-apiserver closes an idle connection, so that we are the first.
const keepAliveMs = 60_000;

/**
 * Sends a request. Returns when the answer has begun, of whatever status; its body must be read, resumed or destroyed.
 *
 * @param url `https://…` or `http://…`, as the agent was made for
 * @throws where there is no answer, or what `beforeSending` throws; a body that breaks off, falls silent or takes too long
 *   throws when it is read
 */
export async function exchange(url: string, options: Exchange): Promise<IncomingMessage> {
  const { method, agent, body, idleMs, signal, deadlineMs, beforeSending } = options;
  // Node sends the body of a DELETE without its length unless it is told.
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const sent = { method, agent, timeout: patienceMs, headers: { ...options.headers, ...length } };
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const request = send(url, signal === undefined ? sent : { ...sent, signal }, (answer) => {
      if (idleMs !== undefined) answer.setTimeout(idleMs);
      begun = answer;
      resolve(answer);
    });
    let begun: IncomingMessage | undefined;
    request.on('timeout', () => request.destroy(new Error('the server does not answer')));
    request.on('error', reject);
    if (deadlineMs !== undefined) {
      const tooLate = () =>
        (begun ?? request).destroy(new Error(`no complete answer within ${deadlineMs / 1000} s`));
      const timer = setTimeout(tooLate, deadlineMs);
      request.on('close', () => clearTimeout(timer));
    }
    if (beforeSending === undefined) request.end(body);
    else whenConnected(request, () => sendIf(beforeSending, request, body));
  });
}

function sendIf(beforeSending: () => void, request: ClientRequest, body: string | undefined): void {
  if (request.destroyed) return;
  try {
    beforeSending();
    request.end(body);
  } catch (error) {
    request.destroy(error as Error);
  }
}

/** Calls `act` when what is written to the request leaves at once: it has a connection, which may be one that is kept. */
function whenConnected(request: ClientRequest, act: () => void): void {
  request.once('socket', (socket) => {
    if (socket instanceof TLSSocket) {
      // There is a Finished message where the handshake is over.
      if (socket.getFinished() === undefined) socket.once('secureConnect', act);
      else act();
    } else if (socket.connecting) socket.once('connect', act);
    else act();
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
