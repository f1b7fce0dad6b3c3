// What a test control plane is made of: the exact version of each binary, the Go package that it is built from, and who else
// has it. The same versions stand in go.mod beside this file; a test holds the two together.
import type { Binary, BinarySet } from '../binaries/binary.ts';
import { envtestArchive } from './envtest-archive.ts';
import { type BinaryName, kubernetesBinary } from './kubernetes.ts';

/** Since 3.6 every etcd answers the progress requests that the API server's watch-list needs. */
const isRecentEtcd = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major === 3 && minor >= 6;
};

export const binaries: Readonly<Record<BinaryName, Binary<BinaryName>>> = {
  etcd: {
    ...kubernetesBinary('etcd'),
    version: '3.7.3',
    accepts: isRecentEtcd,
    go: { folder: import.meta.dirname, package: 'go.etcd.io/etcd/server/v3' },
  },
  'kube-apiserver': kubernetesBinary('kube-apiserver'),
  'kube-controller-manager': kubernetesBinary('kube-controller-manager'),
  kubectl: { ...kubernetesBinary('kubectl'), askVersion: ['version', '--client'] },
};

export const binaryNames = Object.keys(binaries) as readonly BinaryName[];

/** How they are found. */
export const controlPlaneBinaries: BinarySet<BinaryName> = {
  cacheName: 'control-plane',
  assetsVariable: 'KUBEBUILDER_ASSETS',
  binaries,
  downloads: [envtestArchive],
};
