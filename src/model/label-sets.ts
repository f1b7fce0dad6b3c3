// Sets of objects by their labels, as selectors describe them: what two selectors have in common, and what none of several
// selects. A selector can't say "or", so the rest may need several selectors. Must not know what is selected.
import { canonicalJson } from './network-policy.ts';
import { compareText } from './object-key.ts';
import type { LabelSelector, SelectorRequirement } from './selectors.ts';

/** The allowed values of one label: absent if that is allowed, or one of these values, or any `but` these. */
interface Allowed {
  readonly absent: boolean;
  readonly kind: 'only' | 'but';
  readonly values: ReadonlySet<string>;
}

/** The allowed values of each label; a label that is not in it may have any. */
type LabelSet = ReadonlyMap<string, Allowed>;

/** A selector for what both select; `undefined` if no labels satisfy both. */
export function selectedByBoth(one: LabelSelector, other: LabelSelector): LabelSelector | undefined {
  const both = intersect(setOf(one), setOf(other));
  return both && selectorOf(both);
}

/** Selectors that together select exactly the objects that none of some others selects. */
export interface ComplementSelectors {
  /** Sorted, at most as many as the caller allows. */
  readonly selectors: readonly LabelSelector[];
  /** Whether more would be needed: then these select only a part of those objects, and never any other. */
  readonly isPartial: boolean;
}

/** What none of the selectors selects, in at most `most` selectors, independent of their order. */
export function selectedByNone(selectors: readonly LabelSelector[], most: number): ComplementSelectors {
  const sets = new Map(selectors.map((selector) => [canonicalJson(selector), setOf(selector)]));
  let rest: readonly LabelSet[] = [new Map()];
  let isPartial = false;
  for (const [, set] of [...sets].sort(([a], [b]) => compareText(a, b))) {
    const all = maximal(rest.flatMap((each) => without(each, set)));
    rest = all.slice(0, most);
    isPartial ||= all.length > most;
  }
  return { selectors: rest.map(selectorOf), isPartial };
}

/** A key whose requirements exclude each other, so that the selector selects nothing; `undefined` if there is none. */
export function contradictionIn(selector: LabelSelector): string | undefined {
  let set: LabelSet = new Map();
  for (const [key, allowed] of allowedIn(selector)) {
    const next = narrowed(set, key, allowed);
    if (next === undefined) return key;
    set = next;
  }
  return undefined;
}

function setOf(selector: LabelSelector): LabelSet | undefined {
  return allowedIn(selector).reduce<LabelSet | undefined>(
    (set, [key, allowed]) => set && narrowed(set, key, allowed),
    new Map(),
  );
}

/** The allowed values by each requirement alone; a key may have several. */
function allowedIn({
  matchLabels = {},
  matchExpressions = [],
}: LabelSelector): readonly (readonly [string, Allowed])[] {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => [key, oneOf([value])] as const),
    ...matchExpressions.map((each) => [each.key, allowedBy(each)] as const),
  ];
}

function allowedBy({ operator, values = [] }: SelectorRequirement): Allowed {
  switch (operator) {
    case 'In':
      return oneOf(values);
    case 'NotIn':
      return { absent: true, kind: 'but', values: new Set(values) };
    case 'Exists':
      return { absent: false, kind: 'but', values: new Set() };
    case 'DoesNotExist':
      return { absent: true, kind: 'only', values: new Set() };
  }
}

function oneOf(values: Iterable<string>): Allowed {
  return { absent: false, kind: 'only', values: new Set(values) };
}

/** `undefined` where no labels are in both. */
function intersect(one: LabelSet | undefined, other: LabelSet | undefined): LabelSet | undefined {
  if (other === undefined) return undefined;
  return [...other].reduce((set, [key, allowed]) => set && narrowed(set, key, allowed), one);
}

function narrowed(set: LabelSet, key: string, allowed: Allowed): LabelSet | undefined {
  const known = set.get(key);
  const both = known === undefined ? allowed : common(known, allowed);
  return isNothing(both) ? undefined : new Map(set).set(key, both);
}

function common(one: Allowed, other: Allowed): Allowed {
  const absent = one.absent && other.absent;
  if (one.kind === 'but' && other.kind === 'but') {
    return { absent, kind: 'but', values: one.values.union(other.values) };
  }
  const values =
    one.kind === 'but'
      ? other.values.difference(one.values)
      : other.kind === 'but'
        ? one.values.difference(other.values)
        : one.values.intersection(other.values);
  return { absent, kind: 'only', values };
}

function isNothing({ absent, kind, values }: Allowed): boolean {
  return !absent && kind === 'only' && values.size === 0;
}

/** What is in `set` and not in `minus`: at least one label has a value that `minus` does not allow. */
function without(set: LabelSet, minus: LabelSet | undefined): readonly LabelSet[] {
  if (minus === undefined || intersect(set, minus) === undefined) return [set];
  return [...minus].flatMap(([key, allowed]) =>
    others(allowed).flatMap((other) => narrowed(set, key, other) ?? []),
  );
}

/** Everything that is not allowed, in as few pieces as a selector can express. */
function others({ absent, kind, values }: Allowed): readonly Allowed[] {
  if (kind === 'only') return [{ absent: !absent, kind: 'but', values }];
  const listed = values.size === 0 ? [] : [oneOf(values)];
  return absent ? listed : [{ absent: true, kind: 'only', values: new Set() }, ...listed];
}

/** Without pieces that another one contains, the most general first. */
function maximal(sets: readonly LabelSet[]): readonly LabelSet[] {
  const sorted = [...new Map(sets.map((set) => [canonicalJson(selectorOf(set)), set]))].sort(
    ([a, one], [b, other]) => one.size - other.size || compareText(a, b),
  );
  return sorted
    .map(([, set]) => set)
    .filter((set, at, all) => !all.some((other, place) => place !== at && isWithin(set, other)));
}

function isWithin(set: LabelSet, other: LabelSet): boolean {
  return [...other].every(([key, allowed]) => {
    const own = set.get(key);
    return own !== undefined && allowsNoMore(own, allowed);
  });
}

function allowsNoMore(one: Allowed, other: Allowed): boolean {
  if (one.absent && !other.absent) return false;
  if (one.kind === 'but') return other.kind === 'but' && other.values.isSubsetOf(one.values);
  return other.kind === 'only'
    ? one.values.isSubsetOf(other.values)
    : one.values.isDisjointFrom(other.values);
}

function selectorOf(set: LabelSet): LabelSelector {
  const all = [...set].sort(([a], [b]) => compareText(a, b));
  const matchLabels = Object.fromEntries(
    all.flatMap(([key, allowed]) => onlyValueOf(allowed).map((value) => [key, value])),
  );
  const matchExpressions = all.flatMap(([key, allowed]) => requirementsOf(key, allowed));
  return {
    ...(Object.keys(matchLabels).length === 0 ? {} : { matchLabels }),
    ...(matchExpressions.length === 0 ? {} : { matchExpressions }),
  };
}

/** The only value that a label may have. */
function onlyValueOf({ absent, kind, values }: Allowed): readonly string[] {
  return !absent && kind === 'only' && values.size === 1 ? [...values] : [];
}

function requirementsOf(key: string, allowed: Allowed): readonly SelectorRequirement[] {
  const { absent, kind } = allowed;
  const values = [...allowed.values].sort(compareText);
  if (kind === 'only') {
    if (absent) return [{ key, operator: 'DoesNotExist' }];
    return values.length === 1 ? [] : [{ key, operator: 'In', values }];
  }
  return [
    ...(absent ? [] : [{ key, operator: 'Exists' } as const]),
    ...(values.length === 0 ? [] : [{ key, operator: 'NotIn', values } as const]),
  ];
}
