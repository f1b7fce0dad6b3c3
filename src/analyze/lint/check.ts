// The interface of a lint check, and how all checks name policies, rules and peers.
// Must not know which checks exist.
import { quoteSome } from '../../model/counted.ts';
import type { Finding, FindingCode } from '../../model/findings.ts';
import { type Direction, directions } from '../../model/network-policy.ts';
import type { PolicyFacts } from '../facts.ts';
import { type ParsedRule, rulesOf } from '../rules.ts';
import type { LintContext } from './lint-context.ts';

/** Looks for one kind of mistake. Pure; the order of its findings does not matter. */
export type LintCheck = (context: LintContext) => readonly Finding[];

/** A finding about a policy. */
export function aboutPolicy(
  { namespace, name }: PolicyFacts,
  code: FindingCode,
  { path, message, hint }: { readonly path?: string; readonly message: string; readonly hint: string },
): Finding {
  return {
    code,
    subject: { kind: 'NetworkPolicy', namespace, name },
    ...(path === undefined ? {} : { path }),
    message,
    hint,
  };
}

/** Looks at each rule of each policy, in the directions that the policy isolates. */
export function eachRule(
  { policies }: LintContext,
  look: (policy: PolicyFacts, direction: Direction, rule: ParsedRule) => readonly Finding[],
): readonly Finding[] {
  return policies.flatMap((policy) =>
    directions.flatMap((direction) =>
      rulesOf(policy, direction).flatMap((rule) => look(policy, direction, rule)),
    ),
  );
}

/** The path of a rule in its policy, as in `spec.ingress[1]`. */
export function rulePath(direction: Direction, index: number): string {
  return `spec.${direction.toLowerCase()}[${index}]`;
}

/** The path of a peer of a rule, as in `spec.ingress[1].from[0]`. */
export function peerPath(direction: Direction, rule: number, peer: number): string {
  return `${rulePath(direction, rule)}.${direction === 'Ingress' ? 'from' : 'to'}[${peer}]`;
}

/** Some names for people, the first five of them. */
export function listNames(names: readonly string[]): string {
  return quoteSome(names, 5);
}
