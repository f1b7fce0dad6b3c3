// A comparison looks only at what changed policies touch: it finds the same as one that looks at everything.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../../test/property-runs.ts';
import { analysisInput } from '../../test/random-policies.ts';
import { Baseline, compare } from './compare.ts';
import type { AnalysisInput, PolicyFacts } from './facts.ts';

/** An input, and the same with some policies of another: added, or instead of its own. */
const changedPolicies = fc
  .tuple(analysisInput, analysisInput, fc.array(fc.nat(), { minLength: 1, maxLength: 3 }))
  .map(([before, other, places]) => {
    const policies = new Map(before.policies.map((policy) => [keyOf(policy), policy]));
    for (const place of places) {
      const taken = other.policies[place % Math.max(1, other.policies.length)];
      const left = before.policies[place % Math.max(1, before.policies.length)];
      if (taken !== undefined && place % 3 > 0) policies.set(keyOf(taken), taken);
      else if (left !== undefined) policies.delete(keyOf(left));
    }
    return { before, after: { ...before, policies: [...policies.values()] } };
  });

function keyOf({ namespace, name }: PolicyFacts): string {
  return `${namespace}/${name}`;
}

/** A namespace without pods is also new: then nothing is left out. */
function withNamespace(input: AnalysisInput): AnalysisInput {
  return { ...input, namespaces: [...input.namespaces, { name: 'unused', labels: {} }] };
}

test('finds the same when only policies change as when everything is compared', () => {
  fc.assert(
    fc.property(changedPolicies, ({ before, after }) => {
      expect(compare(before, after)).toEqual(compare(before, withNamespace(after)));
    }),
    runs(300),
  );
});

test('finds the same for each of several changes of one baseline as by itself', () => {
  fc.assert(
    fc.property(analysisInput, (input) => {
      const baseline = new Baseline(input);
      for (const policy of input.policies) {
        const after = { ...input, policies: input.policies.filter((other) => other !== policy) };
        expect(baseline.compareWith(after)).toEqual(compare(input, withNamespace(after)));
      }
    }),
    runs(100),
  );
});
