// The one control plane that a person starts by hand, and that stays up until the person stops it.
import * as z from 'zod';
import { ensureBinaries } from './binaries.ts';
import { startControlPlane } from './control-plane.ts';
import { endLeftovers } from './leftovers.ts';
import { Persistence } from './persistence.ts';
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

export const persistentControlPlane = new Persistence<PersistentControlPlane, void>({
  name: controlPlaneBinaries.cacheName,
  schema: stateSchema,
  async start(env) {
    // All at once, so that an archive is downloaded once.
    const { kubectl } = await ensureBinaries(binaryNames, { env });
    const controlPlane = await startControlPlane({ env, controllerManager: true });
    const { directory, url, kubeconfigPath, supervisorPid, pids } = controlPlane;
    return {
      state: {
        ...{ directory, url, kubeconfigPath, supervisorPid },
        kubectlPath: kubectl,
        componentPids: [...pids.values()],
      },
      letGo: () => controlPlane.letGo(),
      stop: () => controlPlane.stop(),
    };
  },
  endLeftovers: ({ directory, componentPids }) => endLeftovers(directory, componentPids.toReversed()),
});
