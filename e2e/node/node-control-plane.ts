// The control plane of a node: the processes of ../control-plane on the first machine, for all machines to reach, and forwarded to
// loopback of the host through sockets in the node's directory, so that the host's own network stays as it is.
import { join } from 'node:path';
import {
  type Component,
  etcd,
  kubeApiServer,
  kubeControllerManager,
  type Ports,
} from '../control-plane/components.ts';
import { ControlPlane } from '../control-plane/control-plane.ts';
import type { ControlPlaneCredentials } from '../control-plane/credentials.ts';
import { patienceMs } from '../control-plane/poll.ts';
import type { Supervision } from '../control-plane/supervision.ts';
import { apiServer, type Family, serviceRanges } from './addresses.ts';
import { createCgroups, inCgroups } from './cgroups.ts';
import { nodeFiles } from './layout.ts';
import type { Machine } from './machine.ts';

/** Where they listen on the machine. */
const ports: Ports = { etcd: 2379, apiServer: apiServer.port, controllerManager: 10257 };

export interface OnMachine {
  readonly machine: Pick<Machine, 'component'>;
  readonly directory: string;
  readonly supervision: Supervision;
  readonly credentials: ControlPlaneCredentials;
  readonly family: Family;
  readonly paths: Readonly<Record<'etcd' | 'kube-apiserver' | 'kube-controller-manager', string>>;
  readonly agent: string;
  /** On loopback of the host. */
  readonly hostPorts: Ports;
}

/** The control plane, of which nothing runs yet but what makes it reachable. */
export async function controlPlaneOn(options: OnMachine): Promise<ControlPlane> {
  const { machine, directory, supervision, credentials, family, paths, hostPorts } = options;
  const forwarders = await forward(options);
  const components = [
    etcd(paths.etcd, directory, ports),
    kubeApiServer(paths['kube-apiserver'], directory, ports, apiServerFlags(directory, family)),
    // With all controllers, not just those of a cluster without nodes.
    kubeControllerManager(paths['kube-controller-manager'], directory, ports, ['--controllers=*']),
  ];
  return new ControlPlane({
    directory,
    url: hostUrl(hostPorts),
    ports: hostPorts,
    // Nobody waits for what is behind a forwarder that has ended, as where another process has taken its port.
    components: [
      ...forwarders,
      ...components.map(({ name, command, args }) => machine.component(name, command, args)),
    ],
    credentials,
    supervision,
    readyTimeoutMs: patienceMs,
  });
}

/** How the host reaches the API server. */
export const hostUrl = (hostPorts: Ports): string => `https://127.0.0.1:${hostPorts.apiServer}`;

/** What differs from a control plane on loopback; a list is added to the one that is there. */
function apiServerFlags(directory: string, family: Family): readonly string[] {
  const { kubeletClientCertificate, kubeletClientKey } = nodeFiles(directory);
  return [
    '--bind-address=0.0.0.0',
    `--advertise-address=${apiServer.address}`,
    `--service-cluster-ip-range=${serviceRanges(family).join(',')}`,
    '--authorization-mode=Node',
    '--enable-admission-plugins=NodeRestriction',
    `--kubelet-client-certificate=${kubeletClientCertificate}`,
    `--kubelet-client-key=${kubeletClientKey}`,
    '--kubelet-preferred-address-types=InternalIP',
  ];
}

/** The flags of kube-scheduler. */
export const schedulerFlags = (directory: string): readonly string[] => [
  `--kubeconfig=${nodeFiles(directory).schedulerKubeconfig}`,
  '--leader-elect=false',
  '--bind-address=127.0.0.1',
];

/**
 * One process listens on sockets in the machine, one on ports of the host; the sockets are files that both see.
 * @returns both, which run
 */
async function forward({
  machine,
  directory,
  supervision,
  agent,
  hostPorts,
}: OnMachine): Promise<readonly Component[]> {
  const names = ['etcd', 'apiServer', 'controllerManager'] as const;
  const socket = (name: string) => `unix:${join(directory, `${name}.socket`)}`;
  const inside = names.flatMap((name) => [socket(name), `tcp:127.0.0.1:${ports[name]}`]);
  const outside = names.flatMap((name) => [`tcp:127.0.0.1:${hostPorts[name]}`, socket(name)]);
  const cgroups = await createCgroups(directory, 'outside');
  const forwarders: readonly Component[] = [
    machine.component('forward-inside', agent, ['forward', ...inside]),
    {
      name: 'forward-outside',
      // It is in no machine, with which it would end if the supervisor is killed.
      ...inCgroups(directory, cgroups, ['setpriv', '--pdeathsig', 'KILL', agent, 'forward', ...outside]),
      log: join(directory, 'forward-outside.log'),
    },
  ];
  for (const forwarder of forwarders) await supervision.start(forwarder);
  return forwarders;
}
