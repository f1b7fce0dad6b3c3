// Which sets of labels a selector selects: each pair is evaluated once, because thousands of namespaces have the same few of both.
// Must not know whose labels they are.
import { getOrInsert } from '../../model/groups.ts';
import { type LabelSelector, type Labels, selects } from '../../model/selectors.ts';

/** What one selector selects, of some sets of labels. */
export class LabelSelection {
  readonly #selector: LabelSelector;
  readonly #sets: readonly Labels[];
  readonly #known = new Map<number, boolean>();

  constructor(selector: LabelSelector, sets: readonly Labels[]) {
    this.#selector = selector;
    this.#sets = sets;
  }

  /** Whether it selects the labels with this index. */
  has(index: number): boolean {
    const known = this.#known.get(index);
    if (known !== undefined) return known;
    const isSelected = selects(this.#selector, this.#sets[index] ?? {});
    this.#known.set(index, isSelected);
    return isSelected;
  }
}

/** The selections of all selectors over the same sets of labels. */
export class LabelSelections {
  readonly #sets: readonly Labels[];
  readonly #bySelector = new Map<LabelSelector, LabelSelection>();

  constructor(sets: readonly Labels[]) {
    this.#sets = sets;
  }

  /** @param selector equal ones should be one object: otherwise they are evaluated again */
  of(selector: LabelSelector): LabelSelection {
    return getOrInsert(this.#bySelector, selector, () => new LabelSelection(selector, this.#sets));
  }
}
