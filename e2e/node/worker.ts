// One machine as a Kubernetes node: containerd, kubelet, kube-proxy and an enforcer in its namespaces, and the images that it has.
import { dirname, join } from 'node:path';
import { poll } from '../control-plane/poll.ts';
import type { Supervision } from '../control-plane/supervision.ts';
import type { Family, MachineAddresses } from './addresses.ts';
import { hostHierarchies } from './cgroups.ts';
import { containerdSocket } from './configs.ts';
import {
  awaitEnforcer,
  type Enforced,
  type Enforcer,
  enforcerBinary,
  enforcerComponent,
} from './enforcers.ts';
import { machineFiles, machineFolder, nodeFiles } from './layout.ts';
import { Machine } from './machine.ts';
import { nodeEnvironment } from './requirements.ts';
import { firstNetworkLines, joinWords, mountLines, networkLines, routeLines } from './setup-script.ts';
import type { BinaryName } from './versions.ts';
import { waitForAll } from './wait-for-all.ts';

/** Which of them are optional depends on the options of the node. */
type Optional = 'coredns' | 'kube-router-netpol' | 'kube-network-policies';

/** The paths of a node's programs. */
export type Programs = Readonly<
  Record<Exclude<BinaryName, Optional>, string> & Partial<Record<Optional, string>>
>;

/** What all workers of a node share. */
export interface Shared {
  readonly directory: string;
  readonly supervision: Supervision;
  readonly family: Family;
  readonly enforcer: Enforcer;
  readonly programs: Programs;
}

/** Starts the machines, joined by a network, with nothing running in them. */
export async function startMachines(
  shared: Shared,
  all: readonly MachineAddresses[],
): Promise<readonly [Worker, ...Worker[]]> {
  const { directory, supervision, programs } = shared;
  const hierarchies = hostHierarchies();
  const start = async (addresses: MachineAddresses, first?: Machine): Promise<Worker> => {
    const name = `machine-${addresses.number}`;
    const machine = await Machine.start(supervision, { name, directory, agent: programs.agent });
    for (const words of first === undefined ? [] : joinWords(addresses, machine.pid)) {
      await first?.runInNetwork(...words);
    }
    await machine.script([
      ...mountLines(machineFolder(directory, addresses), hierarchies, addresses),
      ...(first === undefined ? firstNetworkLines(addresses) : networkLines(addresses)),
      ...routeLines(addresses, all),
    ]);
    return new Worker(shared, addresses, machine);
  };
  const [one, ...others] = all;
  if (one === undefined) throw new Error('a node has a machine');
  const first = await start(one);
  return [first, ...(await waitForAll(others.map((addresses) => start(addresses, first.machine))))];
}

export class Worker {
  readonly #shared: Shared;
  readonly addresses: MachineAddresses;
  readonly machine: Machine;

  constructor(shared: Shared, addresses: MachineAddresses, machine: Machine) {
    this.#shared = shared;
    this.addresses = addresses;
    this.machine = machine;
  }

  /** Starts containerd, and gives it images. @param archives OCI archives */
  async startRuntime(archives: readonly string[]): Promise<void> {
    const { programs, directory } = this.#shared;
    const folders = [dirname(programs['containerd-shim-runc-v2']), nodeEnvironment.PATH];
    const config = machineFiles(directory, this.addresses).containerdConfig;
    // The shim and runc are searched in the PATH.
    const words = [`PATH=${folders.join(':')}`, programs.containerd, '--config', config];
    await this.#start('containerd', 'env', words);
    await poll(
      () =>
        this.#ctr('version').then(
          () => true,
          () => false,
        ),
      {
        expired: () => new Error(`containerd does not answer, see ${this.#name('containerd')}.log`),
      },
    );
    for (const archive of archives) await this.loadImage(archive);
  }

  /** Imports an OCI archive, so that pods can run its image. */
  async loadImage(archive: string): Promise<void> {
    await this.#ctr('images', 'import', '--local', '--snapshotter', 'overlayfs', archive);
  }

  /** Starts kubelet and kube-proxy. */
  async startAgents(): Promise<void> {
    const { programs, directory } = this.#shared;
    const { name, addresses } = this.addresses;
    const files = machineFiles(directory, this.addresses);
    await this.#start('kubelet', programs.kubelet, [
      `--config=${files.kubeletConfig}`,
      `--kubeconfig=${files.kubeletKubeconfig}`,
      `--hostname-override=${name}`,
      `--node-ip=${addresses.join(',')}`,
      '--v=2',
    ]);
    await this.#start('kube-proxy', programs['kube-proxy'], [`--config=${files.proxyConfig}`, '--v=2']);
  }

  /** Starts the enforcer, and waits until it takes hold of packets. Its rules follow the policies some time after that. */
  async startEnforcer(): Promise<void> {
    const { enforcer, programs, supervision, directory, family } = this.#shared;
    if (enforcer === 'none') return;
    const { machine, addresses } = this;
    const kubeconfig = nodeFiles(directory).enforcerKubeconfig;
    const enforced: Enforced = { machine, addresses, family, kubeconfig };
    const program = programs[enforcerBinary[enforcer]];
    if (program === undefined) throw new Error(`there is no program for ${enforcer}`);
    await supervision.start(enforcerComponent(enforcer, program, enforced));
    await awaitEnforcer(enforcer, enforced);
  }

  /** Ends the enforcer as a crash would: its rules stay as they are. */
  async killEnforcer(): Promise<void> {
    const { enforcer, supervision } = this.#shared;
    await supervision.kill(this.#name(enforcer));
  }

  /** Halts the enforcer: its rules stay as they are, and what is written meanwhile comes late. */
  async haltEnforcer(): Promise<void> {
    const { enforcer, supervision } = this.#shared;
    await supervision.halt(this.#name(enforcer));
  }

  async resumeEnforcer(): Promise<void> {
    const { enforcer, supervision } = this.#shared;
    await supervision.resume(this.#name(enforcer));
  }

  /** The words that run a command in the network of a container of this machine. */
  async enterNetworkOf(container: string): Promise<readonly string[]> {
    return [...this.machine.enter, 'nsenter', '--target', await this.#pidOf(container), '--net', '--'];
  }

  /** Ends the first process of a container as a crash would, and so all of it. */
  async killContainer(container: string): Promise<void> {
    await this.machine.run('sh', '-c', `kill -KILL ${await this.#pidOf(container)}`);
  }

  /** The pid of a container's first process, as the machine sees it. */
  async #pidOf(container: string): Promise<string> {
    const bundle = `/run/containerd/io.containerd.runtime.v2.task/k8s.io/${container}`;
    return (await this.machine.run('cat', join(bundle, 'init.pid'))).trim();
  }

  #name(program: string): string {
    return `${program}-${this.addresses.number}`;
  }

  async #start(program: string, command: string, args: readonly string[]): Promise<void> {
    await this.#shared.supervision.start(this.machine.component(this.#name(program), command, args));
  }

  async #ctr(...words: readonly string[]): Promise<string> {
    const { ctr } = this.#shared.programs;
    return await this.machine.run(ctr, '--address', containerdSocket, '--namespace', 'k8s.io', ...words);
  }
}
