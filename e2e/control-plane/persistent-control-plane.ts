// The one control plane that a person starts by hand, and that stays up until the person stops it.
// A state file in the cache remembers it from one command to the next. The file is trusted only as far as the processes
// that it names still live: after a crash or a reboot, what is left is cleaned up.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { cacheHome } from '../binaries/binary-cache.ts';
import { ensureBinaries } from './binaries.ts';
import { startControlPlane } from './control-plane.ts';
import { belongsTo, endLeftovers, endProcess } from './leftovers.ts';
import { binaryNames, controlPlaneBinaries } from './versions.ts';

const stateSchema = z.object({
  directory: z.string(),
  url: z.string(),
  kubeconfigPath: z.string(),
  kubectlPath: z.string(),
  supervisorPid: z.int(),
  /** In the order of the start. */
  componentPids: z.array(z.int()),
});

/** A control plane that stays up. */
export type PersistentControlPlane = Readonly<z.infer<typeof stateSchema>>;

const stateFile = (env: NodeJS.ProcessEnv): string =>
  join(cacheHome(env, controlPlaneBinaries.cacheName), 'control-plane.json');

/** What the state file says, or undefined; a file that cannot be understood is removed. */
async function remembered(env: NodeJS.ProcessEnv): Promise<PersistentControlPlane | undefined> {
  const text = await readFile(stateFile(env), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch {
    await rm(stateFile(env), { force: true });
    return undefined;
  }
}

/** Writes the state file. @throws if there is one already */
async function remember(running: PersistentControlPlane, env: NodeJS.ProcessEnv): Promise<void> {
  await mkdir(dirname(stateFile(env)), { recursive: true });
  await writeFile(stateFile(env), JSON.stringify(running, null, 2), { mode: 0o600, flag: 'wx' });
}

/** Ends what a vanished supervisor left behind, and forgets it. */
async function cleanUp(
  { directory, componentPids }: PersistentControlPlane,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  await endLeftovers(directory, componentPids.toReversed());
  await rm(stateFile(env), { force: true });
}

/** The control plane that is up, or undefined. */
export async function current(env: NodeJS.ProcessEnv): Promise<PersistentControlPlane | undefined> {
  const running = await remembered(env);
  const up = running !== undefined && (await belongsTo(running.directory, running.supervisorPid));
  return up ? running : undefined;
}

/**
 * Starts a control plane that outlives this process, unless one is up.
 * @returns the control plane that is up now, and whether this call `started` it
 */
export async function up(
  env: NodeJS.ProcessEnv,
): Promise<{ running: PersistentControlPlane; started: boolean }> {
  const present = await current(env);
  if (present !== undefined) return { running: present, started: false };
  const stale = await remembered(env);
  if (stale !== undefined) await cleanUp(stale, env);
  // All at once, so that an archive is downloaded once.
  const { kubectl } = await ensureBinaries(binaryNames, { env });
  const controlPlane = await startControlPlane({ env, controllerManager: true });
  const running: PersistentControlPlane = {
    directory: controlPlane.directory,
    url: controlPlane.url,
    kubeconfigPath: controlPlane.kubeconfigPath,
    kubectlPath: kubectl,
    supervisorPid: controlPlane.supervisorPid,
    componentPids: [...controlPlane.pids.values()],
  };
  try {
    await remember(running, env);
  } catch (error) {
    await controlPlane.stop();
    // Another `up`, at the same time, was quicker.
    const other = await current(env);
    if (other === undefined) throw error;
    return { running: other, started: false };
  }
  await controlPlane.letGo();
  return { running, started: true };
}

/**
 * Stops the control plane that is up, and returns when its processes are gone and its directory is deleted.
 * @returns whether there was one
 */
export async function down(env: NodeJS.ProcessEnv): Promise<boolean> {
  const running = await remembered(env);
  if (running === undefined) return false;
  const wasUp = (await current(env)) !== undefined;
  await endProcess(running.directory, running.supervisorPid, 'SIGTERM');
  await cleanUp(running, env);
  return wasUp;
}
