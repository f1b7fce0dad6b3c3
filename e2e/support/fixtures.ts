// What a cluster has in which pods run, and ours has not: a DNS with the EndpointSlice that a controller would write, and nodes.
import type { AnyCluster } from '../cluster.ts';

/** The ports of a DNS Service, or those of its pods. */
export function dnsPorts(port: number): readonly object[] {
  return [
    { name: 'dns', port, protocol: 'UDP' },
    { name: 'dns-tcp', port, protocol: 'TCP' },
  ];
}

/** Where the Service is. */
export const dnsServicePath = '/api/v1/namespaces/kube-system/services/kube-dns';

/** Where its EndpointSlice is. */
export const dnsSlicePath = '/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices/kube-dns-x7f2q';

/** Creates both, at the address `10.96.0.10`. */
export async function createDns(cluster: AnyCluster, podPort = 53): Promise<void> {
  await cluster.api.json('POST', dnsServicePath.replace(/\/kube-dns$/, ''), {
    metadata: { name: 'kube-dns' },
    spec: { clusterIP: '10.96.0.10', selector: { 'k8s-app': 'kube-dns' }, ports: dnsPorts(53) },
  });
  await cluster.api.json(
    'POST',
    dnsSlicePath.replace(/\/kube-dns-x7f2q$/, ''),
    endpointSlice('kube-dns-x7f2q', 'kube-dns', ['10.244.0.2', '10.244.1.2'], dnsPorts(podPort)),
  );
}

/** An EndpointSlice of a Service, with IPv4 addresses. */
export function endpointSlice(
  name: string,
  service: string,
  addresses: readonly string[],
  ports: readonly object[],
): object {
  return {
    metadata: { name, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    endpoints: addresses.map((address) => ({ addresses: [address] })),
    ports,
  };
}

/** Creates a Node as a kubelet does, with its addresses and the ranges of its pods. */
export async function createNode(
  cluster: AnyCluster,
  name: string,
  addresses: readonly string[],
  podRanges: readonly string[],
): Promise<void> {
  await cluster.api.json('POST', '/api/v1/nodes', {
    metadata: { name },
    spec: { podCIDRs: podRanges },
    status: { addresses: addresses.map((address) => ({ type: 'InternalIP', address })) },
  });
}
