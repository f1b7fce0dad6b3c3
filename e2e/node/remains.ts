// What is there of a node on the host, by the name of its directory, for tests that nothing is left of it.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { belongsTo } from '../control-plane/leftovers.ts';
import { poll } from '../control-plane/poll.ts';
import { hostHierarchies } from './cgroups.ts';

/** The directories of the nodes that a process has started. */
export async function directoriesOf(starter: number): Promise<readonly string[]> {
  const names = await readdir(tmpdir());
  return names
    .filter((name) => name.startsWith(`ringfence-node-${starter}-`))
    .map((name) => join(tmpdir(), name));
}

/** The folders of a node's cgroups. */
export const cgroupsOf = (directory: string): readonly string[] =>
  hostHierarchies()
    .map(({ path }) => join(path, basename(directory)))
    .filter((path) => existsSync(path));

/** The processes of a node, by their command lines or by their cgroups. */
export async function processesOf(directory: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const ours = pids.map(async (pid) => {
    const cgroups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
    return cgroups.includes(basename(directory)) || (await belongsTo(directory, Number(pid)));
  });
  const isOurs = await Promise.all(ours);
  return pids.filter((_, index) => isOurs[index]);
}

/** Waits until no process of a node is left. */
export async function noProcessOf(directory: string): Promise<void> {
  await poll(async () => (await processesOf(directory)).length === 0, {
    expired: async () => new Error(`still alive: ${await processesOf(directory)}`),
  });
}

/** Waits until the directory of a node is gone, which its supervisor removes last, and its processes too. */
export async function isGone(directory: string): Promise<void> {
  await poll(async () => !existsSync(directory), {
    expired: () => new Error(`\`${directory}\` still exists`),
  });
  await noProcessOf(directory);
}
