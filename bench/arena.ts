// The environment of one contender: a control plane of its own, the same for all, with a witness that watches it.
// Because nobody else writes there, contenders can take turns sample by sample, all of them warm.
// Must not know who contends, nor what is measured.
import { join } from 'node:path';
import { Cluster } from '../e2e/cluster.ts';
import { type ControlPlane, startControlPlane } from '../e2e/control-plane/control-plane.ts';
import { ApiClient } from '../src/kube/api-client.ts';
import { connect, loadKubeConfig } from '../src/kube/connection.ts';
import { type CommandLine, ContenderProcess } from './contender-process.ts';
import { createNamespace, label, policiesPath } from './ring.ts';
import { type Sighting, Witness } from './witness.ts';

/** A ring of four: both denies, DNS and monitoring. The rival writes four as well. */
export const ringOfFour = {
  enforcement: 'Enforce',
  egress: 'Restricted',
  dns: { namespace: 'kube-system', podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } }, ports: [53] },
  namespaces: { selector: { matchLabels: { [label.key]: label.value } } },
  monitoring: [{ name: 'prometheus', namespace: 'monitoring', ports: ['metrics'] }],
};

/** One control plane, and what is needed to measure a contender on it. */
export class Arena {
  readonly cluster: Cluster;
  /** The benchmark's own requests, over Ringfence's transport. */
  readonly client: ApiClient;
  readonly witness: Witness;
  readonly #controlPlane: ControlPlane;

  private constructor(controlPlane: ControlPlane, cluster: Cluster, client: ApiClient, witness: Witness) {
    this.#controlPlane = controlPlane;
    this.cluster = cluster;
    this.client = client;
    this.witness = witness;
  }

  /**
   * Starts a control plane with the CRDs and a platform profile; `stack` gets what has to be ended.
   *
   * @param platform the spec of the platform profile; if absent, it enforces a ring of four
   */
  static async open(stack: AsyncDisposableStack, platform: object = ringOfFour): Promise<Arena> {
    const controlPlane = stack.use(await startControlPlane());
    const cluster = new Cluster(controlPlane);
    await cluster.installCrds();
    await cluster.platform(platform);
    const config = loadKubeConfig({ kubeconfig: controlPlane.kubeconfigPath });
    const client = new ApiClient(await connect(config));
    stack.defer(() => client.close());
    return new Arena(controlPlane, cluster, client, await Witness.watch(client));
  }

  get kubeconfig(): string {
    return this.#controlPlane.kubeconfigPath;
  }

  /** A file of this arena, gone with it. */
  file(name: string): string {
    return join(this.#controlPlane.directory, name);
  }

  /** Starts a contender; `stack` ends it. @param log a file of its own, where several run at once */
  start(stack: AsyncDisposableStack, commandLine: CommandLine, log = 'contender.log'): ContenderProcess {
    return stack.use(new ContenderProcess(commandLine, this.file(log)));
  }

  /** Creates a namespace that belongs to the application namespaces. */
  async createNamespace(name: string, labels: Readonly<Record<string, string>> = {}): Promise<void> {
    await createNamespace(this.client, name, labels);
  }

  /** Deletes a policy, as somebody might. */
  async deletePolicy({ namespace, name }: Pick<Sighting, 'namespace' | 'name'>): Promise<void> {
    await this.client.request('DELETE', `${policiesPath(namespace)}/${name}`);
  }
}
