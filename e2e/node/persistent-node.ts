// The one node that a person starts by hand, and that stays up until the person stops it.
import { rm } from 'node:fs/promises';
import * as z from 'zod';
import { ensureBinaries } from '../control-plane/binaries.ts';
import { Persistence } from '../control-plane/persistence.ts';
import { cleanUp } from './clean-up.ts';
import { enforcers } from './enforcers.ts';
import { type NodeOptions, startNode } from './node.ts';
import { nodeBinaries } from './node-binaries.ts';

const stateSchema = z.object({
  directory: z.string(),
  url: z.string(),
  kubeconfigPath: z.string(),
  kubectlPath: z.string(),
  supervisorPid: z.int(),
  /** What it was started with; absent of one that an older checkout started. */
  options: z
    .object({ nodes: z.literal([1, 2]), family: z.enum(['ipv4', 'dual']), enforcer: z.enum(enforcers) })
    .optional(),
  /** By the name of a machine, the words that run a command in it. */
  enter: z.record(z.string(), z.array(z.string())),
});

/** A node that stays up. */
export type PersistentNode = Readonly<z.infer<typeof stateSchema>>;

/** What a person chooses of a node. */
export type ChosenOptions = Required<Pick<NodeOptions, 'nodes' | 'family' | 'enforcer'>>;

export const persistentNode = new Persistence<PersistentNode, ChosenOptions>({
  name: nodeBinaries.cacheName,
  schema: stateSchema,
  async start(env, options) {
    const { kubectl } = await ensureBinaries(['kubectl'], { env });
    const node = await startNode({ ...options, env });
    const { directory, url, supervisorPid } = node.controlPlane;
    return {
      state: {
        ...{ directory, url, supervisorPid },
        kubeconfigPath: node.kubeconfigPath,
        kubectlPath: kubectl,
        options: { nodes: options.nodes, family: options.family, enforcer: options.enforcer },
        enter: Object.fromEntries(node.names.map((name) => [name, [...node.enter(name)]])),
      },
      letGo: () => node.letGo(),
      stop: () => node.stop(),
    };
  },
  async endLeftovers({ directory }) {
    await cleanUp(directory);
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  },
});
