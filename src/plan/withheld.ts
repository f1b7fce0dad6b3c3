// Rules that must not be written because a fact is missing, but are enforced already: they stay, whatever the name of their policy. Rules
// that are not enforced are not written. Must not know which fact is missing.
import { markOf, type RuleInPlace } from '../model/enforced-rules.ts';
import type { Rule } from '../model/network-policy.ts';
import { allowing, nonEmpty, ruleFor } from '../model/network-policy.ts';
import { compareText } from '../model/object-key.ts';
import type { DesiredPolicy, OwnedPolicy, WithheldRule } from '../model/policies.ts';

/** The policies with those of the withheld rules that are enforced already. Ordered by name. */
export function withEnforced(
  desired: readonly DesiredPolicy[],
  withheld: readonly WithheldRule[],
  owned: readonly OwnedPolicy[],
): readonly DesiredPolicy[] {
  const enforced = new Set(
    owned.filter(({ beingDeleted }) => !beingDeleted).flatMap((each) => each.blockRules),
  );
  const kept = withheld.filter(({ policy, likeness }) =>
    rulesIn(policy).every((rule) => enforced.has(markOf(placed(policy, rule), likeness))),
  );
  if (kept.length === 0) return desired;
  const byName = new Map(desired.map((policy) => [policy.name, policy]));
  for (const { policy, at } of kept) {
    const settled = byName.get(policy.name);
    byName.set(policy.name, settled === undefined ? policy : joined(settled, policy, at));
  }
  return [...byName.values()].sort((a, b) => compareText(a.name, b.name));
}

function placed({ spec }: DesiredPolicy, { peers, ports }: Rule): RuleInPlace {
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
function joined(settled: DesiredPolicy, { spec, origins }: DesiredPolicy, at: number): DesiredPolicy {
  const [direction] = spec.policyTypes;
  const own = rulesIn(settled);
  const added = rulesIn({ ...settled, spec });
  const rules = nonEmpty([...own.slice(0, at), ...added, ...own.slice(at)]);
  if (rules === undefined) return settled;
  const asking = settled.origins ?? [];
  return {
    ...settled,
    spec: allowing(spec.podSelector, direction, rules),
    origins: [...asking.slice(0, at), ...(origins ?? []), ...asking.slice(at)],
  };
}
