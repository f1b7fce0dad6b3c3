// The configuration files of kubelet, kube-proxy, containerd and the network plugin, as a machine without a container engine
// needs them. Pure. What looks odd here is needed where a machine's root lacks CAP_SYS_RESOURCE.
import { stringify } from 'yaml';
import { dnsAddress, everywhere, type MachineAddresses } from './addresses.ts';

/** The image of the container that holds a pod's namespaces. */
export const pauseImage = 'ringfence.test/pause:1';

export const containerdSocket = '/run/containerd/containerd.sock';

/** Where a machine keeps the files of its programs. */
export interface MachineFiles {
  readonly ca: string;
  readonly servingCertificate: string;
  readonly servingKey: string;
  readonly kubeletKubeconfig: string;
  readonly proxyKubeconfig: string;
  /** A folder. */
  readonly networkConfig: string;
}

/** @param openFiles how many files a process may have open here: no more can be asked for */
export function kubeletConfig(files: MachineFiles, openFiles: number): string {
  return stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: files.ca },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: files.servingCertificate,
    tlsPrivateKeyFile: files.servingKey,
    cgroupDriver: 'cgroupfs',
    failCgroupV1: false,
    failSwapOn: false,
    oomScoreAdj: 0,
    maxOpenFiles: openFiles,
    clusterDNS: [dnsAddress],
    clusterDomain: 'cluster.local',
    resolvConf: '',
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    // The disk is the machine's, whose user decides how full it may be.
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    // There is no registry to get an image from again.
    imageGCHighThresholdPercent: 100,
    serializeImagePulls: false,
    // Secrets and ConfigMaps of a pod are there when it starts, not up to a minute later.
    configMapAndSecretChangeDetectionStrategy: 'Watch',
  });
}

/** @param clusterRanges the ranges of all pods */
export function kubeProxyConfig(
  files: MachineFiles,
  machine: MachineAddresses,
  clusterRanges: readonly string[],
): string {
  return stringify({
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    clusterCIDR: clusterRanges.join(','),
    clientConnection: { kubeconfig: files.proxyKubeconfig },
    hostnameOverride: machine.name,
    bindAddress: machine.addresses[0],
    oomScoreAdj: 0,
    // What these would set is the whole machine's.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  });
}

/** What containerd is told. */
export interface ContainerdPaths {
  /** The folder of the network plugins. */
  readonly plugins: string;
  readonly networkConfig: string;
  readonly runc: string;
}

const text = (value: string): string => JSON.stringify(value);

export function containerdConfig({ plugins, networkConfig, runc }: ContainerdPaths): string {
  return `version = 3
root = "/var/lib/containerd"
state = "/run/containerd"
oom_score = 0
[grpc]
  address = ${text(containerdSocket)}
[plugins.'io.containerd.cri.v1.images']
  snapshotter = "overlayfs"
  [plugins.'io.containerd.cri.v1.images'.pinned_images]
    sandbox = ${text(pauseImage)}
[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = [${text(plugins)}]
    conf_dir = ${text(networkConfig)}
  [plugins.'io.containerd.cri.v1.runtime'.containerd]
    default_runtime_name = "runc"
    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
        BinaryName = ${text(runc)}
        SystemdCgroup = false
`;
}

/** Pods on a bridge, with addresses from the machine's own ranges. */
export function networkConfig({ podRanges }: MachineAddresses): string {
  return JSON.stringify({
    cniVersion: '1.0.0',
    name: 'ring',
    plugins: [
      {
        type: 'bridge',
        bridge: 'cni0',
        isGateway: true,
        hairpinMode: true,
        ipMasq: false,
        ipam: {
          type: 'host-local',
          ranges: podRanges.map((subnet) => [{ subnet }]),
          routes: podRanges.map((range) => ({ dst: everywhere(range) })),
        },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  });
}
