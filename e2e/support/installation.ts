// The operator as people run it: its own image, installed by config/default in a cluster with nodes. Must not know what is right.
import { kubectl } from '../kubectl.ts';

/** A cluster, by the kubeconfig of its administrator. Its nodes have the image that config/default names. */
interface Reached {
  readonly kubeconfigPath: string;
}

/** What kubectl is told of the operator's Deployment. */
export const deployment = ['--namespace', 'ringfence-system', 'deployment/ringfence-operator'] as const;

/** Installs config/default, and waits until the operator is Ready. @throws with the words of kubectl where it does not come to that */
export async function install(cluster: Reached): Promise<void> {
  await kubectl(cluster, 'apply', '--validate=strict', '-k', 'config/default');
  await kubectl(cluster, 'rollout', 'status', '--timeout=180s', ...deployment);
}
