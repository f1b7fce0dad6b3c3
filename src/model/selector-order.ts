// Whether one selector requires no more than another: then it selects at least the same objects, whatever exists.
// It compares texts, not objects: the answer may be a false "no", never a false "yes".
import type { LabelSelector } from './selectors.ts';

/** Whether every requirement of `wide` is also one of `narrow`; `undefined` requires nothing. */
export function asksNoMore(wide: LabelSelector | undefined, narrow: LabelSelector | undefined): boolean {
  const asked = new Set(requirementsOf(narrow));
  return requirementsOf(wide).every((requirement) => asked.has(requirement));
}

function requirementsOf({ matchLabels = {}, matchExpressions = [] }: LabelSelector = {}): readonly string[] {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => format(key, 'In', [value])),
    ...matchExpressions.map(({ key, operator, values = [] }) => format(key, operator, values)),
  ];
}

function format(key: string, operator: string, values: readonly string[]): string {
  return JSON.stringify([key, operator, [...new Set(values)].sort()]);
}
