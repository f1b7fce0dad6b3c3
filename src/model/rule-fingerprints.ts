// Rules for addresses as short texts, which identify rules that are already enforced. A rule that must not be written because a
// fact is missing stays if it is enforced. Must not know why a rule must not be written.
import { canonicalJson, type Direction, fingerprint, isStandIn, type PolicyPort } from './network-policy.ts';
import type { LabelSelector } from './selectors.ts';

/** How to recognise a rule that must not be written among the existing ones. */
export type MatchBy =
  /** It is exactly the same rule. */
  | 'SameRule'
  /** It has the same ranges: their exceptions were discovered, and may be more or fewer by now. */
  | 'SameRanges';

/** A rule of a policy, stored or desired: `peers` are those of its direction. */
export interface DirectedRule {
  readonly pods: LabelSelector;
  readonly direction: Direction;
  readonly peers: readonly object[];
  readonly ports?: readonly Partial<PolicyPort>[] | undefined;
}

/** The text that identifies a rule; two rules that differ in more than `matchBy` allows have different texts. */
export function ruleFingerprint(
  { pods, direction, peers, ports = [] }: DirectedRule,
  matchBy: MatchBy,
): string {
  const alike =
    matchBy === 'SameRule'
      ? peers
      : peers.map((peer) => (isBlock(peer) ? { ipBlock: { cidr: peer.ipBlock.cidr } } : peer));
  // An earlier version wrote port names without a number beside them.
  const asked = ports.filter((port) => !isStandIn(port, { ports }));
  return fingerprint({ matchBy, pods: canonicalJson(pods), direction, peers: alike, ports: asked });
}

/** Both texts of a rule; none if it names no address, because such a rule is never withheld. */
export function ruleFingerprints(rule: DirectedRule): readonly string[] {
  if (!rule.peers.some(isBlock)) return [];
  return [ruleFingerprint(rule, 'SameRule'), ruleFingerprint(rule, 'SameRanges')];
}

function isBlock(peer: object): peer is { readonly ipBlock: { readonly cidr: string } } {
  return 'ipBlock' in peer && peer.ipBlock !== undefined;
}
