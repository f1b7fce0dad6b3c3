// Ends processes that were left behind, when even their supervisor was killed. A pid may have been given to a stranger since:
// only a process whose command line names our directory is touched.
import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { poll } from './poll.ts';

const run = promisify(execFile);

/** Whether `pid` lives and was started with `directory` in its command line. */
export async function belongsTo(directory: string, pid: number): Promise<boolean> {
  try {
    const commandLine =
      process.platform === 'linux'
        ? await readFile(`/proc/${pid}/cmdline`, 'utf8')
        : (await run('ps', ['-o', 'args=', '-p', String(pid)])).stdout;
    return commandLine.includes(directory);
  } catch {
    return false;
  }
}

/** Sends `signal` to `pid` where it is ours, and waits until it is gone. */
export async function endProcess(
  directory: string,
  pid: number,
  signal: 'SIGTERM' | 'SIGKILL',
): Promise<void> {
  if (!(await belongsTo(directory, pid))) return;
  process.kill(pid, signal);
  await poll(async () => !(await belongsTo(directory, pid)), {
    timeoutMs: 30_000,
    expired: () => new Error(`process ${pid} does not end on ${signal}`),
  });
}

/** Kills what is left of a control plane, in the order of `pids`, and deletes its directory. */
export async function endLeftovers(directory: string, pids: Iterable<number>): Promise<void> {
  for (const pid of pids) await endProcess(directory, pid, 'SIGKILL');
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}
