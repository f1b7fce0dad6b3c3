// The one control plane that a person starts by hand, and that stays up until the person stops it.
// A state file in the cache remembers it from one command to the next. The file is trusted only as far as the processes
// that it names still live: after a crash or a reboot, what is left is cleaned up.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { ensureBinaries } from './binaries.ts';
import { cacheHome } from './binary-cache.ts';
import { startControlPlane } from './control-plane.ts';
import { belongsTo, endLeftovers, endProcess } from './leftovers.ts';
import { binaryNames } from './versions.ts';

const standingSchema = z.object({
  directory: z.string(),
  url: z.string(),
  kubeconfigPath: z.string(),
  kubectlPath: z.string(),
  supervisorPid: z.int(),
  /** In the order of the start. */
  componentPids: z.array(z.int()),
});

/** A control plane that stays up. */
export type Standing = Readonly<z.infer<typeof standingSchema>>;

const stateFile = (env: NodeJS.ProcessEnv): string => join(cacheHome(env), 'standing.json');

/** What the state file says, or undefined; a file that cannot be understood is removed. */
async function remembered(env: NodeJS.ProcessEnv): Promise<Standing | undefined> {
  const text = await readFile(stateFile(env), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return standingSchema.parse(JSON.parse(text));
  } catch {
    await rm(stateFile(env), { force: true });
    return undefined;
  }
}

/** Writes the state file; fails where there is one. */
async function remember(standing: Standing, env: NodeJS.ProcessEnv): Promise<void> {
  await mkdir(dirname(stateFile(env)), { recursive: true });
  await writeFile(stateFile(env), JSON.stringify(standing, null, 2), { mode: 0o600, flag: 'wx' });
}

/** Ends what a vanished supervisor left behind, and forgets it. */
async function cleanUp({ directory, componentPids }: Standing, env: NodeJS.ProcessEnv): Promise<void> {
  await endLeftovers(directory, componentPids.toReversed());
  await rm(stateFile(env), { force: true });
}

/** The control plane that is up, or undefined. */
export async function current(env: NodeJS.ProcessEnv): Promise<Standing | undefined> {
  const standing = await remembered(env);
  const up = standing !== undefined && (await belongsTo(standing.directory, standing.supervisorPid));
  return up ? standing : undefined;
}

/**
 * Starts a control plane that outlives this process, unless one is up.
 * @returns `started` false where one was up already, which is then `standing`
 */
export async function up(env: NodeJS.ProcessEnv): Promise<{ standing: Standing; started: boolean }> {
  const present = await current(env);
  if (present !== undefined) return { standing: present, started: false };
  const stale = await remembered(env);
  if (stale !== undefined) await cleanUp(stale, env);
  // All at once, so that an archive is downloaded once.
  const { kubectl } = await ensureBinaries(binaryNames, { env });
  const controlPlane = await startControlPlane({ env, controllerManager: true });
  const standing: Standing = {
    directory: controlPlane.directory,
    url: controlPlane.url,
    kubeconfigPath: controlPlane.kubeconfigPath,
    kubectlPath: kubectl,
    supervisorPid: controlPlane.supervisorPid,
    componentPids: [...controlPlane.pids.values()],
  };
  try {
    await remember(standing, env);
  } catch (error) {
    await controlPlane.stop();
    // Another `up`, at the same time, was quicker.
    const other = await current(env);
    if (other === undefined) throw error;
    return { standing: other, started: false };
  }
  await controlPlane.letGo();
  return { standing, started: true };
}

/**
 * Stops the control plane that is up, and returns when its processes are gone and its directory is deleted.
 * @returns whether there was one
 */
export async function down(env: NodeJS.ProcessEnv): Promise<boolean> {
  const standing = await remembered(env);
  if (standing === undefined) return false;
  const wasUp = (await current(env)) !== undefined;
  await endProcess(standing.directory, standing.supervisorPid, 'SIGTERM');
  await cleanUp(standing, env);
  return wasUp;
}
