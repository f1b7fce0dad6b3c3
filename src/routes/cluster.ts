// The end `cluster`: everything inside the cluster.
import { blockPeers } from '../model/network-policy.ts';
import { success } from '../model/result.ts';
import { onPodPorts } from './pod-ports.ts';
import { routeEnd } from './route-end.ts';
import { fields } from './schema/fields.ts';

/** Everything inside the cluster. */
export const clusterEnd = routeEnd({
  name: 'cluster',
  schema: fields({}),
  description:
    'Every pod of every namespace, and the node addresses of the cluster; as `to`, also its Service addresses. Unknown ranges are left out.',
  // CNIs differ in whether an address range matches pods, so the rule names pods, and not their ranges.
  peers: (_, { ranges }) => success([{ namespaceSelector: {} }, ...blockPeers(ranges.nodes)]),
  rules: (_, { ranges }, ports) =>
    success(
      onPodPorts(
        [{ namespaceSelector: {} }, ...blockPeers(ranges.services), ...blockPeers(ranges.nodes)],
        ports,
      ),
    ),
  namespaceScope: () => ({ selector: {} }),
  gap: ({ ranges }, side) => {
    const missing = [
      ...(ranges.nodes === undefined ? ['`spec.cluster.nodeRanges`'] : []),
      ...(ranges.services === undefined && side === 'to' ? ['`spec.cluster.serviceRanges`'] : []),
    ];
    if (missing.length === 0) return undefined;
    const message = `unknown addresses are left out: a platform engineer sets ${missing.join(' and ')} of the platform profile`;
    return { reason: 'ClusterRangesUnknown', message };
  },
});
