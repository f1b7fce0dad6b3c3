// The addresses of the nodes as CIDRs: those of the platform profile, or else the discovered ones.
// Must not know what they are used for, nor how they are discovered.

import type { PlatformNetworkProfileSpec } from '../../api/platform-network-profile.ts';
import { compareText } from '../../model/object-key.ts';
import type { ClusterView } from '../../view/cluster-view.ts';

/** The nodes' ranges, sorted; `undefined` while they are not known. */
export function nodeRanges(
  { discovered }: Pick<ClusterView, 'discovered'>,
  spec: PlatformNetworkProfileSpec,
): readonly string[] | undefined {
  const declared = spec.cluster?.nodeRanges ?? [];
  const ranges = declared.length > 0 ? declared : discovered.cluster?.nodeRanges;
  return ranges === undefined ? undefined : [...ranges].sort(compareText);
}
