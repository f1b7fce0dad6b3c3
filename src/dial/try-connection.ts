// Tries one connection, as an application would, and sends nothing that an application could mistake for a request.
// Must not know whether it is allowed, nor try again.
import { createSocket } from 'node:dgram';
import { Socket } from 'node:net';
import type { AttemptResult, DialTarget } from './attempts.ts';

/** How long to wait for an answer, in milliseconds: a lost SYN is sent again after one second. */
const patienceMs = 2_500;

/** How a connection ended, with the code of the system if it did not succeed. */
export interface Ended {
  readonly result: AttemptResult;
  readonly code?: string;
}

/** Tries one connection. @param withinMs how long to wait for an answer */
export function tryConnection(target: DialTarget, withinMs = patienceMs): Promise<Ended> {
  return target.protocol === 'TCP' ? tryTcp(target, withinMs) : tryDns(target, withinMs);
}

/** Opens a connection and closes it in good order, without a byte. */
async function tryTcp({ address, port }: DialTarget, withinMs: number): Promise<Ended> {
  const socket = new Socket();
  const { promise, resolve } = Promise.withResolvers<Ended>();
  socket.setTimeout(withinMs, () => resolve({ result: 'dropped' }));
  socket.once('connect', () => resolve({ result: 'connected' }));
  socket.on('error', (error: NodeJS.ErrnoException) => resolve(endedBy(error)));
  socket.connect({ host: address, port });
  const ended = await promise;
  if (ended.result === 'connected') {
    socket.end();
    // Whoever is on the other side must not keep us waiting.
    socket.destroySoon();
  } else {
    // Without an answer the kernel would go on trying for minutes, and keep the process alive.
    socket.destroy();
  }
  return ended;
}

/**
 * A query for the name servers of the root, which any DNS server answers, if only with a refusal: RFC 1035, section 4.1. A header with
 * one question, the empty name, type NS, class IN.
 */
const query = Buffer.from([0x52, 0x46, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1]);

/** Sends a DNS query: no other UDP service can be asked without knowing it. */
async function tryDns({ address, port }: DialTarget, withinMs: number): Promise<Ended> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const timer = setTimeout(() => resolve({ result: 'dropped' }), withinMs);
  socket.once('message', () => resolve({ result: 'connected' }));
  socket.on('error', (error: NodeJS.ErrnoException) => resolve(endedBy(error)));
  // Only a connected socket is told that the port is closed.
  socket.connect(port, address, (error?: NodeJS.ErrnoException) => {
    if (error) resolve(endedBy(error));
    else socket.send(query);
  });
  const ended = await promise;
  clearTimeout(timer);
  socket.close();
  return ended;
}

/** By the codes of Linux. A firewall may also refuse with ICMP "administratively prohibited", which is `EHOSTUNREACH` or `EACCES`. */
const results: Readonly<Record<string, AttemptResult>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'refused',
  EACCES: 'refused',
  EPERM: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ETIMEDOUT: 'dropped',
};

function endedBy({ code = '', message }: NodeJS.ErrnoException): Ended {
  return { result: results[code] ?? 'failed', code: code || message };
}
