// What the CNI of a cluster does, as the operator reports it in the status of the platform profile, also in a file of it.
// Must not know how the canary found it out.
import { platformProfileName } from '../../api/platform-network-profile.ts';
import { platformNetworkProfileStatus } from '../../api/platform-status.ts';
import { readStatus } from '../../kube/object-status.ts';
import { type CniFacts, cniCapabilities } from '../../model/cni-facts.ts';
import type { ClusterFacts } from '../../objects/cluster-facts.ts';

/** What is known; empty without a canary. */
export function cniIn({ stores }: ClusterFacts): CniFacts {
  const platform = stores.platforms.get({ namespace: '', name: platformProfileName });
  const rows = readStatus(platformNetworkProfileStatus, platform?.status).enforcement?.capabilities ?? [];
  const known = rows.flatMap(({ name, value }) => {
    const capability = cniCapabilities.find((each) => each === name);
    return capability === undefined || (value !== 'Yes' && value !== 'No')
      ? []
      : [[capability, value === 'Yes'] as const];
  });
  return Object.fromEntries(known);
}
