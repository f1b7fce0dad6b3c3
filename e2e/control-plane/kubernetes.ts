// The Kubernetes release that the tests run against, and how its programs are built: all from the go.mod beside this file.
import type { Binary } from '../binaries/binary.ts';

export const kubernetesVersion = '1.37.2';

/** What a control plane is made of. */
export type BinaryName = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kubectl';

const [major, minor] = kubernetesVersion.split('.');
const versionPackage = 'k8s.io/component-base/version';

/** Without these a Kubernetes binary calls itself v0.0.0-master. */
const linkerFlags = [
  `-X ${versionPackage}.gitVersion=v${kubernetesVersion}`,
  `-X ${versionPackage}.gitMajor=${major}`,
  `-X ${versionPackage}.gitMinor=${minor}`,
].join(' ');

/** A program of that release. */
export function kubernetesBinary<Name extends string>(name: Name): Binary<Name> {
  return {
    name,
    version: kubernetesVersion,
    askVersion: ['--version'],
    cacheKey: kubernetesVersion,
    go: { folder: import.meta.dirname, package: `k8s.io/kubernetes/cmd/${name}`, linkerFlags },
  };
}
