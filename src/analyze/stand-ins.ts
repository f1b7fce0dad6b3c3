// Policies without the stand-in port beside port names. Nothing listens on it, so it would only clutter long lists of
// connections. A question about this port itself is still answered from the full policies.
import { isStandIn } from '../model/network-policy.ts';
import type { AnalysisInput, PolicyFacts, PolicyRule } from './facts.ts';

/** The same input without the stand-in port in rules whose other ports are names. */
export function withoutStandIns(input: AnalysisInput): AnalysisInput {
  return { ...input, policies: input.policies.map(withoutStandIn) };
}

function withoutStandIn(policy: PolicyFacts): PolicyFacts {
  const { ingress, egress } = policy.spec;
  const rules = [...(ingress ?? []), ...(egress ?? [])];
  if (!rules.some((rule) => rule.ports?.some((port) => isStandIn(port, rule)))) return policy;
  return {
    ...policy,
    spec: {
      ...policy.spec,
      ...(ingress === undefined ? {} : { ingress: ingress.map(namesOnly) }),
      ...(egress === undefined ? {} : { egress: egress.map(namesOnly) }),
    },
  };
}

/** A rule that has only this port keeps it: without any port it would allow every port. */
function namesOnly(rule: PolicyRule): PolicyRule {
  const ports = rule.ports?.filter((port) => !isStandIn(port, rule)) ?? [];
  return ports.length === 0 ? rule : { ...rule, ports };
}
