// Takes away what a node leaves on the host when its processes have ended: its cgroups. The supervisor calls it at every stop, and the
// next start for nodes whose supervisor was killed too. A node's directory and its cgroups have one name, which holds the pid of who
// started it: what belongs to a living process is never touched.
import { readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeCgroups, treesOfNodes } from './cgroups.ts';

const prefix = 'ringfence-node-';

/** What `mkdtemp` completes to the directory of a new node. */
export const directoryPrefix = (): string => join(tmpdir(), `${prefix}${process.pid}-`);

/** For the supervisor, see control-plane/supervisor.ts. */
export async function cleanUp(directory: string): Promise<void> {
  await removeCgroups(directory);
}

/** Removes what killed runs left of nodes. @returns the names of what was removed */
export async function removeLeftovers(): Promise<readonly string[]> {
  const directories = (await readdir(tmpdir())).filter((name) => name.startsWith(prefix));
  const names = [...new Set([...directories, ...(await treesOfNodes(prefix))])].sort();
  const removed: string[] = [];
  for (const name of names) {
    if (await isUsed(name)) continue;
    const directory = join(tmpdir(), name);
    await cleanUp(directory);
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    removed.push(name);
  }
  return removed;
}

/** Whether the process that started a node lives, or its supervisor, which has its name in its command line. */
async function isUsed(name: string): Promise<boolean> {
  const [starter] = name.slice(prefix.length).split('-');
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  if (starter !== undefined && pids.includes(starter)) return true;
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.some((line) => line.includes('supervisor.ts') && line.includes(name));
}
