import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { tryConnection } from './try-connection.ts';

const address = '127.0.0.1';

test('a server that accepts is connected to, and gets no byte', async () => {
  const bytes: Buffer[] = [];
  const server = createServer((socket) => socket.on('data', (data) => bytes.push(data)));
  server.listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const closed = once(server, 'connection').then(([socket]) => once(socket, 'end'));
  expect(await tryConnection({ protocol: 'TCP', address, port })).toEqual({ result: 'connected' });
  await closed;
  expect(bytes).toEqual([]);
  server.close();
});

test('a port on which nothing listens refuses', async () => {
  const server = createServer().listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const refused = { result: 'refused', code: 'ECONNREFUSED' };
  expect(await tryConnection({ protocol: 'TCP', address, port })).toEqual(refused);
  expect(await tryConnection({ protocol: 'UDP', address, port })).toEqual(refused);
});

test('a DNS server that answers is connected to; one that does not is dropped', async () => {
  const server = createSocket('udp4').bind(0, address);
  await once(server, 'listening');
  const { port } = server.address();
  server.once('message', (query, { port: from }) => server.send(query, from, address));
  expect(await tryConnection({ protocol: 'UDP', address, port })).toEqual({ result: 'connected' });
  expect(await tryConnection({ protocol: 'UDP', address, port })).toEqual({ result: 'dropped' });
  server.close();
});

test('an address to which there is no way is unreachable, or refused by this machine', async () => {
  // From RFC 6666: packets to it are discarded.
  const { result } = await tryConnection({ protocol: 'TCP', address: '100::1', port: 80 });
  expect(['unreachable', 'refused', 'dropped']).toContain(result);
});
