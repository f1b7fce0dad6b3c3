// What could not be found out about the cluster, or makes no sense in it, unless the platform profile says it instead.
// Must not know how it is found out.
import type { PlatformNetworkProfileSpec } from '../../api/platform-network-profile.ts';
import type { Finding } from '../../model/findings.ts';
import type { ClusterView } from '../../view/cluster-view.ts';

/** The findings of discovery, without those about fields that the platform profile sets. */
export function discoveryFindings(
  { discoveryFindings: all }: ClusterView,
  { dns, kubernetesAPI, cluster }: PlatformNetworkProfileSpec,
): readonly Finding[] {
  const configured: Readonly<Record<string, readonly unknown[]>> = {
    'spec.dns': [dns?.namespace, dns?.podSelector, dns?.ports, dns?.addresses],
    'spec.dns.addresses': [dns?.addresses],
    'spec.kubernetesAPI': [kubernetesAPI?.addresses, kubernetesAPI?.ports],
    'spec.cluster.podRanges': [cluster?.podRanges],
    'spec.cluster.serviceRanges': [cluster?.serviceRanges],
    'spec.cluster.nodeRanges': [cluster?.nodeRanges],
  };
  return all.filter(({ path = '' }) => configured[path]?.includes(undefined) !== false);
}
