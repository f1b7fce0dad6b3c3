// Chooses free TCP ports on loopback.
// They come from below the range that the kernel gives to outgoing connections (32768 and up on Linux), so that no
// connection of a neighbour takes one between the choice and its use, nor while an API server is down for a test.
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const lowest = 20_000;
const highest = 30_000;

/**
 * A different port on 127.0.0.1 for each name, that nobody listens on.
 * @throws Error when none is found in 200 tries
 */
export async function freePorts<Name extends string>(...names: Name[]): Promise<Record<Name, number>> {
  const ports = new Set<number>();
  for (let tries = 0; ports.size < names.length; tries++) {
    if (tries > 200) throw new Error(`no free port on 127.0.0.1 between ${lowest} and ${highest}`);
    const port = randomInt(lowest, highest);
    if (await isFree(port)) ports.add(port);
  }
  const chosen = [...ports];
  return Object.fromEntries(names.map((name, index) => [name, chosen[index]])) as Record<Name, number>;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
