// The demo is what a newcomer sees first: it must tell its story to the end, and leave nothing running.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

async function runDemo(env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = spawn(process.execPath, ['e2e/demo/demo.ts'], { env: { ...process.env, ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output += String(data);
    });
  }
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, output };
}

describe('the demo', () => {
  test('tells its story to the end, with what it measured, and without colour in a pipe', async () => {
    const { code, output } = await runDemo();
    expect(output).toMatch(/11\. Off: the orderly way out/);
    expect(output).toMatch(/would write 6 policies in 3 namespaces; none is written/);
    expect(output).toMatch(/It is back \d+(\.\d)? ms after the deletion was sent/);
    expect(output).toMatch(/Rejected: Service `nosqlclient` has no port `3000`/);
    expect(output).toMatch(/One policy was written, \d+/);
    expect(output).toMatch(/ringfence-\S+-out-\S+ +reports +27018/);
    expect(output).toMatch(/Ringed \d+(\.\d)? ms after/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape of a colour is what must not be there
    expect(output).not.toMatch(/\u001b/);
    expect(code).toBe(0);
  });
});
