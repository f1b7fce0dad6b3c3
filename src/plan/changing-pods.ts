// Which pods change between open and isolated in a direction: a transition has to keep these open in the meantime. Pods that are
// isolated before and after are not opened: that would be a hole, however short.
// Must not know why they are isolated, nor by whom.
import { selectedByBoth, selectedByNone } from '../model/label-sets.ts';
import { canonicalJson, type Direction } from '../model/network-policy.ts';
import { type LabelSelector, selectsEverything } from '../model/selectors.ts';

/** A policy, by the pods that it isolates. */
export interface IsolatingPolicy {
  readonly isolates: readonly Direction[];
  readonly podSelector: LabelSelector;
}

/** The pods to keep open. */
export interface PodsToOpen {
  /** Empty if no pod changes. */
  readonly selectors: readonly LabelSelector[];
  /** Whether some changing pods are left out, because they would need more selectors. */
  readonly isPartial: boolean;
}

/** The maximum number of policies in a transition. */
const maxSelectors = 8;
/** The maximum number of pairs of selectors that are intersected. */
const maxPairs = 1000;
/**
 * Selectors of others are only analysed if they have at most this many requirements: one policy may contain tens of
 * thousands, and computing their complement takes time by the square of their number.
 */
const maxRequirements = 100;

/** The pods that are isolated in a direction either before or after, and not both. */
export function podsThatChange(
  before: readonly IsolatingPolicy[],
  after: readonly IsolatingPolicy[],
  direction: Direction,
): PodsToOpen {
  const old = selectorsIn(before, direction);
  const next = selectorsIn(after, direction);
  const onlyBefore = [...old].flatMap(([text, selector]) => (next.has(text) ? [] : [selector]));
  const onlyAfter = [...next].flatMap(([text, selector]) => (old.has(text) ? [] : [selector]));
  if (onlyBefore.length + onlyAfter.length === 0) return { selectors: [], isPartial: false };
  const requirements = [...old.values(), ...next.values()].reduce((sum, each) => sum + countOf(each), 0);
  // Nothing is opened, because what is already isolated could not be left out.
  if (requirements > maxRequirements) return { selectors: [], isPartial: true };
  const common = [...old].flatMap(([text, selector]) => (next.has(text) ? [selector] : []));
  const isTooMuch =
    onlyBefore.length * onlyAfter.length > maxPairs && onlyBefore.length > 1 && onlyAfter.length > 1;
  // If in doubt, pods count as isolated all the time: opening them would be a hole.
  const staying = isTooMuch
    ? onlyBefore
    : onlyBefore.flatMap((one) => onlyAfter.flatMap((other) => selectedByBoth(one, other) ?? []));
  const { selectors, isPartial } = selectedByNone([...common, ...staying], maxSelectors);
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

/** The selectors of the policies that isolate, by their text: a selector of everything replaces all others. */
function selectorsIn(
  policies: readonly IsolatingPolicy[],
  direction: Direction,
): ReadonlyMap<string, LabelSelector> {
  const isolating = policies.filter(({ isolates }) => isolates.includes(direction));
  const whole = isolating.find(({ podSelector }) => selectsEverything(podSelector));
  const all = whole === undefined ? isolating.map(({ podSelector }) => podSelector) : [{}];
  return new Map(all.map((selector) => [canonicalJson(selector), selector]));
}
