import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  bigintSteps,
  containsInterval,
  type Interval,
  IntervalAlgebra,
  numberSteps,
} from './interval-sets.ts';

const lines = ['a', 'b'] as const;
type Line = (typeof lines)[number];

/** Two lines of 12 integers each, so that intervals often meet. */
const most = 11;
const points = lines.flatMap((line) => Array.from({ length: most + 1 }, (_, at) => ({ line, at })));

/** What a set is made of: intervals in any order, which may overlap. */
const made = fc.record({ a: intervals(), b: intervals() });

function intervals() {
  const end = fc.nat({ max: most });
  const one = fc.tuple(end, end).map(([a, b]) => ({ first: Math.min(a, b), last: Math.max(a, b) }));
  return fc.array(one, { maxLength: 5 });
}

/** The points of a set, by looking at each of them. */
function naive(set: Readonly<Record<Line, readonly Interval<number | bigint>[]>>): ReadonlySet<string> {
  const isIn = ({ line, at }: (typeof points)[number]) =>
    set[line].some(({ first, last }) => first <= at && at <= last);
  return new Set(points.filter(isIn).map(({ line, at }) => `${line}${at}`));
}

describe.each<
  [string, IntervalAlgebra<Line, number> | IntervalAlgebra<Line, bigint>, (at: number) => number | bigint]
>([
  ['numbers', new IntervalAlgebra<Line, number>(lines, numberSteps), (at) => at],
  ['bigints', new IntervalAlgebra<Line, bigint>(lines, bigintSteps), BigInt],
])('sets of intervals of %s', (_, of, integer) => {
  const algebra = of as IntervalAlgebra<Line, number | bigint>;
  const setOf = (parts: Readonly<Record<Line, readonly Interval<number>[]>>) =>
    algebra.of((line) =>
      parts[line].map(({ first, last }) => ({ first: integer(first), last: integer(last) })),
    );

  test('agree with sets of single integers', () => {
    fc.assert(
      fc.property(made, made, (one, other) => {
        const [a, b] = [setOf(one), setOf(other)];
        const [all, some] = [naive(one), naive(other)];
        expect(naive(a)).toEqual(all);
        expect(naive(algebra.union(a, b))).toEqual(all.union(some));
        expect(naive(algebra.intersection(a, b))).toEqual(all.intersection(some));
        expect(naive(algebra.difference(a, b))).toEqual(all.difference(some));
        expect(algebra.covers(a, b)).toBe(some.isSubsetOf(all));
        expect(algebra.overlap(a, b)).toBe(!all.isDisjointFrom(some));
        expect(algebra.isEmpty(a)).toBe(all.size === 0);
      }),
    );
  });

  test('are deeply equal where they are equal, whatever they come from', () => {
    fc.assert(
      fc.property(made, made, (one, other) => {
        const [a, b] = [setOf(one), setOf(other)];
        const parts = [algebra.difference(a, b), algebra.intersection(a, b)];
        expect(algebra.union(...parts)).toEqual(a);
        expect(algebra.difference(a, algebra.difference(a, b))).toEqual(algebra.intersection(b, a));
        for (const set of [a, ...parts, algebra.union(a, b)]) {
          for (const line of lines) {
            const gaps = set[line].slice(1).map(({ first }, index) => [first, set[line][index]?.last ?? 0]);
            expect(gaps.every(([first = 0, last = 0]) => Number(first) - Number(last) > 1)).toBe(true);
          }
        }
      }),
    );
  });

  test('and an interval contains another where it has all of its integers', () => {
    fc.assert(
      fc.property(made, ({ a: [outer], b: [inner] }) => {
        if (outer === undefined || inner === undefined) return;
        const covered = algebra.covers(setOf({ a: [outer], b: [] }), setOf({ a: [inner], b: [] }));
        expect(containsInterval(outer, inner)).toBe(covered);
      }),
    );
  });
});
