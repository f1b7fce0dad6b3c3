// The environment for faults: a cluster with the platform of `shop.ts`, a faulty proxy between it and the operators, and a
// record of all policies. Must not know what is right.
import type { Cluster } from '../cluster.ts';
import { appNamespace } from '../support/expected-policies.ts';
import type { FaultProxy } from '../support/fault-proxy.ts';
import type { OnCluster, OperatorOptions } from '../support/on-cluster.ts';
import { bundleOperator, removeBundle } from '../support/operator-bundle.ts';
import type { OperatorProcess } from '../support/operator-process.ts';
import { PolicyRecorder } from '../support/policy-recorder.ts';
import { buildSurroundings, teamSpec } from './shop.ts';

/** How an operator is started in it. */
export interface TestbedOperatorOptions extends OperatorOptions {
  /** Another proxy than its own. */
  readonly proxy?: FaultProxy;
}

/** The settle time of the operators, in seconds: no CNI listens here. */
const settle = 0.4;

/** The tools of a fault test, after `prepare()`. */
export class Testbed {
  readonly #on: OnCluster;
  #bundle: string | undefined;
  #recorder: PolicyRecorder | undefined;

  constructor(on: OnCluster) {
    this.#on = on;
  }

  /** Bundles the operator, which then starts in a fraction of the time, and builds what is around the teams. */
  async prepare(): Promise<void> {
    this.#bundle = bundleOperator();
    await buildSurroundings(this.cluster);
    this.#recorder = await PolicyRecorder.start(this.cluster.api);
  }

  get cluster(): Cluster {
    return this.#on.cluster;
  }

  get proxy(): FaultProxy {
    return this.#on.proxy();
  }

  /** The operator that was started last. */
  get operator(): OperatorProcess {
    return this.#on.operator();
  }

  get recorder(): PolicyRecorder {
    if (this.#recorder === undefined) throw new Error('nothing is recorded before the test bed is prepared');
    return this.#recorder;
  }

  /** Starts an operator and waits until it has synced and works. */
  async startOperator(options: TestbedOperatorOptions = {}): Promise<OperatorProcess> {
    const { flags = [], proxy = this.proxy, ...more } = options;
    return this.#on.startOperator({
      kubeconfig: await proxy.kubeconfig(await this.cluster.operatorKubeconfig()),
      ...(this.#bundle === undefined ? {} : { entry: this.#bundle }),
      settle,
      flags: ['--service-delay', '0.3', '--node-delay', '1', ...flags],
      ...more,
    });
  }

  /** Creates namespaces of teams, each with the profile `team` that most of these tests begin with. */
  async createTeams(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      await this.cluster.createNamespace(name, appNamespace);
      await this.cluster.createProfile(name, 'team', teamSpec);
    }
  }

  /** Replaces the routes of the profile `team` of a namespace. */
  async setRoutes(namespace: string, routes: readonly object[]): Promise<void> {
    await this.cluster.patchProfile(namespace, 'team', { spec: { routes } });
  }

  /** Ends all operators in order. */
  stopOperators(): Promise<void> {
    return this.#on.stopOperators();
  }

  /** Ends all operators like a crash would. */
  killOperators(): Promise<void> {
    return this.#on.killOperators();
  }

  [Symbol.dispose](): void {
    this.#recorder?.stop();
    if (this.#bundle !== undefined) removeBundle(this.#bundle);
  }
}
