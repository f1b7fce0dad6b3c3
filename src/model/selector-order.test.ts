import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { asksNoMore } from './selector-order.ts';
import { type LabelSelector, type SelectorRequirement, selects } from './selectors.ts';

const key = fc.constantFrom('app', 'tier', 'team');
const value = fc.constantFrom('web', 'api', '');
const labels = fc.dictionary(key, value, { maxKeys: 3 });
const requirement: fc.Arbitrary<SelectorRequirement> = fc.oneof(
  fc.record({
    key,
    operator: fc.constantFrom('In' as const, 'NotIn' as const),
    values: fc.array(value, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ key, operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const) }),
);
const selector: fc.Arbitrary<LabelSelector> = fc.record(
  { matchLabels: labels, matchExpressions: fc.array(requirement, { maxLength: 2 }) },
  { requiredKeys: [] },
);

/** The selector in other words, with more requirements before them. */
function narrowed(wide: LabelSelector, more: readonly SelectorRequirement[]): LabelSelector {
  const asExpressions = Object.entries(wide.matchLabels ?? {}).map(
    ([name, only]) => ({ key: name, operator: 'In', values: [only] }) as const,
  );
  const turned = (wide.matchExpressions ?? []).map(({ values, ...rest }) =>
    values === undefined ? rest : { ...rest, values: [...values, ...values].reverse() },
  );
  return { matchExpressions: [...more, ...turned, ...asExpressions] };
}

describe('a selector that asks no more than another', () => {
  test('selects whatever the other selects', () => {
    const pair = fc.tuple(selector, selector, fc.array(requirement, { maxLength: 2 }), fc.boolean());
    let compared = 0;
    fc.assert(
      fc.property(pair, fc.array(labels, { minLength: 5 }), ([a, other, more, isNarrowed], objects) => {
        const b = isNarrowed ? narrowed(a, more) : other;
        if (!asksNoMore(a, b)) return;
        compared += 1;
        for (const object of objects) expect(!selects(b, object) || selects(a, object)).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(compared).toBeGreaterThan(100);
  });

  test('is known in other words, among more, and with repeated values', () => {
    fc.assert(
      fc.property(selector, fc.array(requirement, { maxLength: 2 }), (wide, more) => {
        expect(asksNoMore(wide, narrowed(wide, more))).toBe(true);
      }),
    );
  });

  test('is the one that asks nothing, however that is written', () => {
    for (const nothing of [undefined, {}, { matchLabels: {} }, { matchExpressions: [] }]) {
      expect(asksNoMore(nothing, { matchLabels: { app: 'web' } })).toBe(true);
      expect(asksNoMore(nothing, undefined)).toBe(true);
      expect(asksNoMore({ matchLabels: { app: 'web' } }, nothing)).toBe(false);
    }
  });

  test('does not have another value, nor a label that the other leaves open', () => {
    const web = { matchLabels: { app: 'web' } };
    expect(asksNoMore(web, { matchLabels: { app: 'api' } })).toBe(false);
    expect(asksNoMore({ matchLabels: { app: 'web', tier: 'a' } }, web)).toBe(false);
    expect(asksNoMore(web, { matchExpressions: [{ key: 'app', operator: 'Exists' }] })).toBe(false);
  });
});
