// Rules that must not be written because a fact is missing, but are enforced already: they stay, whatever the name of their policy. Rules
// that are not enforced are not written. Must not know which fact is missing.

import type { Rule } from '../model/network-policy.ts';
import { allowing, nonEmpty, ruleFor } from '../model/network-policy.ts';
import { compareText } from '../model/object-key.ts';
import type { DesiredPolicy, OwnedPolicy, WithheldRule } from '../model/policies.ts';
import { type DirectedRule, ruleFingerprint } from '../model/rule-fingerprints.ts';

/** The policies with those of the withheld rules that are enforced already. Ordered by name. */
export function withEnforced(
  desired: readonly DesiredPolicy[],
  withheld: readonly WithheldRule[],
  owned: readonly OwnedPolicy[],
): readonly DesiredPolicy[] {
  const enforced = new Set(
    owned.filter(({ beingDeleted }) => !beingDeleted).flatMap((each) => each.addressRuleFingerprints),
  );
  const kept = withheld.filter(({ policy, matchBy }) =>
    rulesIn(policy).every((rule) => enforced.has(ruleFingerprint(ruleOfPolicy(policy, rule), matchBy))),
  );
  if (kept.length === 0) return desired;
  const byName = new Map(desired.map((policy) => [policy.name, policy]));
  for (const { policy, at } of kept) {
    const existing = byName.get(policy.name);
    byName.set(policy.name, existing === undefined ? policy : insertRule(existing, policy, at));
  }
  return [...byName.values()].sort((a, b) => compareText(a.name, b.name));
}

function ruleOfPolicy({ spec }: DesiredPolicy, { peers, ports }: Rule): DirectedRule {
  return { pods: spec.podSelector, direction: spec.policyTypes[0], peers, ports };
}

/** The rules of a policy in its one direction. */
function rulesIn({ spec: { ingress, egress } }: DesiredPolicy): readonly Rule[] {
  return [
    ...(ingress ?? []).flatMap(({ from, ports }) => ruleFor(from ?? [], ports) ?? []),
    ...(egress ?? []).flatMap(({ to, ports }) => ruleFor(to ?? [], ports) ?? []),
  ];
}

/** A policy with one rule of another policy of the same name, at this rule's index among all. */
function insertRule(existing: DesiredPolicy, { spec, origins }: DesiredPolicy, at: number): DesiredPolicy {
  const [direction] = spec.policyTypes;
  const own = rulesIn(existing);
  const added = rulesIn({ ...existing, spec });
  const rules = nonEmpty([...own.slice(0, at), ...added, ...own.slice(at)]);
  if (rules === undefined) return existing;
  const asking = existing.origins ?? [];
  return {
    ...existing,
    spec: allowing(spec.podSelector, direction, rules),
    origins: [...asking.slice(0, at), ...(origins ?? []), ...asking.slice(at)],
  };
}
