// What a gate keeps from being sent, and what it breaks off. The server is a real one that remembers what reached it.
import type { RequestListener } from 'node:http';
import { afterEach, expect, test } from '@jest/globals';
import { type LocalClient, localClient } from '../../test/local-server.ts';
import { WriteGate, WritesClosedError } from './write-gate.ts';

const answer = JSON.stringify({ kind: 'NetworkPolicy', apiVersion: 'networking.k8s.io/v1' });
const path = '/apis';
let local: LocalClient;

afterEach(() => local.stop());

/** A client through a gate, and the methods of what reached its server. */
async function behind(gate: WriteGate, serve: RequestListener = (_, response) => response.end(answer)) {
  const reached: (string | undefined)[] = [];
  const listener: RequestListener = (request, response) => {
    reached.push(request.method);
    serve(request, response);
  };
  local = await localClient(listener, { gate }, 1);
  return { client: local.client, reached };
}

test('an open gate lets writes pass', async () => {
  const { client, reached } = await behind(new WriteGate(() => true));
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const)
    await client.request(method, path, { body: {} });
  expect(reached).toEqual(['POST', 'PUT', 'PATCH', 'DELETE']);
});

test('no write is sent while it is not allowed, and what only reads is', async () => {
  let mayWrite = false;
  const { client, reached } = await behind(new WriteGate(() => mayWrite));
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const)
    await expect(client.request(method, path, { body: {} })).rejects.toThrow(WritesClosedError);
  await client.request('GET', path);
  mayWrite = true;
  await client.request('POST', path);
  expect(reached).toEqual(['GET', 'POST']);
});

test('a write that waits for a connection is judged when it has one', async () => {
  let mayWrite = true;
  const first = Promise.withResolvers<void>();
  const { client, reached } = await behind(new WriteGate(() => mayWrite), async (_, response) => {
    await first.promise;
    response.end(answer);
  });
  const answered = client.request('POST', path);
  const waiting = client.request('PUT', path);
  const refused = expect(waiting).rejects.toThrow(WritesClosedError);
  while (reached.length === 0) await new Promise(setImmediate);
  mayWrite = false;
  first.resolve();
  await answered;
  await refused;
  expect(reached).toEqual(['POST']);
});

test('a write that opens its connection is judged when that stands', async () => {
  let asked = 0;
  // The first look is before there is a connection.
  const { client, reached } = await behind(new WriteGate(() => ++asked === 1));
  await expect(client.request('POST', path)).rejects.toThrow(WritesClosedError);
  expect([asked, reached]).toEqual([2, []]);
});

test('once closed it stays closed, and what is under way is answered', async () => {
  const gate = new WriteGate(() => true);
  const { client } = await behind(gate, (_, response) => {
    gate.close();
    response.end(answer);
  });
  expect(await client.request('POST', path)).toMatchObject({ kind: 'NetworkPolicy' });
  await expect(client.request('POST', path)).rejects.toThrow(WritesClosedError);
});

test('aborted, it breaks off what is under way: before the answer, in it, and what waits for a connection', async () => {
  for (const begins of [false, true]) {
    const gate = new WriteGate(() => true);
    const { client, reached } = await behind(gate, (_, response) => {
      if (begins) response.write('{');
    });
    const writes = [client.request('POST', path), client.request('PUT', path)];
    const broken = Promise.all(writes.map((write) => expect(write).rejects.toThrow(WritesClosedError)));
    while (reached.length === 0) await new Promise(setImmediate);
    gate.abort();
    await broken;
    expect(reached).toEqual(['POST']);
    local.stop();
  }
});

test('what was decided before an interruption of the watches is not sent after it', async () => {
  const gate = new WriteGate(() => true);
  const facts = { cutOff: false, epoch: 1 };
  gate.follow(facts);
  const { client, reached } = await behind(gate);
  await client.request('POST', path, { epoch: 1 });
  facts.cutOff = true;
  await expect(client.request('PUT', path, { epoch: 1 })).rejects.toThrow(WritesClosedError);
  Object.assign(facts, { cutOff: false, epoch: 2 });
  await expect(client.request('PATCH', path, { epoch: 1 })).rejects.toThrow(WritesClosedError);
  await client.request('DELETE', path, { epoch: 2 });
  expect(reached).toEqual(['POST', 'DELETE']);
});

test('a write that waited for a connection during an interruption of the watches is not sent', async () => {
  const gate = new WriteGate(() => true);
  const facts = { cutOff: false, epoch: 1 };
  gate.follow(facts);
  const first = Promise.withResolvers<void>();
  const { client, reached } = await behind(gate, async (_, response) => {
    await first.promise;
    response.end(answer);
  });
  const answered = client.request('POST', path);
  const refused = expect(client.request('PUT', path)).rejects.toThrow(WritesClosedError);
  while (reached.length === 0) await new Promise(setImmediate);
  facts.epoch = 2;
  first.resolve();
  await answered;
  await refused;
  expect(reached).toEqual(['POST']);
});
