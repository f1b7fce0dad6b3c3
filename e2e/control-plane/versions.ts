// What a test control plane is made of: the exact version of each binary and the Go package that it is built from.
// The same versions stand in go.mod beside this file; a test holds the two together.

/** The Kubernetes release that the tests run against. */
export const kubernetesVersion = '1.37.2';

export type BinaryName = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kubectl';

export interface Binary {
  readonly name: BinaryName;
  /** As the binary itself reports it, without the leading `v`. */
  readonly version: string;
  /** Another version that will do too: etcd is paired with Kubernetes by anyone who packs them together. */
  readonly accepts: (version: string) => boolean;
  /** Arguments that make the binary print its version. */
  readonly versionArguments: readonly string[];
  /** The package that `go build` takes from the module proxy. */
  readonly goPackage: string;
}

const isKubernetes = (version: string): boolean => version === kubernetesVersion;

/** Since 3.6 every etcd answers the progress requests that the API server's watch-list needs. */
const isRecentEtcd = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major === 3 && minor >= 6;
};

export const binaries: Readonly<Record<BinaryName, Binary>> = {
  etcd: {
    name: 'etcd',
    version: '3.7.3',
    accepts: isRecentEtcd,
    versionArguments: ['--version'],
    goPackage: 'go.etcd.io/etcd/server/v3',
  },
  'kube-apiserver': {
    name: 'kube-apiserver',
    version: kubernetesVersion,
    accepts: isKubernetes,
    versionArguments: ['--version'],
    goPackage: 'k8s.io/kubernetes/cmd/kube-apiserver',
  },
  'kube-controller-manager': {
    name: 'kube-controller-manager',
    version: kubernetesVersion,
    accepts: isKubernetes,
    versionArguments: ['--version'],
    goPackage: 'k8s.io/kubernetes/cmd/kube-controller-manager',
  },
  kubectl: {
    name: 'kubectl',
    version: kubernetesVersion,
    accepts: isKubernetes,
    versionArguments: ['version', '--client'],
    goPackage: 'k8s.io/kubernetes/cmd/kubectl',
  },
};

export const binaryNames = Object.keys(binaries) as readonly BinaryName[];
