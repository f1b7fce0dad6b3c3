// One exchange on a real server: what comes back, what breaks, and which connection carries it.

import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from '@jest/globals';
import { exchange, makeAgent, readBody } from './http.ts';

const stack: (() => void)[] = [];

afterEach(() => {
  for (const end of stack.splice(0).reverse()) end();
});

async function serve(
  listener: RequestListener,
): Promise<{ url: string; server: Server; connections(): number }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  await once(server, 'listening');
  stack.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, server, connections: () => connections };
}

function agentFor(url: string, proxy?: string) {
  const agent = makeAgent(url, proxy, {}, 2);
  stack.push(() => agent.destroy());
  return agent;
}

const get = { method: 'GET', headers: {} } as const;

describe('an exchange', () => {
  test('brings the body there and the answer back, whatever its status', async () => {
    const { url } = await serve(async (request, response) => {
      response.writeHead(409, { 'retry-after': '3' });
      response.end(
        `${request.method} ${request.url} ${request.headers.authorization} ${await text(request)}`,
      );
    });
    const headers = { authorization: 'Bearer t' };
    const answer = await exchange(`${url}/a?b=c`, {
      method: 'POST',
      headers,
      body: 'ä',
      agent: agentFor(url),
    });
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([409, '3']);
    expect(await readBody(answer)).toBe('POST /a?b=c Bearer t ä');
  });

  test('sends the length of a body, also with methods that rarely have one', async () => {
    const { url } = await serve(async (request, response) => response.end(await text(request)));
    const agent = agentFor(url);
    for (const method of ['DELETE', 'PATCH', 'GET']) {
      expect(await readBody(await exchange(url, { method, headers: {}, body: 'ä', agent }))).toBe('ä');
    }
  });

  test('shares the connections of its agent, however many wait for one', async () => {
    const { url, connections } = await serve((_, response) => response.end('{}'));
    const agent = agentFor(url);
    const ask = async () => readBody(await exchange(url, { ...get, agent }));
    expect(await Promise.all(Array.from({ length: 9 }, ask))).toEqual(Array(9).fill('{}'));
    await ask();
    expect(connections()).toBe(2);
  });

  test('throws where nobody listens', async () => {
    const { url, server } = await serve(() => {});
    server.close();
    await expect(exchange(url, { ...get, agent: agentFor(url) })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });

  test('throws when it is aborted, before the answer and in it', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/begun') response.write('x');
    });
    const agent = agentFor(url);
    const early = new AbortController();
    const pending = exchange(`${url}/silent`, { ...get, agent, signal: early.signal });
    early.abort();
    await expect(pending).rejects.toMatchObject({ name: 'AbortError' });
    const late = new AbortController();
    const answer = await exchange(`${url}/begun`, { ...get, agent, signal: late.signal });
    const reading = readBody(answer);
    late.abort();
    await expect(reading).rejects.toThrow();
  });

  test('throws when the answer breaks off, and when it falls silent', async () => {
    const { url } = await serve((request, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('x');
      if (request.url === '/torn') setImmediate(() => request.socket.destroy());
    });
    const agent = agentFor(url);
    await expect(readBody(await exchange(`${url}/torn`, { ...get, agent }))).rejects.toThrow();
    await expect(readBody(await exchange(`${url}/silent`, { ...get, agent, idleMs: 20 }))).rejects.toThrow();
  });

  test('is over at its deadline: while it waits for a connection, before the answer, and while that drips', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/silent') return;
      response.writeHead(200, { 'content-length': '1000000' });
      const drip = setInterval(() => response.write('x'), 5);
      response.on('close', () => clearInterval(drip));
    });
    const agent = agentFor(url);
    const ask = async (path: string) =>
      readBody(await exchange(`${url}${path}`, { ...get, agent, deadlineMs: 50 }));
    // Two have a connection, the third one waits for one.
    const all = [ask('/drips'), ask('/silent'), ask('/waits')];
    await Promise.all(all.map((each) => expect(each).rejects.toThrow('no complete answer within 0.05 s')));
  });

  test('sends nothing if the check right before it throws; with TLS the check comes after the handshake', async () => {
    const { url } = await serve((_, response) => response.end('sent'));
    const agent = agentFor(url);
    const refuse = () => {
      throw new Error('not now');
    };
    await expect(exchange(url, { ...get, agent, beforeSending: refuse })).rejects.toThrow('not now');
    expect(await readBody(await exchange(url, { ...get, agent, beforeSending: () => {} }))).toBe('sent');
    // A connection that is kept has no handshake to wait for.
    expect(await readBody(await exchange(url, { ...get, agent, beforeSending: () => {} }))).toBe('sent');
  });

  test('goes through a proxy', async () => {
    const { url } = await serve((_, response) => response.end('through'));
    const tunnels: string[] = [];
    const proxy = await serve(() => {});
    proxy.server.on('connect', (request, socket, head) => {
      tunnels.push(request.url ?? '');
      const onward = connect(Number(new URL(url).port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.write(head);
        onward.pipe(socket).pipe(onward);
      });
      stack.push(() => onward.destroy());
    });
    expect(await readBody(await exchange(url, { ...get, agent: agentFor(url, proxy.url) }))).toBe('through');
    expect(tunnels).toEqual([new URL(url).host]);
  });
});
