// The cgroups of a test node: one tree of its own in every hierarchy of the host, named as the node's directory, which the cgroup
// namespaces of its machines take for the root. Every process that a node starts is in one of them, so that none can be left when they are
// removed. Only version 1 of cgroups, see requirements.ts.
import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { poll } from '../control-plane/poll.ts';

/** A mounted hierarchy of cgroups. */
export interface Hierarchy {
  readonly path: string;
  /** What mounts it again, as `cpu,cpuacct` or `none,name=systemd`. */
  readonly options: string;
}

/** Options of a mount that are no controllers. */
const ofAnyMount = /^(r[ow]|relatime|noatime|nodev|nosuid|noexec|xattr|clone_children|release_agent=.*)$/;

/** @param mounts the content of /proc/mounts */
export function hierarchiesIn(mounts: string): readonly Hierarchy[] {
  return mounts.split('\n').flatMap((line) => {
    const [, path, type, options = ''] = line.split(' ');
    if (type !== 'cgroup' || path === undefined) return [];
    const controllers = options.split(',').filter((option) => !ofAnyMount.test(option));
    const named = controllers.length === 1 && controllers[0]?.startsWith('name=');
    return [{ path, options: (named ? ['none', ...controllers] : controllers).join(',') }];
  });
}

export const hostHierarchies = (): readonly Hierarchy[] =>
  hierarchiesIn(readFileSync('/proc/mounts', 'utf8'));

/** The name of the tree of a node. */
const treeOf = (directory: string): string => basename(directory);

/**
 * Makes a cgroup of a node in every hierarchy: for a machine, or for what runs outside of all.
 * @param directory of the node
 * @returns the folders
 */
export async function createCgroups(directory: string, name: string): Promise<readonly string[]> {
  const folders = hostHierarchies().map(({ path }) => ({
    path,
    folder: join(path, treeOf(directory), name),
  }));
  for (const { path, folder } of folders) {
    await mkdir(folder, { recursive: true });
    // A new cpuset is empty, and takes no process.
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      await copySetting(join(path, file), join(path, treeOf(directory), file));
      await copySetting(join(path, file), join(folder, file));
    }
  }
  return folders.map(({ folder }) => folder);
}

/** Joins the cgroups that it is given, up to `--`, and becomes what follows. */
const joinScript = 'while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs"; shift; done; shift; exec "$@"';

/**
 * A command that runs another one in cgroups of a node.
 * @param cgroups their folders
 */
export function inCgroups(
  directory: string,
  cgroups: readonly string[],
  words: readonly string[],
): { readonly command: string; readonly args: readonly string[] } {
  return { command: 'sh', args: ['-euc', joinScript, directory, ...cgroups, '--', ...words] };
}

async function copySetting(from: string, to: string): Promise<void> {
  const value = await readFile(from, 'utf8').catch(() => undefined);
  if (value !== undefined) await writeFile(to, value);
}

/** Ends what is left in the cgroups of a node, and removes them. Does nothing where there are none. */
export async function removeCgroups(directory: string): Promise<void> {
  for (const { path } of hostHierarchies()) {
    const tree = join(path, treeOf(directory));
    await poll(() => isRemoved(tree), {
      expired: () => new Error(`the cgroup \`${tree}\` cannot be removed`),
    });
  }
}

async function isRemoved(cgroup: string): Promise<boolean> {
  const entries = await readdir(cgroup, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return true;
  let empty = true;
  for (const entry of entries) {
    if (entry.isDirectory()) empty = (await isRemoved(join(cgroup, entry.name))) && empty;
  }
  const pids = await readFile(join(cgroup, 'cgroup.procs'), 'utf8').catch(() => '');
  for (const pid of pids.split('\n').filter(Boolean)) end(Number(pid));
  return (
    empty &&
    (await rmdir(cgroup)
      .then(() => true)
      .catch(() => false))
  );
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** The names of the trees that are there of nodes. */
export async function treesOfNodes(prefix: string): Promise<readonly string[]> {
  const names = await Promise.all(hostHierarchies().map(({ path }) => readdir(path).catch(() => [])));
  return [...new Set(names.flat())].filter((name) => name.startsWith(prefix)).sort();
}
