// Finds labelled items by a selector: if it requires a label, it looks only at the few items that carry this label.
// Must not know what is labelled.
import { getOrInsert } from '../../model/groups.ts';
import { type LabelSelector, type Labels, selects } from '../../model/selectors.ts';

/** Finds items by selectors. */
export class LabelIndex<T extends { readonly labels: Labels }> {
  readonly #items: readonly T[];
  readonly #byLabel = new Map<string, T[]>();

  constructor(items: readonly T[]) {
    this.#items = items;
    for (const item of items) {
      for (const [key, value] of Object.entries(item.labels)) {
        getOrInsert(this.#byLabel, format(key, value), () => []).push(item);
      }
    }
  }

  /** Every item that the selector selects, in the order in which they were given. */
  select(selector: LabelSelector): readonly T[] {
    return this.candidates(selector).filter(({ labels }) => selects(selector, labels));
  }

  /** A superset of what the selector selects: the items that carry the rarest label that it requires. */
  candidates({ matchLabels = {} }: LabelSelector): readonly T[] {
    return Object.entries(matchLabels)
      .map(([key, value]) => this.#byLabel.get(format(key, value)) ?? [])
      .reduce((rarest, carriers) => (carriers.length < rarest.length ? carriers : rarest), this.#items);
  }
}

function format(key: string, value: string): string {
  return `${key}=${value}`;
}
