// A real Kubernetes cluster of one or two nodes on this machine, without a container engine, with real pods and real packets: for
// tests and the demo. The control plane is that of ../control-plane, run on the first machine. Everything is in namespaces of its own:
// the host keeps its interfaces, rules, settings and files. It is stopped however its user ends, see control-plane/supervisor.ts.
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { explainFullDisk } from '../binaries/disk-full.ts';
import { areThere, type BinarySources, findBinaries } from '../binaries/find-binaries.ts';
import type { ApiClient } from '../control-plane/api-client.ts';
import { ensureBinaries } from '../control-plane/binaries.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { poll } from '../control-plane/poll.ts';
import { freePorts } from '../control-plane/ports.ts';
import { Supervision } from '../control-plane/supervision.ts';
import { type Family, type MachineAddresses, machineAddresses } from './addresses.ts';
import { directoryPrefix, removeLeftovers } from './clean-up.ts';
import { type Attempt, Dialer, type Target } from './dialer.ts';
import { dnsDeployment, dnsObjects } from './dns.ts';
import { checkEnforcer, type Enforcer, enforcerBinary } from './enforcers.ts';
import { baseImages, makeOperatorImage } from './images.ts';
import { layOut } from './layout.ts';
import { nodeBinaries } from './node-binaries.ts';
import { controlPlaneOn, hostUrl, schedulerFlags } from './node-control-plane.ts';
import { checkRequirements } from './requirements.ts';
import type { BinaryName } from './versions.ts';
import { waitForAll } from './wait-for-all.ts';
import { type Programs, startMachines, type Worker } from './worker.ts';

export interface NodeOptions extends BinarySources {
  /** How many machines; 1 when absent. The control plane runs on the first one. */
  readonly nodes?: 1 | 2;
  /** `ipv4` when absent. */
  readonly family?: Family;
  /** Who enforces NetworkPolicies; `kube-router` when absent, which refuses `dual`. */
  readonly enforcer?: Enforcer;
  /** Whether CoreDNS answers at 10.96.0.10; it does when absent. */
  readonly dns?: boolean;
}

/** A pod, as `namespace/name`. */
export type PodKey = `${string}/${string}`;

/** The programs that a node with these options runs. */
function programsOf({ enforcer = 'kube-router', dns = true }: NodeOptions): readonly BinaryName[] {
  return [
    ...(['kubelet', 'kube-scheduler', 'kube-proxy', 'containerd', 'containerd-shim-runc-v2', 'ctr'] as const),
    ...(dns ? (['coredns'] as const) : []),
    ...(enforcer === 'none' ? [] : [enforcerBinary[enforcer]]),
    'agent',
  ];
}

/** Whether the programs of a node with these options are on this machine, so that its start downloads and builds nothing. */
export async function hasPrograms(options: NodeOptions = {}): Promise<boolean> {
  return await areThere(nodeBinaries, programsOf(options), options);
}

/**
 * Starts a node and returns when its machines are Ready, their enforcers work and the DNS answers: in about 10 s (and minutes once,
 * where its binaries must be built). Several may run side by side.
 * @throws Error with one sentence where no node can run here, or the options contradict each other; BinariesMissing
 */
export async function startNode(options: NodeOptions = {}): Promise<RingNode> {
  const { nodes = 1, family = 'ipv4', enforcer = 'kube-router' } = options;
  checkEnforcer(enforcer, family);
  await checkRequirements();
  const ofControlPlane = await ensureBinaries(['etcd', 'kube-apiserver', 'kube-controller-manager'], options);
  const programs: Programs = await findBinaries(nodeBinaries, programsOf(options), options);
  await removeLeftovers();
  const directory = await mkdtemp(directoryPrefix());
  const supervision = Supervision.over(directory, join(import.meta.dirname, 'clean-up.ts'));
  try {
    const machines = Array.from({ length: nodes }, (_, index) => machineAddresses(index + 1, family));
    const hostPorts = await freePorts('etcd', 'apiServer', 'controllerManager');
    const credentials = await layOut(directory, hostUrl(hostPorts), family, machines);
    const shared = { directory, supervision, family, enforcer, programs };
    const [workers, images] = await waitForAll([
      startMachines(shared, machines),
      baseImages(programs.agent, programs.coredns, directory),
    ]);
    const [{ machine }] = workers;
    const { agent } = programs;
    const paths = ofControlPlane;
    const controlPlane = await controlPlaneOn({ ...shared, machine, credentials, paths, agent, hostPorts });
    await waitForAll([
      startControlPlane(controlPlane, machines),
      ...workers.map((worker) => worker.startRuntime(images)),
    ]);
    await supervision.start(
      machine.component('kube-scheduler', programs['kube-scheduler'], schedulerFlags(directory)),
    );
    for (const [path, object] of programs.coredns === undefined ? [] : dnsObjects)
      await controlPlane.api.json('POST', path, object);
    await Promise.all(workers.map((worker) => startWorker(worker, controlPlane.api)));
    if (programs.coredns !== undefined) await awaitDns(controlPlane.api);
    return new RingNode({ controlPlane, workers, agent });
  } catch (error) {
    const explained = await explainFullDisk(error, directory);
    await supervision.stop();
    throw explained;
  }
}

/** Starts it, and tells it of the machines before their kubelets come, so that each has the pod ranges that its network is made for. */
async function startControlPlane(
  controlPlane: ControlPlane,
  machines: readonly MachineAddresses[],
): Promise<void> {
  await controlPlane.startApiServer();
  for (const { name, podRanges } of machines) {
    const labels = { 'kubernetes.io/hostname': name };
    const spec = { podCIDR: podRanges[0], podCIDRs: podRanges };
    await controlPlane.api.json('POST', '/api/v1/nodes', { metadata: { name, labels }, spec });
  }
  await controlPlane.startControllerManager();
}

/** Starts what makes a machine a Kubernetes node, and waits until pods can run there. */
async function startWorker(worker: Worker, api: ApiClient): Promise<void> {
  await worker.startAgents();
  const path = `/api/v1/nodes/${worker.addresses.name}`;
  const isReady = async () => {
    const { spec, status } = await api.json<StoredNode>('GET', path);
    const ready = status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
    return ready === true && (spec.taints ?? []).length === 0;
  };
  await poll(isReady, {
    expired: async () => new Error(`${path} is not Ready: ${await api.text('GET', path)}`),
  });
  await worker.startEnforcer();
}

async function awaitDns(api: ApiClient): Promise<void> {
  const isAvailable = async () => {
    const { status } = await api.json<{ status: { availableReplicas?: number } }>('GET', dnsDeployment);
    return (status.availableReplicas ?? 0) > 0;
  };
  const pods = () => api.text('GET', '/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dkube-dns');
  await poll(isAvailable, { expired: async () => new Error(`the DNS does not start: ${await pods()}`) });
}

interface StoredNode {
  readonly spec: { readonly taints?: readonly object[] };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

interface StoredPod {
  readonly spec: { readonly nodeName: string };
  readonly status: { readonly containerStatuses?: readonly { readonly containerID?: string }[] };
}

interface Parts {
  readonly controlPlane: ControlPlane;
  readonly workers: readonly Worker[];
  readonly agent: string;
}

/** A running node. `await using` stops it at the end of its block. */
export class RingNode implements AsyncDisposable {
  /** The API server, etcd and the controller manager: requests, kubeconfigs, crashes and restarts, as of one without nodes. */
  readonly controlPlane: ControlPlane;
  readonly #workers: readonly Worker[];
  readonly #agent: string;
  readonly #dialers = new Map<PodKey, Promise<Dialer>>();
  #operatorImage: Promise<void> | undefined;

  /** For `startNode()` alone. */
  constructor({ controlPlane, workers, agent }: Parts) {
    this.controlPlane = controlPlane;
    this.#workers = workers;
    this.#agent = agent;
  }

  /** A kubeconfig of the administrator, for kubectl and the tool on the host. */
  get kubeconfigPath(): string {
    return this.controlPlane.kubeconfigPath;
  }

  /** Requests as the administrator. */
  get api(): ApiClient {
    return this.controlPlane.api;
  }

  /** The names of the Node objects. */
  get names(): readonly string[] {
    return this.#workers.map(({ addresses }) => addresses.name);
  }

  /**
   * Runs a command in the namespaces of a machine, as `iptables-save`, by its absolute path or from the host's PATH.
   * @param name of its Node object
   * @returns what it prints
   */
  async run(name: string, ...words: readonly string[]): Promise<string> {
    return await this.#worker(name).machine.run(...words);
  }

  /** The words that run a command in the namespaces of a machine, in front of it. */
  enter(name: string): readonly string[] {
    return this.#worker(name).machine.enter;
  }

  /** Gives the operator's image to all machines, under the name that config/default asks for; made once, in some seconds. */
  async loadOperatorImage(): Promise<void> {
    const { directory } = this.controlPlane;
    this.#operatorImage ??= makeOperatorImage(directory)
      .then((archive) => this.loadImage(archive))
      .catch(async (error) => {
        throw await explainFullDisk(error, directory);
      });
    await this.#operatorImage;
  }

  /** Gives the image of an OCI archive to all machines. A pod runs it with `imagePullPolicy: IfNotPresent` or `Never`. */
  async loadImage(archive: string): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.loadImage(archive)));
  }

  /**
   * Tries connections from the network of a running pod, all at the same time.
   * @returns an attempt for each target, in their order
   * @throws Error where the pod has no running container
   */
  async probe(pod: PodKey, targets: readonly Target[]): Promise<readonly Attempt[]> {
    const dialer = await this.dialer(pod);
    return await Promise.all(targets.map((target) => dialer.dial(target)));
  }

  /** What tries connections from the network of a pod; the same one for a pod until it is replaced by another under its name. */
  async dialer(pod: PodKey): Promise<Dialer> {
    const known = this.#dialers.get(pod);
    if (known !== undefined && !(await known).isClosed) return await known;
    const made = this.#dialerOf(pod);
    this.#dialers.set(pod, made);
    made.catch(() => this.#dialers.delete(pod));
    return await made;
  }

  /** The words that run a command of the host in the network of a running pod, in front of it. */
  async enterPod(pod: PodKey): Promise<readonly string[]> {
    const { worker, container } = await this.#containerOf(pod);
    return await worker.enterNetworkOf(container);
  }

  /** Ends the process of a pod as a crash would, with SIGKILL: kubelet starts its container again. */
  async killPod(pod: PodKey): Promise<void> {
    const { worker, container } = await this.#containerOf(pod);
    await worker.killContainer(container);
  }

  /** Starts the enforcer of a machine again, and waits until it takes hold of packets. */
  async startEnforcer(name: string): Promise<void> {
    await this.#worker(name).startEnforcer();
  }

  /** Ends the enforcer of a machine as a crash would: its rules stay as they are. */
  async killEnforcer(name: string): Promise<void> {
    await this.#worker(name).killEnforcer();
  }

  /** Halts the enforcer of a machine, until `resumeEnforcer`: its rules stay as they are, and what is written meanwhile comes late. */
  async haltEnforcer(name: string): Promise<void> {
    await this.#worker(name).haltEnforcer();
  }

  async resumeEnforcer(name: string): Promise<void> {
    await this.#worker(name).resumeEnforcer();
  }

  /** Leaves everything running when this process ends; SIGTERM to its supervisor stops it. */
  async letGo(): Promise<void> {
    await this.#closeDialers();
    await this.controlPlane.letGo();
  }

  /** Stops everything, and returns when nothing is left of it. A second call does nothing. */
  async stop(): Promise<void> {
    await this.#closeDialers();
    await this.controlPlane.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #closeDialers(): Promise<void> {
    for (const dialer of await Promise.allSettled(this.#dialers.values())) {
      if (dialer.status === 'fulfilled') dialer.value.close();
    }
  }

  #worker(name: string): Worker {
    const worker = this.#workers.find(({ addresses }) => addresses.name === name);
    if (worker === undefined)
      throw new Error(`no machine is called \`${name}\`, but ${this.names.join(' and ')}`);
    return worker;
  }

  async #dialerOf(pod: PodKey): Promise<Dialer> {
    return new Dialer([...(await this.enterPod(pod)), this.#agent, 'dial']);
  }

  /** The first container of a pod, and who runs it. */
  async #containerOf(pod: PodKey): Promise<{ readonly worker: Worker; readonly container: string }> {
    const [namespace, name] = pod.split('/');
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    const { spec, status } = await this.api.json<StoredPod>('GET', path);
    const container = status.containerStatuses?.[0]?.containerID?.replace('containerd://', '');
    if (container === undefined) throw new Error(`\`${pod}\` has no running container`);
    return { worker: this.#worker(spec.nodeName), container };
  }
}
