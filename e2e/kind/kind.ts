// The command lines of kind. Pure: a test reads them, since kind itself needs a container engine.

/** The name of the cluster, which no other one of the machine has. */
const clusterName = 'ringfence-e2e';

/** The default node of kind 0.33.0 (its `pkg/apis/config/defaults/image.go`). */
export const nodeImage =
  'kindest/node:v1.37.0@sha256:a1ed56cfb0e7b93589bdf97c8cd566405a265939e3620fc4f5de89adff580ae5';

/** Creates the cluster and waits until its nodes are ready, which takes its network plugin. */
export function createWords(kubeconfig: string): readonly string[] {
  const config = ['--config', 'e2e/kind/cluster.yaml', '--image', nodeImage];
  return ['create', 'cluster', '--name', clusterName, '--kubeconfig', kubeconfig, ...config, '--wait', '5m'];
}

/** Gives an image of the engine to the nodes. */
export function loadWords(image: string): readonly string[] {
  return ['load', 'docker-image', image, '--name', clusterName];
}

/** Deletes the cluster. */
export function deleteWords(kubeconfig: string): readonly string[] {
  return ['delete', 'cluster', '--name', clusterName, '--kubeconfig', kubeconfig];
}
