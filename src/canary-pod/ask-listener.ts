// Asks a listener for its name: the positive control. Must not know what else is tried.
import { Socket } from 'node:net';

const patienceMs = 2_500;
/** Two names, a space and the end of the line. */
const longestAnswer = 2 * 253 + 2;

/** How to ask. */
export interface AskOptions {
  /** What to say first: a line without its end. Absent: nothing. */
  readonly say?: string;
  /** How long to wait for the answer, in milliseconds. */
  readonly withinMs?: number;
}

/** What the listener at an address answers; `undefined` if it does not. */
export async function askListener(
  address: string,
  port: number,
  { say, withinMs = patienceMs }: AskOptions = {},
): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const socket = new Socket();
  let text = '';
  const end = (answer?: string) => {
    clearTimeout(timer);
    socket.destroy();
    resolve(answer);
  };
  const timer = setTimeout(end, withinMs);
  socket.setEncoding('utf8');
  socket.on('data', (data) => {
    text += data;
    if (text.length > longestAnswer) end();
  });
  socket.on('end', () => end(text.trim()));
  socket.on('error', () => end());
  socket.connect({ host: address, port });
  if (say !== undefined) socket.write(`${say}\n`);
  return await promise;
}
