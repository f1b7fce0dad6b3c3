// Where faults are tried: a control plane with the platform of `shop.ts`, a proxy that misbehaves between it and the operator,
// a record of all policies, and the operator as a process that can be killed, stopped and started again.
// Must not know what is right.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster } from '../cluster.ts';
import { type ControlPlaneOptions, startControlPlane } from '../control-plane/control-plane.ts';
import { FaultProxy } from '../fault-proxy.ts';
import { OperatorProcess } from '../operator-process.ts';
import { PolicyRecorder } from '../policy-recorder.ts';
import { appNamespace, buildSurroundings, teamSpec } from './shop.ts';

/** How the world is made. */
export interface WorldOptions {
  /** Whether the controller manager runs: garbage collection, and the end of namespaces. */
  readonly controllerManager?: boolean;
  readonly apiServerFlags?: ControlPlaneOptions['apiServerFlags'];
}

/** How an operator is started in it. */
export interface OperatorOptions {
  readonly flags?: readonly string[];
  /** A module that is loaded before it. */
  readonly preload?: URL;
  readonly env?: Readonly<Record<string, string>>;
  /** Another proxy than the world's own. */
  readonly proxy?: FaultProxy;
}

/** The settle time of the operators, in seconds: no CNI listens here. */
const settle = 0.4;

/** A running world. */
export class FaultWorld implements AsyncDisposable {
  readonly cluster: Cluster;
  readonly proxy: FaultProxy;
  readonly recorder: PolicyRecorder;
  readonly #bundle: string;
  readonly #operators = new Set<OperatorProcess>();

  private constructor(cluster: Cluster, proxy: FaultProxy, recorder: PolicyRecorder, bundle: string) {
    this.cluster = cluster;
    this.proxy = proxy;
    this.recorder = recorder;
    this.#bundle = bundle;
  }

  /** Starts one without a platform profile, and without an operator. */
  static async start({
    controllerManager = false,
    apiServerFlags = [],
  }: WorldOptions = {}): Promise<FaultWorld> {
    const bundle = bundleInto(mkdtempSync(join(tmpdir(), 'ringfence-faults-')));
    const manager = controllerManager ? ('later' as const) : false;
    const controlPlane = await startControlPlane({ controllerManager: manager, apiServerFlags });
    const cluster = new Cluster(controlPlane);
    await cluster.installCrds();
    if (controllerManager) await controlPlane.startControllerManager();
    await buildSurroundings(cluster);
    const proxy = await FaultProxy.start(controlPlane);
    return new FaultWorld(cluster, proxy, await PolicyRecorder.start(cluster.api), bundle);
  }

  /** Starts an operator and waits until it works with what it has read. */
  async startOperator(options: OperatorOptions = {}): Promise<OperatorProcess> {
    const { flags = [], proxy = this.proxy, ...more } = options;
    const operator = await OperatorProcess.start({
      kubeconfig: await proxy.kubeconfig(await this.cluster.operatorKubeconfig()),
      entry: this.#bundle,
      settle,
      flags: ['--service-delay', '0.3', '--node-delay', '1', ...flags],
      ...more,
    });
    this.#operators.add(operator);
    return operator;
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
    const profile = `/apis/ringfence.dev/v1alpha1/namespaces/${namespace}/appnetworkprofiles/team`;
    await this.cluster.api.json('PATCH', profile, { spec: { routes } });
  }

  /** Ends all operators in order. */
  async stopOperators(): Promise<void> {
    await Promise.all([...this.#operators].map((operator) => operator.stop()));
    this.#operators.clear();
  }

  /** Ends all operators as a crash would. */
  async killOperators(): Promise<void> {
    await Promise.all([...this.#operators].map((operator) => operator.kill()));
    this.#operators.clear();
  }

  /** Ends all faults and all operators. */
  async reset(): Promise<void> {
    this.proxy.endFaults();
    this.proxy.watches.reset();
    await this.stopOperators();
  }

  async stop(): Promise<void> {
    await this.killOperators();
    this.recorder.stop();
    await this.proxy.stop();
    await this.cluster.controlPlane.stop();
    rmSync(join(this.#bundle, '..'), { recursive: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** Bundles the operator, which starts in a fraction of the time, and returns what is to be run. */
function bundleInto(folder: string): string {
  const bundle = join(folder, 'ringfence.mjs');
  execFileSync(process.execPath, ['esbuild.config.mjs', bundle]);
  return bundle;
}
