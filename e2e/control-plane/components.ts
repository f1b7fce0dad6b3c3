// The command lines of etcd, kube-apiserver and kube-controller-manager: quick to start, on loopback only.
// It starts nothing.
import { join } from 'node:path';

/** One process that a supervisor runs. */
export interface Component {
  /** As `etcd`, or `kubelet-1`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** What it prints goes here; a restart appends. */
  readonly log: string;
  /**
   * Whether the process proper is the child of this one, in the namespaces of a machine (`nsenter`), with which it ends: then a
   * signal is for that child, and the stop leaves it to the end of the machine.
   */
  readonly nested?: boolean;
  /** The signal that ends it at the stop; SIGTERM when absent. */
  readonly endBy?: 'SIGTERM' | 'SIGKILL';
}

/** The files that the processes read, inside the control plane's own directory. */
export const filesIn = (directory: string) => ({
  etcdData: join(directory, 'etcd'),
  ca: join(directory, 'ca.crt'),
  servingCertificate: join(directory, 'apiserver.crt'),
  servingKey: join(directory, 'apiserver.key'),
  serviceAccountKey: join(directory, 'service-account.key'),
  serviceAccountPublicKey: join(directory, 'service-account.pub'),
  adminKubeconfig: join(directory, 'admin.kubeconfig'),
  controllerManagerKubeconfig: join(directory, 'controller-manager.kubeconfig'),
});

export interface Ports {
  readonly etcd: number;
  readonly apiServer: number;
  readonly controllerManager: number;
}

/** Both families, as the operator must handle both. */
export const serviceRanges = ['10.96.0.0/16', 'fd00:10:96::/112'] as const;

/**
 * Where the API server claims to be, for the `kubernetes` EndpointSlice. It must not be loopback, or the API server writes
 * no slice; nothing connects to it. From the range for documentation, RFC 5737.
 */
export const advertisedAddress = '192.0.2.1';

export function etcd(command: string, directory: string, ports: Ports): Component {
  const url = `http://127.0.0.1:${ports.etcd}`;
  return {
    name: 'etcd',
    command,
    log: join(directory, 'etcd.log'),
    args: [
      `--data-dir=${filesIn(directory).etcdData}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      // No peer ever comes, but etcd insists on a port.
      '--listen-peer-urls=http://127.0.0.1:0',
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
  };
}

/** @param extra further flags; a later flag wins over an earlier one of the same name */
export function kubeApiServer(
  command: string,
  directory: string,
  ports: Ports,
  extra: readonly string[],
): Component {
  const files = filesIn(directory);
  return {
    name: 'kube-apiserver',
    command,
    log: join(directory, 'kube-apiserver.log'),
    args: [
      `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${ports.apiServer}`,
      `--advertise-address=${advertisedAddress}`,
      `--tls-cert-file=${files.servingCertificate}`,
      `--tls-private-key-file=${files.servingKey}`,
      `--client-ca-file=${files.ca}`,
      `--service-cluster-ip-range=${serviceRanges.join(',')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${files.serviceAccountPublicKey}`,
      `--service-account-signing-key-file=${files.serviceAccountKey}`,
      '--authorization-mode=RBAC',
      '--allow-privileged=true',
      '--profiling=false',
      ...extra,
    ],
  };
}

/** Only what tests and the demo need: no node ever runs a pod here. */
const controllers = [
  'namespace-controller',
  'garbage-collector-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'root-ca-certificate-publisher-controller',
  'clusterrole-aggregation-controller',
  'service-cidr-controller',
  'endpointslice-controller',
  'deployment-controller',
  'replicaset-controller',
];

/** @param extra as for `kubeApiServer` */
export function kubeControllerManager(
  command: string,
  directory: string,
  ports: Ports,
  extra: readonly string[] = [],
): Component {
  const files = filesIn(directory);
  return {
    name: 'kube-controller-manager',
    command,
    log: join(directory, 'kube-controller-manager.log'),
    args: [
      `--kubeconfig=${files.controllerManagerKubeconfig}`,
      `--authentication-kubeconfig=${files.controllerManagerKubeconfig}`,
      `--authorization-kubeconfig=${files.controllerManagerKubeconfig}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${ports.controllerManager}`,
      `--tls-cert-file=${files.servingCertificate}`,
      `--tls-private-key-file=${files.servingKey}`,
      `--root-ca-file=${files.ca}`,
      `--service-account-private-key-file=${files.serviceAccountKey}`,
      `--controllers=${controllers.join(',')}`,
      '--leader-elect=false',
      '--profiling=false',
      ...extra,
    ],
  };
}
