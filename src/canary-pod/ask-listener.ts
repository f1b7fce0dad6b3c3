// Asks a listener for its name: the positive control. Must not know what else is tried.
import { Socket } from 'node:net';

const patienceMs = 2_500;
const longestName = 253;

/** What the listener at an address answers; `undefined` if it does not. */
export async function askListener(address: string, port: number): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const socket = new Socket();
  let text = '';
  const end = (name?: string) => {
    clearTimeout(timer);
    socket.destroy();
    resolve(name);
  };
  const timer = setTimeout(end, patienceMs);
  socket.setEncoding('utf8');
  socket.on('data', (data) => {
    text += data;
    if (text.length > longestName + 1) end();
  });
  socket.on('end', () => end(text.trim()));
  socket.on('error', () => end());
  socket.connect({ host: address, port });
  return await promise;
}
