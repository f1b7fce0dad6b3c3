// An index of namespaces by their labels, updated with one change at a time: code that selects a few of very many by a label does
// not read all of them. Must not know what they are selected for.

import { getOrInsert } from '../model/groups.ts';
import { type LabelSelector, nameLabel, requiredLabels, selects } from '../model/selectors.ts';
import type { ClusterView, NamespaceFacts, NamespaceLabels } from './cluster-view.ts';

/** The namespaces by their labels. */
export class NamespaceIndex implements NamespaceLabels {
  readonly #names = new Map<string, Set<string>>();

  /** Replaces `previous` by `next`; one of them is absent if a namespace was created or deleted. */
  change(previous: NamespaceFacts | undefined, next: NamespaceFacts | undefined): void {
    for (const term of termsOf(previous)) {
      const names = this.#names.get(term);
      names?.delete(previous?.name ?? '');
      if (names?.size === 0) this.#names.delete(term);
    }
    for (const term of termsOf(next)) getOrInsert(this.#names, term, () => new Set()).add(next?.name ?? '');
  }

  having(key: string, value?: string): Iterable<string> {
    return this.#names.get(termOf(key, value)) ?? [];
  }
}

/** The namespaces that a selector selects, including terminating ones. */
export function namespacesSelectedBy(view: ClusterView, selector: LabelSelector): readonly NamespaceFacts[] {
  return [...eachSelectedBy(view, selector)];
}

/** The same, lazily and in no particular order: a caller that needs only a few does not read all. */
export function* eachSelectedBy(view: ClusterView, selector: LabelSelector): Iterable<NamespaceFacts> {
  for (const facts of candidatesFor(view, selector)) if (selects(selector, facts.labels)) yield facts;
}

/** Those with one of the required labels; all if none is required. Each once. */
function* candidatesFor(
  { namespaces, namespaceLabels }: ClusterView,
  selector: LabelSelector,
): Iterable<NamespaceFacts> {
  const required = requiredLabels(selector);
  // Every namespace has a name label; finding it needs no index.
  if (required === undefined || required.some(({ key, value }) => key === nameLabel && value === undefined)) {
    yield* namespaces.values();
    return;
  }
  // They are values of one key, of which a namespace has one.
  for (const { key, value } of new Map(required.map((each) => [each.value, each])).values()) {
    const names = key === nameLabel && value !== undefined ? [value] : namespaceLabels.having(key, value);
    for (const name of names) {
      const facts = namespaces.get(name);
      if (facts !== undefined) yield facts;
    }
  }
}

function termsOf(facts: NamespaceFacts | undefined): readonly string[] {
  const labels = Object.entries(facts?.labels ?? {}).filter(([key]) => key !== nameLabel);
  return labels.flatMap(([key, value]) => [termOf(key, undefined), termOf(key, value)]);
}

/** `=` cannot occur in a label key. */
function termOf(key: string, value: string | undefined): string {
  return value === undefined ? key : `${key}=${value}`;
}
