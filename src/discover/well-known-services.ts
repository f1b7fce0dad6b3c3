// The Services of DNS and the API server by the names that Kubernetes and its distributions give them.
// Must not know what follows from them.
import type { ObjectKey } from '../model/object-key.ts';

/** The Service of the API server, which the API server itself maintains. */
export const kubernetesService: ObjectKey = { namespace: 'default', name: 'kubernetes' };

/**
 * The Services of the cluster's DNS, in the order of lookup: the first one that exists counts.
 *
 * `kube-dns` is the name everywhere except on RKE2 (Helm release and chart `rke2-coredns`) and OpenShift (`DNSServiceName` in
 * openshift/cluster-dns-operator pkg/operator/controller/names.go).
 */
export const dnsServices: readonly ObjectKey[] = [
  { namespace: 'kube-system', name: 'kube-dns' },
  { namespace: 'kube-system', name: 'rke2-coredns-rke2-coredns' },
  { namespace: 'openshift-dns', name: 'dns-default' },
];

/** The ConfigMap of NodeLocal DNSCache (kubernetes/kubernetes cluster/addons/dns/nodelocaldns/nodelocaldns.yaml). */
export const nodeLocalDns: ObjectKey = { namespace: 'kube-system', name: 'node-local-dns' };

/** Whether a Service is one of these. */
export function isDiscovered(service: ObjectKey): boolean {
  return [kubernetesService, ...dnsServices].some(
    ({ namespace, name }) => namespace === service.namespace && name === service.name,
  );
}
