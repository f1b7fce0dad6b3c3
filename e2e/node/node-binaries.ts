// What a node is made of besides the control plane: the exact version of each binary, what it is built from, and who else has it.
// The go.mod of each is in `modules`, those of Kubernetes' own are built from that of the control plane; a test compares the versions.
import { join } from 'node:path';
import { type Binary, type BinarySet, sourceKey } from '../binaries/binary.ts';
import { kubernetesBinary } from '../control-plane/kubernetes.ts';
import { containerdRelease, kubernetesRelease } from './releases.ts';
import { type BinaryName, containerdVersion } from './versions.ts';

const moduleFolder = (name: string): string => join(import.meta.dirname, 'modules', name);

/** The file systems that these would bring need C libraries. */
const containerdTags = ['no_zfs', 'no_btrfs', 'no_devmapper'];

const containerdBinary = <Name extends string>(name: Name, askVersion = '--version'): Binary<Name> => ({
  name,
  version: containerdVersion,
  askVersion: [askVersion],
  cacheKey: containerdVersion,
  go: {
    folder: moduleFolder('containerd'),
    package: `github.com/containerd/containerd/v2/cmd/${name}`,
    linkerFlags: `-X github.com/containerd/containerd/v2/version.Version=${containerdVersion}`,
    tags: containerdTags,
  },
});

/** A program whose `main` is here. */
const ownProgram = <Name extends string>(
  name: Name,
  module: string,
  version: string,
  askVersion: readonly string[],
): Binary<Name> => ({
  name,
  version,
  askVersion,
  cacheKey: sourceKey(version, moduleFolder(module)),
  go: { folder: moduleFolder(module), package: '.' },
});

const kubeRouter = ownProgram('kube-router-netpol', 'kube-router', '2.1.0', ['--version']);

/** The commands of kube-network-policies can't be asked; this one enforces NetworkPolicy alone. */
const kubeNetworkPolicies: Binary<'kube-network-policies'> = {
  name: 'kube-network-policies',
  version: '1.1.0',
  askVersion: { module: 'sigs.k8s.io/kube-network-policies' },
  cacheKey: '1.1.0',
  go: {
    folder: moduleFolder('kube-network-policies'),
    package: 'sigs.k8s.io/kube-network-policies/cmd/kube-network-policies/standard',
  },
};

export const nodeBinaries: BinarySet<BinaryName> = {
  cacheName: 'node',
  assetsVariable: 'RINGFENCE_NODE_ASSETS',
  binaries: {
    kubelet: kubernetesBinary('kubelet'),
    'kube-scheduler': kubernetesBinary('kube-scheduler'),
    'kube-proxy': kubernetesBinary('kube-proxy'),
    containerd: containerdBinary('containerd'),
    'containerd-shim-runc-v2': containerdBinary('containerd-shim-runc-v2', '-v'),
    ctr: containerdBinary('ctr'),
    coredns: ownProgram('coredns', 'coredns', '1.15.0', ['-version']),
    'kube-router-netpol': {
      ...kubeRouter,
      go: { ...kubeRouter.go, linkerFlags: `-X main.version=${kubeRouter.version}` },
    },
    'kube-network-policies': kubeNetworkPolicies,
    agent: ownProgram('agent', 'agent', '1.0.0', ['-version']),
  },
  downloads: [kubernetesRelease, containerdRelease],
};

export const nodeBinaryNames = Object.keys(nodeBinaries.binaries) as readonly BinaryName[];
