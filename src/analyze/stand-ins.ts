// Policies without the stand-in port beside port names. Nothing listens on it, so no answer should show it as if somebody had
// allowed it. A question about this port itself is still answered from the full policies.
import { isStandIn, standInPort } from '../model/network-policy.ts';
import type { PortSpec } from '../model/ports.ts';
import type { AnalysisInput, PolicyFacts, PolicyRule } from './facts.ts';

/** The same input without the stand-in port in rules whose other ports are names. @param asked a question about this very port keeps it */
export function withoutStandIns(input: AnalysisInput, asked?: PortSpec): AnalysisInput {
  if (asked !== undefined && isStandInAsked(asked)) return input;
  return { ...input, policies: input.policies.map(withoutStandIn) };
}

/** Whether a question is about the stand-in port and no other. */
export function isStandInAsked(asked: PortSpec): boolean {
  return 'interval' in asked && asked.interval.last === standInPort;
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
