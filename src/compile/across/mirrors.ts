// Mirrors: where egress is restricted, an ingress rule at one end needs an egress rule at the other.
// Must not know who declares what, nor whether a mirror is due: only what it looks like.
import { namespaceSelectorOf, type Peer } from '../../model/network-policy.ts';
import { type LabelSelector, type Labels, namespaceNamed, selects } from '../../model/selectors.ts';
import type { AllowRule } from '../local/allow-rule.ts';

/** The egress rule of pods to pods of the same namespace that `ingressRule` opens to them. */
export function mirrorsWithin(ingressRule: AllowRule, labels: Labels): readonly AllowRule[] {
  return sourcesIn(ingressRule, labels).map((pods) =>
    mirror(ingressRule, pods, { podSelector: ingressRule.pods }),
  );
}

/** The egress rule of pods of a namespace with these labels to what `ingressRule` opens to them in namespace `destination`. */
export function mirrorsFrom(
  destination: string,
  ingressRule: AllowRule,
  labels: Labels,
): readonly AllowRule[] {
  const peer = { namespaceSelector: namespaceNamed(destination), podSelector: ingressRule.pods };
  // A peer without a namespace means the destination's own pods.
  const fromOutside = {
    ...ingressRule,
    rule: { ...ingressRule.rule, peers: ingressRule.rule.peers.filter(namespaceSelectorOf) },
  };
  return sourcesIn(fromOutside, labels).map((pods) => mirror(ingressRule, pods, peer));
}

function mirror({ rule }: AllowRule, pods: LabelSelector, peer: Peer): AllowRule {
  return { direction: 'Egress', pods, rule: { ...rule, peers: [peer] } };
}

/** The pods, in a namespace with these labels, that are let in: an address may be a pod's, but does not identify a pod. */
function sourcesIn(
  ingressRule: { readonly rule: { readonly peers: readonly Peer[] } },
  labels: Labels,
): readonly LabelSelector[] {
  return ingressRule.rule.peers.flatMap((peer) => {
    if ('ipBlock' in peer) return [];
    const { namespaceSelector, podSelector = {} } = peer;
    return namespaceSelector === undefined || selects(namespaceSelector, labels) ? [podSelector] : [];
  });
}
