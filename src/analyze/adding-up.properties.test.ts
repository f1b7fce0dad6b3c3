// Policies add up: how rules are spread over policies does not matter, and no rule takes anything away.
// "NetworkPolicies do not conflict; they are additive" (the concept page of NetworkPolicies).
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../../test/property-runs.ts';
import { analysisInput, policy } from '../../test/random-policies.ts';
import { type Direction, directions } from '../model/network-policy.ts';
import { compare } from './compare.ts';
import type { PolicyFacts, PolicyRule } from './facts.ts';
import { isolationOf } from './rules.ts';

const members = { Ingress: ['ingress', 'from'], Egress: ['egress', 'to'] } as const;

function rulesIn({ spec }: PolicyFacts, direction: Direction): readonly PolicyRule[] {
  return spec[members[direction][0]] ?? [];
}

/** One policy for each direction that isolates only, and one for each peer and port of each rule. */
function split(whole: PolicyFacts): readonly PolicyFacts[] {
  const part = (direction: Direction, name: string, rules: readonly PolicyRule[]): PolicyFacts => ({
    ...{ namespace: whole.namespace, name: `${whole.name}-${direction}-${name}`.toLowerCase() },
    spec: {
      podSelector: whole.spec.podSelector,
      policyTypes: [direction],
      [members[direction][0]]: rules,
    },
  });
  return isolationOf(whole.spec).flatMap((direction) => [
    part(direction, 'isolates', []),
    ...rulesIn(whole, direction)
      .flatMap((rule) => pieces(rule, members[direction][1]))
      .map((rule, index) => part(direction, `allows-${index}`, [rule])),
  ]);
}

/** A list that is empty or absent means everyone, or every port, and can't be taken apart. */
function pieces(rule: PolicyRule, member: 'from' | 'to'): readonly PolicyRule[] {
  const peers = rule[member]?.map((peer) => [peer]) ?? [];
  const ports = rule.ports?.map((port) => [port]) ?? [];
  return (peers.length === 0 ? [undefined] : peers).flatMap((some) =>
    (ports.length === 0 ? [undefined] : ports).map((few) => ({
      ...(some === undefined ? {} : { [member]: some }),
      ...(few === undefined ? {} : { ports: few }),
    })),
  );
}

describe('policies', () => {
  test('mean the same when each of their rules stands in policies of its own', () => {
    fc.assert(
      fc.property(analysisInput, (input) => {
        const after = { ...input, policies: input.policies.flatMap(split) };
        expect(compare(input, after)).toEqual({ gained: [], lost: [] });
      }),
      runs(100),
    );
  });

  test('take nothing away when a rule is added that allows something to pods which are isolated', () => {
    fc.assert(
      fc.property(
        analysisInput,
        policy,
        fc.nat(),
        fc.constantFrom(...directions),
        (input, other, at, direction) => {
          const isolating = input.policies.filter(({ spec }) => isolationOf(spec).includes(direction));
          const added = rulesIn(other, direction);
          fc.pre(isolating.length > 0 && added.length > 0);
          const chosen = isolating[at % isolating.length];
          const policies = input.policies.map((each) => {
            if (each !== chosen) return each;
            // Where it is left out, what isolates would depend on the rules.
            const spec = { ...each.spec, policyTypes: isolationOf(each.spec) };
            return {
              ...each,
              spec: { ...spec, [members[direction][0]]: [...rulesIn(each, direction), ...added] },
            };
          });
          expect(compare(input, { ...input, policies }).lost).toEqual([]);
        },
      ),
      runs(100),
    );
  });

  test('take nothing away when a policy is added whose pods are isolated in its directions already', () => {
    fc.assert(
      fc.property(analysisInput, policy, (input, added) => {
        const closed = isolationOf(added.spec).map((direction) => ({
          ...{ namespace: added.namespace, name: `closes-${direction}` },
          spec: { podSelector: added.spec.podSelector, policyTypes: [direction] },
        }));
        const before = [...input.policies, ...closed];
        const after = [...before, { ...added, name: 'added' }];
        expect(compare({ ...input, policies: before }, { ...input, policies: after }).lost).toEqual([]);
      }),
      runs(100),
    );
  });
});
