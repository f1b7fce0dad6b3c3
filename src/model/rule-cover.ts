// Whether some rules allow everything that another one allows, judged by their text: the answer may be a false "no", never a
// false "yes". All rules have the same pods and direction. Must not know who asks for a rule.
import { addressesOfBlocks, addressSets } from './address-set.ts';
import type { Peer, Rule } from './network-policy.ts';
import { portsContain } from './port-cover.ts';
import { asksNoMore } from './selector-order.ts';
import type { LabelSelector } from './selectors.ts';

/** Whether `others` allow everything that `rule` allows. */
export function isCovered(rule: Rule, others: readonly Rule[]): boolean {
  const peers = others.filter(({ ports }) => portsContain(ports, rule.ports)).flatMap((other) => other.peers);
  return peers.length > 0 && rule.peers.every((peer) => arePeersCovered(peer, peers));
}

/** Whether one of `others` includes everyone in `peer`; for addresses, several of them together. */
export function arePeersCovered(peer: Peer, others: readonly Peer[]): boolean {
  if ('ipBlock' in peer) {
    const blocks = others.flatMap((other) => ('ipBlock' in other ? [other.ipBlock] : []));
    return addressSets.covers(addressesOfBlocks(blocks), addressesOfBlocks([peer.ipBlock]));
  }
  return others.some(
    (other) =>
      !('ipBlock' in other) &&
      isNamespaceCovered(other.namespaceSelector, peer.namespaceSelector) &&
      asksNoMore(other.podSelector, peer.podSelector),
  );
}

/** Without a selector, the peer means the own namespace. */
function isNamespaceCovered(wide: LabelSelector | undefined, narrow: LabelSelector | undefined): boolean {
  if (wide === undefined) return narrow === undefined;
  return asksNoMore(wide, narrow);
}
