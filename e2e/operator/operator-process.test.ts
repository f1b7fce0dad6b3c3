// A killed test must not leave an operator behind that tries for ever.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from '@jest/globals';
import { poll } from '../control-plane/poll.ts';

const kubeconfig = JSON.stringify({
  'current-context': 'nowhere',
  contexts: [{ name: 'nowhere', context: { cluster: 'nowhere', user: 'nobody' } }],
  clusters: [{ name: 'nowhere', cluster: { server: 'https://127.0.0.1:1' } }],
  users: [{ name: 'nobody', user: { token: 'none' } }],
});

const parent = `
  const { OperatorProcess } = await import(process.argv[1]);
  const operator = await OperatorProcess.start({ kubeconfig: process.argv[2] });
  console.log(operator.pid);
`;

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('an operator ends when whoever started it is killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-orphan-'));
  writeFileSync(join(folder, 'kubeconfig'), kubeconfig);
  const module = new URL('../support/operator-process.ts', import.meta.url).href;
  const starter = spawn(
    process.execPath,
    ['--input-type=module', '--eval', parent, module, join(folder, 'kubeconfig')],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = (await once(createInterface({ input: starter.stdout }), 'line')) as [string];
  const pid = Number(line);
  expect(isRunning(pid)).toBe(true);
  starter.kill('SIGKILL');
  await poll(async () => !isRunning(pid), {
    expired: () => new Error(`operator ${pid} still runs`),
  });
  rmSync(folder, { recursive: true });
});
