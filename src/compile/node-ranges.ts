// The addresses of the nodes as CIDRs: what the platform profile says, else what the Node objects say, while they are few.
// Must not know what they are used for.
// Until discovery says `discovered.cluster.nodeRanges`, they are derived here, from the nodes of the view.
import type { ClusterView } from '../api/cluster-view.ts';
import type { PlatformNetworkProfileSpec } from '../api/platform-network-profile.ts';
import { formatCidr, parseAddress } from '../model/ip-ranges.ts';
import { compareText } from '../model/object-key.ts';

/** An autoscaler must not rewrite every policy: with more addresses, the profile has to name the ranges. */
export const mostNodeAddresses = 32;

/** The nodes' ranges, sorted; `undefined` while they are not known. */
export function nodeRanges(
  view: ClusterView,
  platform: PlatformNetworkProfileSpec,
): readonly string[] | undefined {
  const declared = platform.cluster?.nodeRanges ?? [];
  if (declared.length > 0) return [...declared].sort(compareText);
  const ranges = new Set<string>();
  for (const { addresses } of view.nodes.values()) {
    for (const address of addresses) {
      const parsed = parseAddress(address);
      if (parsed.ok) ranges.add(formatCidr(parsed.value));
    }
    if (ranges.size > mostNodeAddresses) return undefined;
  }
  return ranges.size === 0 ? undefined : [...ranges].sort(compareText);
}
