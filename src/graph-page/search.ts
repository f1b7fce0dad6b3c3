// Finds a workload or a namespace by a part of its name: a field with a list below it, and the map highlights the matches.
import { h } from './dom.ts';
import type { Facts } from './page-facts.ts';

/** Something that can be found. */
export type Found =
  | { readonly kind: 'room'; readonly room: number }
  | { readonly kind: 'place'; readonly place: number };

/** The events of the search. */
export interface SearchEvents {
  /** The matches, while the user types; `undefined` when the search ends. */
  readonly found: (all: readonly Found[] | undefined) => void;
  readonly choose: (found: Found) => void;
}

/** The maximum number of rows in the list; all matches are highlighted. */
const mostRows = 12;

/**
 * The places whose names contain every word of a query, best first: names that begin with it, then names that contain it, then
 * workloads of namespaces that match.
 */
export function find(query: string, { data }: Facts): readonly Found[] {
  const words = query
    .toLowerCase()
    .split(/[\s/]+/)
    .filter((word) => word !== '');
  const last = words.at(-1);
  if (last === undefined) return [];
  const candidates = [
    ...data.rooms.map(({ name }, room) => ({ found: { kind: 'room', room } as const, name, whole: name })),
    ...data.places.map(({ name, key }, place) => ({
      found: { kind: 'place', place } as const,
      name,
      whole: key,
    })),
  ];
  const rank = (name: string) => (name.startsWith(last) ? 0 : name.includes(last) ? 1 : 2);
  return candidates
    .filter(({ whole }) => words.every((word) => whole.toLowerCase().includes(word)))
    .map(({ found, name, whole }) => ({ found, whole, rank: rank(name.toLowerCase()) }))
    .sort((a, b) => a.rank - b.rank || (a.whole < b.whole ? -1 : a.whole > b.whole ? 1 : 0))
    .map(({ found }) => found);
}

/** The field, and the list below it. */
export class SearchField {
  readonly #input: HTMLInputElement;
  readonly #list: HTMLElement;
  readonly #facts: Facts;
  readonly #events: SearchEvents;
  #shown: readonly Found[] = [];
  #active = 0;

  constructor(input: HTMLInputElement, list: HTMLElement, facts: Facts, events: SearchEvents) {
    this.#input = input;
    this.#list = list;
    this.#facts = facts;
    this.#events = events;
    input.addEventListener('input', () => this.#update());
    input.addEventListener('focus', () => this.#update());
    input.addEventListener('blur', () => this.#close());
    input.addEventListener('keydown', (event) => this.#onKey(event));
  }

  #update(): void {
    if (this.#input.value.trim() === '') {
      this.#close();
      return;
    }
    const all = find(this.#input.value, this.#facts);
    this.#shown = all.slice(0, mostRows);
    const rest = all.length - this.#shown.length;
    const note = all.length === 0 ? 'no match' : rest > 0 ? `and ${rest} more` : undefined;
    this.#list.replaceChildren(
      ...this.#shown.map((found, index) => this.#option(found, index)),
      ...(note === undefined ? [] : [h('li', { class: 'note', attributes: { role: 'presentation' } }, note)]),
    );
    this.#list.hidden = false;
    this.#input.setAttribute('aria-expanded', 'true');
    this.#mark(0);
    this.#events.found(all);
  }

  #close(): void {
    this.#list.hidden = true;
    this.#input.setAttribute('aria-expanded', 'false');
    this.#input.removeAttribute('aria-activedescendant');
    this.#events.found(undefined);
  }

  #choose(found: Found | undefined): void {
    if (found === undefined) return;
    this.#input.value = '';
    this.#close();
    this.#events.choose(found);
  }

  /** Marks an option as the one that Enter chooses; after the last comes the first. */
  #mark(index: number): void {
    this.#active = (index + this.#shown.length) % Math.max(this.#shown.length, 1);
    for (const [place, option] of [...this.#list.querySelectorAll('[role=option]')].entries()) {
      option.setAttribute('aria-selected', String(place === this.#active));
      if (place === this.#active) option.scrollIntoView({ block: 'nearest' });
    }
    this.#input.setAttribute('aria-activedescendant', `found-${this.#active}`);
  }

  #onKey(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) this.#mark(this.#active + step);
    else if (event.key === 'Enter') this.#choose(this.#shown[this.#active]);
    else if (event.key === 'Escape') {
      this.#input.value = '';
      this.#close();
      this.#input.blur();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #option(found: Found, index: number): HTMLElement {
    const place = found.kind === 'place' ? this.#facts.place(found.place) : undefined;
    const room = this.#facts.data.rooms[found.kind === 'room' ? found.room : (place?.room ?? -1)];
    const option = h(
      'li',
      { attributes: { role: 'option', id: `found-${index}` } },
      h('span', { class: 'name' }, (place ?? room)?.name),
      h('span', { class: 'ports' }, place ? room?.name : room?.outside ? '' : 'namespace'),
    );
    // Before the field loses the focus, which closes the list.
    option.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      this.#choose(found);
    });
    return option;
  }
}
