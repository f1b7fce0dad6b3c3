// The names of a node's programs, and the version of its container runtime.

export type BinaryName =
  | 'kubelet'
  | 'kube-scheduler'
  | 'kube-proxy'
  | 'containerd'
  | 'containerd-shim-runc-v2'
  | 'ctr'
  | 'coredns'
  | 'kube-router-netpol'
  | 'kube-network-policies'
  | 'agent';

/** kubelet 1.37 needs the CRI of containerd 2. */
export const containerdVersion = '2.4.2';
