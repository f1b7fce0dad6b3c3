// A listener of the canary: it answers on each of its ports with its name, and closes. Must not know who may reach which port.
import { createServer } from 'node:net';
import { listenerPorts } from '../canary/canary-table.ts';

/** More than all clients together; others are refused. */
const maxConnections = 200;

/** Listens until the process ends. @param name of the pod */
export async function runListener(name: string): Promise<void> {
  await Promise.all(listenerPorts.map((port) => listen(port, name)));
}

async function listen(port: number, name: string): Promise<void> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.setTimeout(5_000, () => socket.destroy());
    // Nothing is read, and nobody keeps a connection.
    socket.end(`${name}\n`);
    socket.resume();
  });
  server.maxConnections = maxConnections;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.on('error', reject);
  server.listen({ port, host: '::' }, resolve);
  await promise;
}
