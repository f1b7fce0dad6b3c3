// Blocks of addresses that are the ClusterIP of a Service: most CNIs have translated it to a pod's before they decide.
import { aboutPolicy, type Finding } from '../../model/findings.ts';
import { formatCidr, parseAddress } from '../../model/ip-ranges.ts';
import { formatKey } from '../../model/object-key.ts';
import { formatSelector } from '../../model/selector-texts.ts';
import { isBlock, type ParsedPeer } from '../rules.ts';
import { eachPeer } from './check.ts';
import type { LintContext } from './lint-context.ts';

/**
 * Finds `ipBlock` peers that are the ClusterIP of a Service with pods. Beside a peer that selects pods there, such a block is for CNIs that
 * decide before.
 */
export function blockIsService(context: LintContext): readonly Finding[] {
  const services = new Map(
    context.services.flatMap(({ clusterIPs = [], selector, ...key }) =>
      clusterIPs
        .map(parseAddress)
        .flatMap((address) =>
          address.ok && selector !== undefined
            ? [[formatCidr(address.value), { ...key, selector }] as const]
            : [],
        ),
    ),
  );
  return eachPeer(context, (peer, path, { policy, peers = [] }, direction) => {
    const service = isBlock(peer) ? services.get(formatCidr(peer.range)) : undefined;
    if (!isBlock(peer) || service === undefined) return [];
    if (peers.some((other) => mayMeanPodsIn(service.namespace, other, context))) return [];
    const { ServiceBeforeTranslation: isBefore } = context.cni;
    if (direction === 'Egress' && isBefore) return [];
    const who = isBefore === undefined ? 'most CNIs decide' : 'the CNI of this cluster decides';
    const effect =
      direction === 'Egress'
        ? `${who} after it is translated to a pod's address, so that this peer has no effect`
        : 'no connection comes from there';
    return [
      aboutPolicy(policy, 'ClusterAddress', {
        path: `${path}.ipBlock.cidr`,
        message: `\`${peer.cidr}\` is the ClusterIP of Service \`${formatKey(service)}\`: ${effect}`,
        hint: `select its pods, which have the labels ${formatSelector({ matchLabels: service.selector })}, on their own ports`,
      }),
    ];
  });
}

function mayMeanPodsIn(namespace: string, peer: ParsedPeer, context: LintContext): boolean {
  if (isBlock(peer)) return false;
  const { namespaceSelector } = peer;
  return namespaceSelector === undefined
    ? peer.namespace === namespace
    : context.isNamespaceSelected(namespaceSelector, namespace);
}
