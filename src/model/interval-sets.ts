// Sets of integers as intervals, on several lines that never meet: ports by protocol, addresses by family. The only algebra of
// intervals. Must not know what the integers are.

/** Consecutive integers, both ends included. */
export interface Interval<N extends number | bigint> {
  readonly first: N;
  readonly last: N;
}

/** For each line its intervals, sorted, of which none overlap or touch: equal sets are deeply equal. */
export type IntervalSet<Line extends string | number, N extends number | bigint> = Readonly<
  Record<Line, readonly Interval<N>[]>
>;

/** The integers before and after another. */
interface Steps<N> {
  readonly before: (value: N) => N;
  readonly after: (value: N) => N;
}

/** The steps from one number to the next. */
export const numberSteps: Steps<number> = { before: (value) => value - 1, after: (value) => value + 1 };

/** The steps from one bigint to the next. */
export const bigintSteps: Steps<bigint> = { before: (value) => value - 1n, after: (value) => value + 1n };

/** Whether every integer of `inner` is in `outer`. */
export function containsInterval<N extends number | bigint>(outer: Interval<N>, inner: Interval<N>): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

/** The algebra of the sets over some lines. */
export class IntervalAlgebra<Line extends string | number, N extends number | bigint> {
  readonly #lines: readonly Line[];
  readonly #steps: Steps<N>;

  constructor(lines: readonly Line[], steps: Steps<N>) {
    this.#lines = lines;
    this.#steps = steps;
  }

  /** The set of some intervals, in any order. */
  of(intervals: (line: Line) => readonly Interval<N>[]): IntervalSet<Line, N> {
    return this.#byLine((line) => this.#normalize(intervals(line)));
  }

  /** What is in one of the sets at least. */
  union(...sets: readonly IntervalSet<Line, N>[]): IntervalSet<Line, N> {
    return this.of((line) => sets.flatMap((set) => set[line]));
  }

  /** What is in both sets. */
  intersection(a: IntervalSet<Line, N>, b: IntervalSet<Line, N>): IntervalSet<Line, N> {
    return this.#byLine((line) =>
      a[line].flatMap((left) =>
        b[line].flatMap((right) => {
          const first = left.first > right.first ? left.first : right.first;
          const last = left.last < right.last ? left.last : right.last;
          return first <= last ? [{ first, last }] : [];
        }),
      ),
    );
  }

  /** What is in `a` and not in `b`. */
  difference(a: IntervalSet<Line, N>, b: IntervalSet<Line, N>): IntervalSet<Line, N> {
    return this.#byLine((line) => a[line].flatMap((interval) => this.#without(interval, b[line])));
  }

  /** Whether everything of `inner` is in `outer`. */
  covers(outer: IntervalSet<Line, N>, inner: IntervalSet<Line, N>): boolean {
    return this.#lines.every((line) =>
      inner[line].every((part) => outer[line].some((whole) => containsInterval(whole, part))),
    );
  }

  /** Whether something is in both sets. */
  overlap(a: IntervalSet<Line, N>, b: IntervalSet<Line, N>): boolean {
    return this.#lines.some((line) =>
      a[line].some((left) => b[line].some((right) => left.first <= right.last && right.first <= left.last)),
    );
  }

  isEmpty(set: IntervalSet<Line, N>): boolean {
    return this.#lines.every((line) => set[line].length === 0);
  }

  #byLine(intervals: (line: Line) => readonly Interval<N>[]): IntervalSet<Line, N> {
    const set: Partial<Record<Line, readonly Interval<N>[]>> = {};
    for (const line of this.#lines) set[line] = intervals(line);
    return set as IntervalSet<Line, N>;
  }

  #normalize(intervals: readonly Interval<N>[]): readonly Interval<N>[] {
    if (intervals.length < 2) return intervals.map(({ first, last }) => ({ first, last }));
    const sorted = intervals.toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
    const united: Interval<N>[] = [];
    for (const { first, last } of sorted) {
      const previous = united.at(-1);
      if (previous === undefined || this.#steps.after(previous.last) < first) united.push({ first, last });
      else if (last > previous.last) united[united.length - 1] = { first: previous.first, last };
    }
    return united;
  }

  #without({ first, last }: Interval<N>, holes: readonly Interval<N>[]): readonly Interval<N>[] {
    const rest: Interval<N>[] = [];
    let start = first;
    for (const hole of holes) {
      if (hole.last < start || hole.first > last) continue;
      if (hole.first > start) rest.push({ first: start, last: this.#steps.before(hole.first) });
      start = this.#steps.after(hole.last);
    }
    return start > last ? rest : [...rest, { first: start, last }];
  }
}
