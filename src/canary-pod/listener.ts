// A listener of the canary: it answers on each of its ports with its name, and closes. At the control port it is told the address of
// another listener, and answers also who that is at its denied port: a listener is allowed there. Must not know who else may reach which
// port.
import { createServer, isIP, type Socket } from 'node:net';
import { controlPort, deniedPort, listenerGroups, listenerPorts } from '../canary/canary-table.ts';
import { askListener } from './ask-listener.ts';

/** More than all clients together; others are refused. */
const maxConnections = 200;
/** How long somebody may be connected, in milliseconds. */
const idleMs = 5_000;
/** How long to wait for another listener, in milliseconds: shorter than the client waits for this one. */
const relayMs = 1_500;
const longestAddress = 64;

/** Listens until the process ends. @param name of the pod */
export async function runListener(name: string): Promise<void> {
  await Promise.all(listenerPorts.map((port) => listen(port, name)));
}

async function listen(port: number, name: string): Promise<void> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.setTimeout(idleMs, () => socket.destroy());
    if (port === controlPort) answerWithOther(socket, name);
    else {
      // Nothing is read, and nobody keeps a connection.
      socket.end(`${name}\n`);
      socket.resume();
    }
  });
  server.maxConnections = maxConnections;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.on('error', reject);
  server.listen({ port, host: '::' }, resolve);
  await promise;
}

/** Reads one line, the address of another listener or nothing, and answers with both names. */
function answerWithOther(socket: Socket, name: string): void {
  let text = '';
  const read = (data: string) => {
    text += data;
    if (!text.includes('\n') && text.length <= longestAddress) return;
    socket.off('data', read);
    socket.resume();
    void nameOfOther(text.split('\n', 1)[0] ?? '').then((other) => socket.end(`${name} ${other}\n`));
  };
  socket.setEncoding('utf8');
  socket.on('data', read);
}

/** Only names of listeners are passed on: nobody may use this to look at what else answers on that port. */
async function nameOfOther(address: string): Promise<string> {
  if (isIP(address) === 0) return '';
  const other = (await askListener(address, deniedPort, { withinMs: relayMs })) ?? '';
  return Object.values(listenerGroups).some((group) => other.startsWith(`${group}-`)) ? other : '';
}
