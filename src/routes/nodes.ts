// The end `nodes`: node addresses, and so pods in the host network.
import { blockPeers, nonEmpty } from '../model/network-policy.ts';
import { failure, success } from '../model/result.ts';
import { routeEnd } from './route-end.ts';
import { fields } from './schema/fields.ts';

/** Node addresses. */
export const nodesEnd = routeEnd({
  name: 'nodes',
  schema: fields({}),
  description:
    "The addresses of the cluster's nodes, and so every pod with `hostNetwork: true`, which no selector can select. Traffic from a pod's own node may always pass: most CNIs allow the kubelet's probes.",
  peers: (_, { ranges }) => {
    const peers = nonEmpty(blockPeers(ranges.nodes));
    return peers === undefined ? failure(unknownNodes) : success(peers);
  },
});

const unknownNodes = {
  state: 'Pending',
  reason: 'NodeRangesUnknown',
  message:
    'the addresses of the nodes are not known: a platform engineer sets `spec.cluster.nodeRanges` of the platform profile',
} as const;
