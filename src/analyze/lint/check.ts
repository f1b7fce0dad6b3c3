// The interface of a lint check, and how all checks name policies, rules and peers.
// Must not know which checks exist.
import { quoteSome } from '../../model/counted.ts';
import type { Finding } from '../../model/findings.ts';
import { type Direction, directions } from '../../model/network-policy.ts';
import type { RulePort } from '../rule-ports.ts';
import type { ParsedPeer, ParsedRule } from '../rules.ts';
import type { LintContext, LintPod } from './lint-context.ts';

/** Looks for one kind of mistake. Pure; the order of its findings does not matter. */
export type LintCheck = (context: LintContext) => readonly Finding[];

/** Looks at each rule of each policy, in the directions that the policy isolates. */
export function eachRule(
  context: LintContext,
  look: (rule: ParsedRule, direction: Direction) => readonly Finding[],
): readonly Finding[] {
  return context.policies.flatMap((policy) =>
    directions.flatMap((direction) =>
      context.rulesOf(policy, direction).flatMap((rule) => look(rule, direction)),
    ),
  );
}

/** Looks at each peer of each rule; the path is that of the peer, as in `spec.ingress[1].from[0]`. */
export function eachPeer(
  context: LintContext,
  look: (peer: ParsedPeer, path: string, rule: ParsedRule, direction: Direction) => readonly Finding[],
): readonly Finding[] {
  return eachRule(context, (rule, direction) => {
    const field = direction === 'Ingress' ? 'from' : 'to';
    const path = `${rulePath(direction, rule.index)}.${field}`;
    return (rule.peers ?? []).flatMap((peer, index) => look(peer, `${path}[${index}]`, rule, direction));
  });
}

/** Looks at each port of each rule; the path is that of the port, as in `spec.ingress[1].ports[0]`. */
export function eachPort(
  context: LintContext,
  look: (port: RulePort, path: string, rule: ParsedRule, direction: Direction) => readonly Finding[],
): readonly Finding[] {
  return eachRule(context, (rule, direction) => {
    const path = `${rulePath(direction, rule.index)}.ports`;
    return (rule.ports ?? []).flatMap((port, index) => look(port, `${path}[${index}]`, rule, direction));
  });
}

/** The path of a rule in its policy, as in `spec.ingress[1]`. */
export function rulePath(direction: Direction, index: number): string {
  return `spec.${direction.toLowerCase()}[${index}]`;
}

/** The workloads of some pods for people, the first five of them. */
export function listWorkloads(pods: readonly Pick<LintPod, 'workload'>[]): string {
  return listNames([...new Set(pods.map(({ workload }) => workload.name))].sort());
}

/** Some names for people, the first five of them. */
export function listNames(names: readonly string[]): string {
  return quoteSome(names, 5);
}
