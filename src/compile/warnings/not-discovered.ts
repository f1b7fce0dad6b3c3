// Facts about the cluster that can't be discovered, or are implausible, unless the platform profile sets them.
// Must not know how they are discovered.
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
