// Rules for addresses as short texts, by which it is known again what is enforced already. A rule that is not to be written for lack of
// a fact stays where it is. Must not know why a rule is not to be written.
import { canonicalJson, type Direction, fingerprint, isStandIn, type PolicyPort } from './network-policy.ts';
import type { LabelSelector } from './selectors.ts';

/** By what a rule that is not to be written is known again among those that are there. */
export type Likeness =
  /** It is the very same rule. */
  | 'SameRule'
  /** It is for the same ranges: what is left out of them was found out, and may be more or less by now. */
  | 'SameRanges';

/** A rule of a policy as it is stored or as it is to be: `peers` are those of its direction. */
export interface RuleInPlace {
  readonly pods: LabelSelector;
  readonly direction: Direction;
  readonly peers: readonly object[];
  readonly ports?: readonly Partial<PolicyPort>[] | undefined;
}

/** The text by which a rule is known again; two rules that differ in more than `likeness` allows have two texts. */
export function markOf({ pods, direction, peers, ports = [] }: RuleInPlace, likeness: Likeness): string {
  const alike =
    likeness === 'SameRule'
      ? peers
      : peers.map((peer) => (isBlock(peer) ? { ipBlock: { cidr: peer.ipBlock.cidr } } : peer));
  // A version before this one wrote names of ports without a number beside them.
  const asked = ports.filter((port) => !isStandIn(port, { ports }));
  return fingerprint({ likeness, pods: canonicalJson(pods), direction, peers: alike, ports: asked });
}

/** Both texts of a rule; none where it names no address, because no such rule is ever held back. */
export function marksOf(rule: RuleInPlace): readonly string[] {
  if (!rule.peers.some(isBlock)) return [];
  return [markOf(rule, 'SameRule'), markOf(rule, 'SameRanges')];
}

function isBlock(peer: object): peer is { readonly ipBlock: { readonly cidr: string } } {
  return 'ipBlock' in peer && peer.ipBlock !== undefined;
}
