// One HTTP exchange with Node's own client, and the agents that keep its connections.
// Node parses in native code. undici parses in WebAssembly, whose compilation takes 20 MiB of an operator that needs 90.
// Must not know what is requested, nor read an answer, nor retry.
import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, Agent as SecureAgent } from 'node:https';
import { createSecureContext, TLSSocket } from 'node:tls';
import { HttpProxyAgent, HttpsProxyAgent } from 'hpagent';
import type { TlsOptions } from './credentials.ts';

/** What is sent to an address. */
export interface Exchange {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly agent: Agent;
  readonly signal?: AbortSignal | undefined;
  /** How long the answer, once begun, may be silent, in milliseconds; 30 s if absent. */
  readonly idleMs?: number | undefined;
  /** When everything must be over, including the wait for a connection and the last byte, in milliseconds. Absent: never. */
  readonly deadlineMs?: number | undefined;
  /** Called when there is a connection, right before anything is sent. If it throws, nothing is sent. */
  readonly beforeSending?: (() => void) | undefined;
}

// How long the server may take to begin an answer, and how long it may then be silent.
const patienceMs = 30_000;
// Shorter than the 90 s after which kube-apiserver closes an idle connection, so that we close it first.
const keepAliveMs = 60_000;

/**
 * Sends a request. Returns when the answer has begun, with any status; its body must be read, resumed or destroyed.
 *
 * @param url `https://…` or `http://…`, as the agent was made for
 * @throws if there is no answer, or what `beforeSending` throws; a body that breaks off, falls silent or takes too long
 *   throws when it is read
 */
export async function exchange(url: string, options: Exchange): Promise<IncomingMessage> {
  const { method, agent, body, idleMs, signal, deadlineMs, beforeSending } = options;
  // Node sends the body of a DELETE without its length by default.
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const sent = { method, agent, timeout: patienceMs, headers: { ...options.headers, ...length } };
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const request = send(url, sent, (answer) => {
      if (idleMs !== undefined) answer.setTimeout(idleMs);
      begun = answer;
      resolve(answer);
    });
    let begun: IncomingMessage | undefined;
    request.on('timeout', () => request.destroy(new Error('the server does not answer')));
    request.on('error', reject);
    if (signal !== undefined) endWith(signal, request);
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

/** Does what Node's option `signal` does, with one listener: that takes less processor time for each request. */
function endWith(signal: AbortSignal, request: ClientRequest): void {
  const end = () => request.destroy(signal.reason as Error);
  if (signal.aborted) {
    end();
    return;
  }
  signal.addEventListener('abort', end, { once: true });
  request.on('close', () => signal.removeEventListener('abort', end));
}

/**
 * Reads the body of an answer as text. `node:stream/consumers` does the same by an asynchronous iterator, which takes more processor time.
 *
 * @throws if it breaks off, falls silent or takes too long
 */
export function readBody(answer: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const brokenOff = () => reject(answer.errored ?? new Error('the answer broke off'));
    if (answer.destroyed) {
      brokenOff();
      return;
    }
    answer.setEncoding('utf8');
    answer.on('data', (chunk: string) => {
      text += chunk;
    });
    answer.once('end', () => resolve(text));
    answer.once('error', reject);
    answer.once('close', () => {
      if (!answer.readableEnded) brokenOff();
    });
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

/** Calls `act` when data that is written to the request is sent at once: it has a connection, possibly a reused one. */
function whenConnected(request: ClientRequest, act: () => void): void {
  request.once('socket', (socket) => {
    if (request.reusedSocket) act();
    else if (socket instanceof TLSSocket) {
      // There is a Finished message if the handshake is complete.
      if (socket.getFinished() === undefined) socket.once('secureConnect', act);
      else act();
    } else if (socket.connecting) socket.once('connect', act);
    else act();
  });
}

/** All connections lead to one server, in one way: Node would make a text of certificates and more for each request to tell them apart. */
class OneServerAgent extends SecureAgent {
  override getName(): string {
    return 'the server';
  }
}

/**
 * Keeps connections to one server, and reuses the most recently used ones first.
 *
 * @param server its address, `https://…` or `http://…`
 * @param proxy the address of an http or https proxy in between, if any
 * @param maxSockets the maximum number of connections
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
    // One context for all connections: otherwise each would parse the certificates again.
    return isSecure
      ? new OneServerAgent({ ...options, secureContext: createSecureContext(tls) })
      : new Agent(options);
  }
  return isSecure ? new HttpsProxyAgent({ ...options, proxy }) : new HttpProxyAgent({ ...options, proxy });
}
