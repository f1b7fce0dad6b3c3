// Policies and rules that another one makes redundant: without them nothing changes, for any pods.
// It compares texts, so a finding stays true when pods come and go. Of two equal ones it names the later.

import { aboutPolicy, type Finding } from '../../model/findings.ts';
import { groupsBy } from '../../model/groups.ts';
import { contains } from '../../model/ip-ranges.ts';
import { directions } from '../../model/network-policy.ts';
import { portsContain } from '../../model/port-cover.ts';
import { asksNoMore } from '../../model/selector-order.ts';
import { nameLabel } from '../../model/selectors.ts';
import type { PolicyFacts } from '../facts.ts';
import type { RulePort } from '../rule-ports.ts';
import { isBlock, isolationOf, type ParsedBlock, type ParsedPeer, type ParsedRule } from '../rules.ts';
import { listNames, rulePath } from './check.ts';
import type { LintContext } from './lint-context.ts';

/** Finds policies whose isolation and rules other policies already contain. */
export function policyIsRedundant(context: LintContext): readonly Finding[] {
  return groupsBy(context.policies, ({ namespace }) => namespace).flatMap((policies) => {
    const needed = new Set(policies);
    // Starts with the last: of two equal ones the first stays.
    return policies.toReversed().flatMap((policy) => {
      const others = [...needed].filter((other) => other !== policy && isWider(other, policy));
      const by = coveredBy(policy, others, context);
      if (by === undefined) return [];
      needed.delete(policy);
      const names = [...new Set(by.map(({ name }) => name))].sort();
      return [
        aboutPolicy(policy, 'PolicyRedundant', {
          message: `${listNames(names)} already ${names.length === 1 ? 'covers' : 'cover'} everything in it, for the same pods`,
          hint: 'delete it, or narrow the other one if that is wider than intended',
        }),
      ];
    });
  });
}

/** Finds rules that another rule of their policy contains. */
export function ruleIsRedundant(context: LintContext): readonly Finding[] {
  return context.policies.flatMap((policy) =>
    directions.flatMap((direction) => {
      const rules = context.rulesOf(policy, direction);
      return rules.flatMap((rule) => {
        const wider = rules.find(
          (other) =>
            other !== rule &&
            isContained(rule, other) &&
            (other.index < rule.index || !isContained(other, rule)),
        );
        if (wider === undefined) return [];
        return [
          aboutPolicy(policy, 'RuleRedundant', {
            path: rulePath(direction, rule.index),
            message: `\`${rulePath(direction, wider.index)}\` already allows everything that this rule allows`,
            hint: 'delete it, or narrow the other one if that is wider than intended',
          }),
        ];
      });
    }),
  );
}

/** Whether one policy selects all pods that the other one selects, for any pods. */
function isWider(wide: PolicyFacts, narrow: PolicyFacts): boolean {
  return asksNoMore(wide.spec.podSelector, narrow.spec.podSelector);
}

/** The policies that together contain this one; `undefined` if none or only a part of it is contained. */
function coveredBy(
  policy: PolicyFacts,
  others: readonly PolicyFacts[],
  context: LintContext,
): readonly PolicyFacts[] | undefined {
  const by: PolicyFacts[] = [];
  for (const direction of isolationOf(policy.spec)) {
    const isolating = others.find(({ spec }) => isolationOf(spec).includes(direction));
    if (isolating === undefined) return undefined;
    const rules = context.rulesOf(policy, direction);
    if (rules.length === 0) by.push(isolating);
    for (const rule of rules) {
      const other = others.find((each) =>
        context.rulesOf(each, direction).some((candidate) => isContained(rule, candidate)),
      );
      if (other === undefined) return undefined;
      by.push(other);
    }
  }
  return by;
}

function isContained(inner: ParsedRule, outer: ParsedRule): boolean {
  if (!portsContain(defaulted(outer.ports), defaulted(inner.ports))) return false;
  if (outer.peers === undefined) return true;
  const peers = outer.peers;
  return inner.peers?.every((peer) => peers.some((candidate) => isPeerContained(peer, candidate))) ?? false;
}

function defaulted(ports: readonly RulePort[] | undefined) {
  return ports?.map(({ protocol = 'TCP', ...rest }) => ({ protocol, ...rest }));
}

function isPeerContained(inner: ParsedPeer, outer: ParsedPeer): boolean {
  if (isBlock(inner)) return isBlock(outer) && isBlockContained(inner, outer);
  if (isBlock(outer) || !asksNoMore(outer.podSelector, inner.podSelector)) return false;
  if (outer.namespaceSelector === undefined) {
    return inner.namespaceSelector === undefined && inner.namespace === outer.namespace;
  }
  return inner.namespaceSelector === undefined
    ? asksNoMore(outer.namespaceSelector, {
        matchLabels: { [nameLabel]: inner.namespace ?? '' },
      })
    : asksNoMore(outer.namespaceSelector, inner.namespaceSelector);
}

function isBlockContained(inner: ParsedBlock, outer: ParsedBlock): boolean {
  const isInAHole = (hole: ParsedBlock['range']) => inner.except.some((own) => contains(own, hole));
  const isApart = (hole: ParsedBlock['range']) =>
    !contains(inner.range, hole) && !contains(hole, inner.range);
  return contains(outer.range, inner.range) && outer.except.every((hole) => isInAHole(hole) || isApart(hole));
}
