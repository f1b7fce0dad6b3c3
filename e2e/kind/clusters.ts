// How a cluster with real nodes is made and unmade, on which the operator is installed as people do it: by kind, or as a node of
// e2e/node. Everything after that is the same on both. Must not know what is checked.
import { startNode } from '../node/node.ts';
import { startKind } from './kind-cluster.ts';

/** A cluster that nobody else uses. */
export interface RealCluster {
  /** Logs in as the administrator. */
  readonly kubeconfigPath: string;
  /** Makes the image that config/default names, and gives it to all nodes. */
  loadOperatorImage(): Promise<void>;
  /** Deletes the cluster. */
  stop(): Promise<void>;
  /** Leaves the cluster when this process ends. @returns the command that deletes it */
  keep(): Promise<string>;
}

/** Who makes clusters, by the word that chooses one on the command line. Each makes two nodes, so that packets cross. */
export const makers = {
  kind: startKind,
  node: startOnNode,
} as const satisfies Readonly<Record<string, () => Promise<RealCluster>>>;

async function startOnNode(): Promise<RealCluster> {
  const node = await startNode({ nodes: 2 });
  const { kubeconfigPath, controlPlane } = node;
  return {
    kubeconfigPath,
    loadOperatorImage: () => node.loadOperatorImage(),
    stop: () => node.stop(),
    async keep() {
      await controlPlane.letGo();
      return `kill ${controlPlane.supervisorPid}`;
    },
  };
}
