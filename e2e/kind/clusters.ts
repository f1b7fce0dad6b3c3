// Who makes a cluster with real nodes: kind, or a node of e2e/node. Everything after that is the same on both. Must not know what is
// checked.
import { startNode } from '../node/node.ts';
import { startKind } from './kind-cluster.ts';
import type { RealCluster } from './real-cluster.ts';

/** Who makes clusters, by the word that chooses one on the command line. Each makes two nodes, so that packets cross. */
export const makers = {
  kind: startKind,
  node: startOnNode,
} as const satisfies Readonly<Record<string, (interrupted: AbortSignal) => Promise<RealCluster>>>;

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
