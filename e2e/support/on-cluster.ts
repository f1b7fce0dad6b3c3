// The cluster of the tests of a file, or of a `describe`: started before the first of them with what they need in it, and
// stopped after the last one. A test file says only what is special. Must not know what is right.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { Cluster, type ReachableCluster } from '../cluster.ts';
import {
  type ControlPlane,
  type ControlPlaneOptions,
  startControlPlane,
} from '../control-plane/control-plane.ts';
import { appNamespace } from './expected-policies.ts';
import { FaultProxy } from './fault-proxy.ts';
import { openControlPlane } from './open-cluster.ts';
import { OperatorProcess, type OperatorProcessOptions } from './operator-process.ts';

/** How an operator is started: by default under the service account of config/rbac. */
export type OperatorOptions = Partial<OperatorProcessOptions>;

/** What a cluster has before the first test. It is made in the order of these fields. */
export interface ClusterOptions<Reached extends ReachableCluster = ControlPlane> {
  /** Rules of an audit policy. The API server then logs the requests that match to `auditLog()`. */
  readonly audit?: readonly object[];
  /** Whether a proxy is between the operators and the API server. */
  readonly proxy?: boolean;
  /** Whether the CRDs are installed; they are when absent. */
  readonly crds?: boolean;
  /** Whether kube-controller-manager runs; `later`: a test starts it. */
  readonly controllerManager?: ControlPlaneOptions['controllerManager'];
  /** Application namespaces by their names, or namespaces of any kind by name with their labels. */
  readonly namespaces?: readonly string[] | Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The spec of the platform profile. */
  readonly platform?: object;
  /** Makes what else must be there before an operator starts. */
  readonly beforeOperator?: (on: OnCluster<Reached>) => Promise<unknown>;
  /** Starts an operator like this. Without it, tests start what they need. */
  readonly operator?: OperatorOptions;
  /** Makes, or waits for, what must be there before the first test. */
  readonly afterOperator?: (on: OnCluster<Reached>) => Promise<unknown>;
  /** Whether all faults and all operators end after each test. */
  readonly resetAfterEach?: boolean;
}

/** What tests on a cluster work with. It may be used as soon as `beforeOperator` runs. */
export interface OnCluster<Reached extends ReachableCluster = ControlPlane> {
  readonly cluster: Cluster<Reached>;
  /** The operator that was started last. */
  readonly operator: () => OperatorProcess;
  /** Starts another one, with the options of the first one where `options` has no others. It is stopped after the tests. */
  readonly startOperator: (options?: OperatorOptions) => Promise<OperatorProcess>;
  readonly stopOperators: () => Promise<void>;
  /** Ends all operators as a crash would. */
  readonly killOperators: () => Promise<void>;
  readonly proxy: () => FaultProxy;
  /** The path of the log that `audit` asks for: one JSON object for each request. */
  readonly auditLog: () => string;
}

/** Runs the tests of a file, or of a `describe`, on a control plane of their own. */
export function onCluster(options: ClusterOptions = {}): OnCluster {
  const { controllerManager, proxy = false } = options;
  return use(options, {
    // Its garbage collector looks for new kinds every 30 s: it starts after the CRDs.
    open: (more) => startControlPlane({ ...more, controllerManager: controllerManager ? 'later' : false }),
    startProxy: (controlPlane) => (proxy ? FaultProxy.start(controlPlane) : undefined),
    startManager: async (controlPlane) => {
      if (controllerManager === true) await controlPlane.startControllerManager();
    },
  });
}

/** The same for tests that need no control over the API server: also on the cluster of `RINGFENCE_E2E_KUBECONFIG`. */
export function onAnyCluster(
  options: Omit<ClusterOptions<ReachableCluster>, 'proxy'> = {},
): OnCluster<ReachableCluster> {
  const { controllerManager = false } = options;
  return use(options, { open: (more) => openControlPlane({ ...more, controllerManager }) });
}

/** What can be done with a kind of cluster. */
interface Driver<Reached> {
  readonly open: (options: ControlPlaneOptions) => Promise<Reached>;
  readonly startProxy?: (reached: Reached) => Promise<FaultProxy> | undefined;
  readonly startManager?: (reached: Reached) => Promise<void>;
}

function use<Reached extends ReachableCluster>(
  options: ClusterOptions<Reached>,
  driver: Driver<Reached>,
): OnCluster<Reached> {
  const running = new RunningCluster(options, driver);
  beforeAll(() => running.start(), 900_000);
  if (options.resetAfterEach === true) afterEach(() => running.reset());
  afterAll(() => running.stop());
  return running;
}

class RunningCluster<Reached extends ReachableCluster> implements OnCluster<Reached> {
  readonly cluster = new Cluster<Reached>(() => started(this.#reached, 'the cluster'));
  readonly #options: ClusterOptions<Reached>;
  readonly #driver: Driver<Reached>;
  readonly #operators: OperatorProcess[] = [];
  #reached: Reached | undefined;
  #proxy: FaultProxy | undefined;
  #auditFolder: string | undefined;

  constructor(options: ClusterOptions<Reached>, driver: Driver<Reached>) {
    this.#options = options;
    this.#driver = driver;
  }

  readonly operator = () => started(this.#operators.at(-1), 'an operator');
  readonly proxy = () => started(this.#proxy, 'a proxy');
  readonly auditLog = () => join(started(this.#auditFolder, 'an audit log'), 'audit.log');

  readonly startOperator = async (options: OperatorOptions = {}) => {
    const path = await this.cluster.operatorKubeconfig();
    const kubeconfig = (await this.#proxy?.kubeconfig(path)) ?? path;
    const operator = await OperatorProcess.start({ kubeconfig, ...this.#options.operator, ...options });
    this.#operators.push(operator);
    return operator;
  };

  readonly stopOperators = async () => {
    // A stopped process would not end.
    for (const operator of this.#operators) operator.signal('SIGCONT');
    await Promise.all(this.#operators.splice(0).map((operator) => operator.stop()));
  };

  readonly killOperators = async () => {
    await Promise.all(this.#operators.splice(0).map((operator) => operator.kill()));
  };

  async start(): Promise<void> {
    const { crds = true, platform, beforeOperator, operator, afterOperator } = this.#options;
    this.#reached = await this.#driver.open({ apiServerFlags: await this.#auditFlags() });
    this.#proxy = await this.#driver.startProxy?.(this.#reached);
    if (crds) await this.cluster.installCrds();
    await this.#driver.startManager?.(this.#reached);
    await this.#createNamespaces();
    if (platform !== undefined) await this.cluster.platform(platform);
    await beforeOperator?.(this);
    if (operator !== undefined) await this.startOperator();
    await afterOperator?.(this);
  }

  async #createNamespaces(): Promise<void> {
    const { namespaces = [] } = this.#options;
    const labelled = Array.isArray(namespaces)
      ? namespaces.map((name) => [name, appNamespace] as const)
      : Object.entries(namespaces);
    for (const [name, labels] of labelled) await this.cluster.createNamespace(name, labels);
  }

  /** Blocking: a request is in the log before it is answered. */
  async #auditFlags(): Promise<readonly string[]> {
    const { audit: rules } = this.#options;
    if (rules === undefined) return [];
    this.#auditFolder = await mkdtemp(join(tmpdir(), 'ringfence-audit-'));
    const policy = join(this.#auditFolder, 'policy.json');
    const [apiVersion, kind, omitStages] = ['audit.k8s.io/v1', 'Policy', ['RequestReceived']];
    await writeFile(policy, JSON.stringify({ apiVersion, kind, omitStages, rules }));
    return [
      ...[`--audit-policy-file=${policy}`, `--audit-log-path=${this.auditLog()}`],
      '--audit-log-mode=blocking',
    ];
  }

  async reset(): Promise<void> {
    this.#proxy?.endFaults();
    this.#proxy?.watches.reset();
    await this.stopOperators();
  }

  async stop(): Promise<void> {
    await this.stopOperators();
    await this.#proxy?.stop();
    await this.#reached?.stop();
    if (this.#auditFolder !== undefined) await rm(this.#auditFolder, { recursive: true });
  }
}

function started<Part>(part: Part | undefined, what: string): Part {
  if (part === undefined)
    throw new Error(`${what} is not there: it is made before the tests, if the options ask for it`);
  return part;
}
