// Whether some rules allow all that another one does, going by what is written: "no" may be said where "yes" would be true,
// never the other way round. Both are of the same pods and direction. Must not know who asks for a rule.
import { addressesOf, hasAddresses } from './address-set.ts';
import type { Peer, Rule } from './network-policy.ts';
import { portsContain } from './port-cover.ts';
import { asksNoMore } from './selector-order.ts';
import type { LabelSelector } from './selectors.ts';

/** Whether whatever `rule` allows, one of `others` allows too. */
export function isCovered(rule: Rule, others: readonly Rule[]): boolean {
  const peers = others.filter(({ ports }) => portsContain(ports, rule.ports)).flatMap((other) => other.peers);
  return peers.length > 0 && rule.peers.every((peer) => arePeersCovered(peer, peers));
}

/** Whether everyone whom `peer` means is meant by one of `others`, by several of them where it means addresses. */
export function arePeersCovered(peer: Peer, others: readonly Peer[]): boolean {
  if ('ipBlock' in peer) {
    const blocks = others.flatMap((other) => ('ipBlock' in other ? [other.ipBlock] : []));
    return hasAddresses(addressesOf(blocks), addressesOf([peer.ipBlock]));
  }
  return others.some(
    (other) =>
      !('ipBlock' in other) &&
      isNamespaceCovered(other.namespaceSelector, peer.namespaceSelector) &&
      asksNoMore(other.podSelector, peer.podSelector),
  );
}

/** Without a selector the own namespace is meant, which is one of all. */
function isNamespaceCovered(wide: LabelSelector | undefined, narrow: LabelSelector | undefined): boolean {
  if (wide === undefined) return narrow === undefined;
  return asksNoMore(wide, narrow);
}
