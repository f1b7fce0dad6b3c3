import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { selectedByBoth, selectedByNone } from './label-sets.ts';
import { type LabelSelector, type SelectorRequirement, selects } from './selectors.ts';

const key = fc.constantFrom('app', 'tier', 'team');
const value = fc.constantFrom('a', 'b', 'c');
const labels = fc.dictionary(key, fc.constantFrom('a', 'b', 'c', 'd'));
const requirement = fc.oneof(
  fc.record({
    key,
    operator: fc.constantFrom('In', 'NotIn'),
    values: fc.uniqueArray(value, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
) as fc.Arbitrary<SelectorRequirement>;
const selector: fc.Arbitrary<LabelSelector> = fc.record(
  {
    matchLabels: fc.dictionary(key, value, { maxKeys: 2 }),
    matchExpressions: fc.array(requirement, { maxLength: 3 }),
  },
  { requiredKeys: [] },
);
const enough = 1000;

describe('what both of two selectors select', () => {
  test('is selected by one selector, or nothing is', () => {
    fc.assert(
      fc.property(selector, selector, labels, (one, other, pod) => {
        const both = selectedByBoth(one, other);
        expect(both !== undefined && selects(both, pod)).toBe(selects(one, pod) && selects(other, pod));
      }),
    );
  });

  test('is nothing only where no labels could be selected by both', () => {
    expect(selectedByBoth({ matchLabels: { app: 'a' } }, { matchLabels: { app: 'b' } })).toBeUndefined();
    const exists = { matchExpressions: [{ key: 'app', operator: 'Exists' }] } as const;
    const isNot = { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] } as const;
    expect(selectedByBoth(exists, isNot)).toBeUndefined();
    expect(selectedByBoth({ matchLabels: { app: 'a' } }, {})).toEqual({ matchLabels: { app: 'a' } });
  });
});

describe('what none of some selectors selects', () => {
  const app = (operator: 'In' | 'NotIn', ...values: string[]) => ({
    matchExpressions: [{ key: 'app', operator, values }],
  });

  test('is selected by the selectors that are left, and nothing else is', () => {
    fc.assert(
      fc.property(fc.array(selector, { maxLength: 4 }), fc.array(labels, { minLength: 8 }), (all, pods) => {
        const { selectors, isPartial } = selectedByNone(all, enough);
        expect(isPartial).toBe(false);
        for (const pod of pods) {
          const isLeft = selectors.some((each) => selects(each, pod));
          expect(isLeft).toBe(!all.some((each) => selects(each, pod)));
        }
      }),
    );
  });

  test('is never more than that if fewer selectors are allowed than it takes', () => {
    fc.assert(
      fc.property(fc.array(selector, { maxLength: 5 }), fc.array(labels, { minLength: 8 }), (all, pods) => {
        const whole = selectedByNone(all, enough);
        const { selectors, isPartial } = selectedByNone(all, 2);
        expect(selectors.length).toBeLessThanOrEqual(2);
        for (const pod of pods) {
          const isLeft = selectors.some((each) => selects(each, pod));
          if (isLeft) expect(all.some((each) => selects(each, pod))).toBe(false);
          if (!isPartial) expect(isLeft).toBe(whole.selectors.some((each) => selects(each, pod)));
        }
      }),
    );
  });

  test('does not depend on their order', () => {
    fc.assert(
      fc.property(fc.array(selector, { maxLength: 5 }), (all) => {
        expect(selectedByNone(all.toReversed(), 3)).toEqual(selectedByNone(all, 3));
      }),
    );
  });

  test.each<[string, readonly LabelSelector[], readonly LabelSelector[]]>([
    ['there is none', [], [{}]],
    ['one selects everything', [{}, app('In', 'a')], []],
    ['one selects a value', [{ matchLabels: { app: 'a' } }], [app('NotIn', 'a')]],
    [
      'many select a value each',
      ['a', 'b', 'c'].map((each) => app('In', each)),
      [app('NotIn', 'a', 'b', 'c')],
    ],
    ['they select all together', [app('In', 'a'), app('NotIn', 'a')], []],
    [
      'they select all of a label together',
      [app('In', 'a'), { matchExpressions: [{ key: 'app', operator: 'Exists' }] }],
      [{ matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }],
    ],
    [
      'one asks for two labels',
      [{ matchLabels: { app: 'a', tier: 'b' } }],
      [app('NotIn', 'a'), { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['b'] }] }],
    ],
  ])('is what a person would write, where %s', (_, all, left) => {
    expect(selectedByNone(all, 8)).toEqual({ selectors: left, isPartial: false });
  });
});
