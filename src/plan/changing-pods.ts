// Which pods change between open and isolated in a direction: those that a transition has to keep open meanwhile. Pods that are
// isolated before and after are left alone: to open them, for however short a time, would be a hole.
// Must not know why they are isolated, nor by whom.
import { selectedByBoth, selectedByNone } from '../model/label-sets.ts';
import { canonicalJson, type Direction } from '../model/network-policy.ts';
import { type LabelSelector, selectsEverything } from '../model/selectors.ts';

/** A policy, by the pods that it isolates. */
export interface Isolating {
  readonly isolates: readonly Direction[];
  readonly podSelector: LabelSelector;
}

/** The pods to keep open. */
export interface ToOpen {
  /** None where no pod changes. */
  readonly selectors: readonly LabelSelector[];
  /** Whether some pods that change are left out, because it would take more selectors. */
  readonly isPartial: boolean;
}

/** A transition is so many policies at most. */
const mostSelectors = 8;
/** What two lists of selectors have in common is looked for in so many pairs at most. */
const mostPairs = 1000;
/**
 * The selectors of others are looked into where they hold so many requirements at most: one policy has room for tens of
 * thousands, and what they leave over takes time by the square of their number.
 */
const mostRequirements = 100;

/** The pods that are isolated in a direction either before or after, and not both. */
export function podsThatChange(
  before: readonly Isolating[],
  after: readonly Isolating[],
  direction: Direction,
): ToOpen {
  const was = selectorsIn(before, direction);
  const willBe = selectorsIn(after, direction);
  const onlyBefore = [...was].flatMap(([text, selector]) => (willBe.has(text) ? [] : [selector]));
  const onlyAfter = [...willBe].flatMap(([text, selector]) => (was.has(text) ? [] : [selector]));
  if (onlyBefore.length + onlyAfter.length === 0) return { selectors: [], isPartial: false };
  const requirements = [...was.values(), ...willBe.values()].reduce((sum, each) => sum + countOf(each), 0);
  // Nothing is opened, because what is isolated already could not be left out.
  if (requirements > mostRequirements) return { selectors: [], isPartial: true };
  const common = [...was].flatMap(([text, selector]) => (willBe.has(text) ? [selector] : []));
  const isTooMuch =
    onlyBefore.length * onlyAfter.length > mostPairs && onlyBefore.length > 1 && onlyAfter.length > 1;
  // Too much isolation is assumed rather than too little.
  const staying = isTooMuch
    ? onlyBefore
    : onlyBefore.flatMap((one) => onlyAfter.flatMap((other) => selectedByBoth(one, other) ?? []));
  const { selectors, isPartial } = selectedByNone([...common, ...staying], mostSelectors);
  const changing = [...onlyBefore, ...onlyAfter];
  return {
    selectors: selectors.filter((each) =>
      changing.some((other) => selectedByBoth(each, other) !== undefined),
    ),
    isPartial: isPartial || isTooMuch,
  };
}

function countOf({ matchLabels = {}, matchExpressions = [] }: LabelSelector): number {
  const values = matchExpressions.reduce((sum, { values: some = [] }) => sum + some.length, 0);
  return Object.keys(matchLabels).length + matchExpressions.length + values;
}

/** The selectors of the policies that isolate, by their text: one that selects everything says all that the others say. */
function selectorsIn(
  policies: readonly Isolating[],
  direction: Direction,
): ReadonlyMap<string, LabelSelector> {
  const isolating = policies.filter(({ isolates }) => isolates.includes(direction));
  const whole = isolating.find(({ podSelector }) => selectsEverything(podSelector));
  const all = whole === undefined ? isolating.map(({ podSelector }) => podSelector) : [{}];
  return new Map(all.map((selector) => [canonicalJson(selector), selector]));
}
