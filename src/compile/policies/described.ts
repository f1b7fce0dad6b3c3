// Adds to the description of an allow policy a sentence about what Ringfence added to the policy.
// Must not know what the policy is for.
import { isStandIn, type NetworkPolicySpec } from '../../model/network-policy.ts';

/** The description, with a sentence on the stand-in port if the policy has one. */
export function described(description: string, { ingress, egress }: NetworkPolicySpec): string {
  const rules = [...(ingress ?? []), ...(egress ?? [])];
  const hasStandIn = rules.some((rule) => rule.ports?.some((port) => isStandIn(port, rule)));
  return hasStandIn ? `${description}. ${whyPortOne}` : description;
}

const whyPortOne =
  'Port 1, on which nothing listens, is for kube-router, which opens every port for a rule that has only port names and no pod with one of them';
