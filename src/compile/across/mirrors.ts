// Mirrors: what lets somebody in at one end has to be let out at the other, where egress is restricted there.
// Must not know who declares what, nor whether a mirror is due: only what it looks like.
import type { Peer } from '../../model/network-policy.ts';
import { type LabelSelector, type Labels, namespaceNamed, selects } from '../../model/selectors.ts';
import type { Opening } from '../local/allow-rule.ts';

/** The way out of pods to pods of the same namespace that `wayIn` opens to them. */
export function mirrorsWithin(wayIn: Opening, labels: Labels): readonly Opening[] {
  return sourcesIn(wayIn, labels).map((pods) => mirror(wayIn, pods, { podSelector: wayIn.pods }));
}

/** The way out of pods of a namespace with these labels to what `wayIn` opens to them in namespace `destination`. */
export function mirrorsFrom(destination: string, wayIn: Opening, labels: Labels): readonly Opening[] {
  const peer = { namespaceSelector: namespaceNamed(destination), podSelector: wayIn.pods };
  // A peer without a namespace means the destination's own pods.
  const fromOutside = { ...wayIn, rule: { ...wayIn.rule, peers: wayIn.rule.peers.filter(isElsewhere) } };
  return sourcesIn(fromOutside, labels).map((pods) => mirror(wayIn, pods, peer));
}

function mirror({ rule }: Opening, pods: LabelSelector, peer: Peer): Opening {
  return { direction: 'Egress', pods, rule: { ...rule, peers: [peer] } };
}

/** The pods, in a namespace with these labels, that are let in: addresses may be a pod's, but no pod can be told by them. */
function sourcesIn(
  wayIn: { readonly rule: { readonly peers: readonly Peer[] } },
  labels: Labels,
): readonly LabelSelector[] {
  return wayIn.rule.peers.flatMap((peer) => {
    if ('ipBlock' in peer) return [];
    const { namespaceSelector, podSelector = {} } = peer;
    return namespaceSelector === undefined || selects(namespaceSelector, labels) ? [podSelector] : [];
  });
}

function isElsewhere(peer: Peer): boolean {
  return !('ipBlock' in peer) && peer.namespaceSelector !== undefined;
}
