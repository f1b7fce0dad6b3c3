// The folder that keeps binaries from one run to the next: one per set, with one in it for each version.
// A binary enters whole, or not at all: it is made in a folder of its own, tried, and moved in by rename, so that two
// runs side by side at worst do the work twice. What is in the cache is therefore trusted by its name.
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Binary } from './binary.ts';
import { explainFullDisk } from './disk-full.ts';
import { unfitness } from './probe.ts';

/** The folder of a set: `$XDG_CACHE_HOME` (else `~/.cache`) `/ringfence/NAME`. */
export function cacheHome(env: NodeJS.ProcessEnv, name: string): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ringfence', name);
}

/** The path of `binary` in the cache, or undefined when it is not there. */
export function cached(folder: string, binary: Binary): string | undefined {
  const path = join(folder, binary.name);
  return existsSync(path) ? path : undefined;
}

const scratchPrefix = '.making-';
const day = 24 * 60 * 60 * 1000;

/** Removes what a run left that was killed; a run of today may still be at work. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!name.startsWith(scratchPrefix)) continue;
    const age = Date.now() - (await stat(path)).mtimeMs;
    if (age > day) await rm(path, { recursive: true, force: true });
  }
}

/**
 * Runs `work` with a scratch folder on the cache's own file system; the folder is gone afterwards.
 * @throws DiskFull where it fails for that reason
 */
export async function withScratch<Result>(
  folder: string,
  work: (scratch: string) => Promise<Result>,
): Promise<Result> {
  await mkdir(folder, { recursive: true });
  // Another run may remove the same folder at the same moment: no reason to fail.
  await sweep(folder).catch(() => undefined);
  const scratch = await mkdtemp(join(folder, scratchPrefix));
  try {
    return await work(scratch);
  } catch (error) {
    throw await explainFullDisk(error, scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Else its name may be there after a power failure, and its content not. */
async function reachDisk(path: string): Promise<void> {
  await using file = await open(path);
  await file.sync();
}

/**
 * Moves a finished binary into the cache.
 * @throws Error when it cannot be run here, or is of another version
 */
export async function keep(folder: string, binary: Binary, made: string): Promise<string> {
  await chmod(made, 0o755);
  await reachDisk(made);
  const unfit = await unfitness(binary, made);
  if (unfit !== undefined) throw new Error(unfit);
  const path = join(folder, binary.name);
  await rename(made, path);
  return path;
}
