// Label selectors with Kubernetes' semantics, as pure functions.
// Must not know where labels come from, nor what a selector is used for.
import { compareText } from './object-key.ts';

/** A set of labels, as in `metadata.labels`. */
export type Labels = Readonly<Record<string, string>>;

/** One `matchExpressions` entry of a `metav1.LabelSelector`. */
export interface SelectorRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

/** A `metav1.LabelSelector`: every entry must match; `{}` selects everything. */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly SelectorRequirement[];
}

/**
 * Whether `labels` satisfy one requirement.
 *
 * `NotIn` matches if the key is absent: `Requirement.Matches` in apimachinery `pkg/labels/selector.go`.
 */
function satisfies(requirement: SelectorRequirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined;
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && (requirement.values ?? []).includes(value);
    case 'NotIn':
      return value === undefined || !(requirement.values ?? []).includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

/** Whether `selector` selects an object with these `labels`. */
export function selects(selector: LabelSelector, labels: Labels): boolean {
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    if (!Object.hasOwn(labels, key) || labels[key] !== value) return false;
  }
  return (selector.matchExpressions ?? []).every((requirement) => satisfies(requirement, labels));
}

/** Whether `selector` has no requirement at all. */
export function selectsEverything(selector: LabelSelector): boolean {
  return (
    Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0
  );
}

/** A label that an object must have, with this value if there is one. */
export interface RequiredLabel {
  readonly key: string;
  readonly value?: string;
}

/** Labels of which every selected object has at least one; `undefined` if a selector requires none. */
export function requiredLabels({
  matchLabels = {},
  matchExpressions = [],
}: LabelSelector): readonly RequiredLabel[] | undefined {
  for (const [key, value] of Object.entries(matchLabels)) return [{ key, value }];
  for (const { key, operator, values = [] } of matchExpressions) {
    if (operator === 'In') return values.map((value) => ({ key, value }));
    if (operator === 'Exists') return [{ key }];
  }
  return undefined;
}

/** The label that the API server gives each namespace: its name (KEP-2161). */
export const nameLabel = 'kubernetes.io/metadata.name';

/**
 * Selects the one namespace with this name. A tenant can forge every label of a namespace except this one, which the API server
 * sets (KEP-2161).
 */
export function namespaceNamed(name: string): LabelSelector {
  return { matchLabels: { [nameLabel]: name } };
}

/** Selects the namespaces of these names (at least one), sorted. */
export function namespacesNamed(names: Iterable<string>): LabelSelector {
  const values = [...new Set(names)].sort(compareText);
  const [only] = values;
  if (only !== undefined && values.length === 1) return namespaceNamed(only);
  return { matchExpressions: [{ key: nameLabel, operator: 'In', values }] };
}

/** The names of the namespaces that a selector from this file can select: those that it lists. */
export function namesIn({ matchLabels, matchExpressions = [] }: LabelSelector): readonly string[] {
  const listed = matchExpressions.flatMap(({ key, values = [] }) => (key === nameLabel ? values : []));
  return [
    ...Object.entries(matchLabels ?? {}).flatMap(([key, name]) => (key === nameLabel ? [name] : [])),
    ...listed,
  ];
}

/** The names that a selector lists, if it has no other requirement; none if it may select other namespaces. */
export function onlyNamesIn(selector: LabelSelector): readonly string[] {
  const name = nameOf(selector);
  const { matchLabels = {}, matchExpressions = [] } = selector;
  const [only, ...more] = matchExpressions;
  if (name !== undefined && only === undefined && Object.keys(matchLabels).length === 1) return [name];
  const isList = only?.key === nameLabel && only.operator === 'In' && more.length === 0;
  return isList && Object.keys(matchLabels).length === 0 ? (only.values ?? []) : [];
}

/** The name of the one namespace that a selector can select; `undefined` if it may select others. */
export function nameOf({ matchLabels }: LabelSelector): string | undefined {
  return matchLabels !== undefined && Object.hasOwn(matchLabels, nameLabel)
    ? matchLabels[nameLabel]
    : undefined;
}
