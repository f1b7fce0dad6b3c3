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
export function find(question: string, facts: Facts): readonly Found[] {
  const words = question
    .toLowerCase()
    .split(/[\s/]+/)
    .filter((word) => word !== '');
  if (words.length === 0) return [];
  const rank = (name: string, whole: string) => {
    if (!words.every((word) => whole.includes(word))) return -1;
    const last = words.at(-1) ?? '';
    return name.startsWith(last) ? 0 : name.includes(last) ? 1 : 2;
  };
  const rooms = facts.data.rooms.map(({ name }, room) => {
    return {
      found: { kind: 'room', room } as const,
      rank: rank(name.toLowerCase(), name.toLowerCase()),
      name,
    };
  });
  const places = facts.data.places.map(({ name, key }, place) => {
    return {
      found: { kind: 'place', place } as const,
      rank: rank(name.toLowerCase(), key.toLowerCase()),
      name: key,
    };
  });
  return [...rooms, ...places]
    .filter((candidate) => candidate.rank >= 0)
    .sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(({ found }) => found);
}

/** Sets up the field. */
export function attachSearch(
  input: HTMLInputElement,
  list: HTMLElement,
  facts: Facts,
  events: SearchEvents,
): void {
  let shown: readonly Found[] = [];
  let active = 0;
  const close = () => {
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
    events.found(undefined);
  };
  const choose = (found: Found | undefined) => {
    if (found === undefined) return;
    input.value = '';
    close();
    events.choose(found);
  };
  const mark = (index: number) => {
    active = (index + shown.length) % Math.max(shown.length, 1);
    for (const [place, option] of [...list.querySelectorAll('[role=option]')].entries()) {
      option.setAttribute('aria-selected', String(place === active));
      if (place === active) option.scrollIntoView({ block: 'nearest' });
    }
    input.setAttribute('aria-activedescendant', `found-${active}`);
  };
  const update = () => {
    const all = find(input.value, facts);
    if (input.value.trim() === '') return close();
    shown = all.slice(0, mostRows);
    const rows = shown.map((found, index) => optionOf(found, index, facts, choose));
    const rest = all.length - shown.length;
    const note = shown.length === 0 ? 'no match' : rest > 0 ? `and ${rest} more` : undefined;
    list.replaceChildren(
      ...rows,
      ...(note === undefined ? [] : [h('li', { class: 'note', attributes: { role: 'presentation' } }, note)]),
    );
    list.hidden = false;
    input.setAttribute('aria-expanded', 'true');
    mark(0);
    events.found(all);
  };
  input.addEventListener('input', update);
  input.addEventListener('blur', close);
  input.addEventListener('focus', update);
  input.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) mark(active + step);
    else if (event.key === 'Enter') choose(shown[active]);
    else if (event.key === 'Escape') {
      input.value = '';
      close();
      input.blur();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

function optionOf(found: Found, index: number, facts: Facts, choose: (found: Found) => void): HTMLElement {
  const room = facts.data.rooms[found.kind === 'room' ? found.room : facts.place(found.place).room];
  const name = found.kind === 'room' ? (room?.name ?? '') : facts.place(found.place).name;
  const option = h(
    'li',
    { attributes: { role: 'option', id: `found-${index}` } },
    h('span', { class: 'name' }, name),
    h(
      'span',
      { class: 'ports' },
      found.kind === 'room' ? (room?.outside ? '' : 'namespace') : (room?.name ?? ''),
    ),
  );
  // Before the field loses the focus, which closes the list.
  option.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    choose(found);
  });
  return option;
}
