// A list of the panel: every row is a button with a name and a short text.

import { isOpen, type Ring } from '../graph/model.ts';
import { button, h } from './dom.ts';
import type { Facts } from './page-facts.ts';
import type { Selection } from './state.ts';

/** The answers that the panel shows, and what its buttons do. */
export interface PanelContext {
  readonly facts: Facts;
  readonly select: (selection: Selection) => void;
  /** Opens the view of a room. */
  readonly open: (room: number) => void;
  readonly showDenied: () => void;
}

/** What a ring is, in words. */
export const ringWords: Readonly<Record<Ring, string>> = {
  closed: 'ringed',
  planned: 'ringed once the dry run ends',
  open: 'not isolated',
};

/** The order of the matrix, in words. */
export const matrixOrder =
  'In the matrix, a row reaches its marked columns. It is ordered by who talks to whom: namespaces that many others talk to come first, then groups that talk to each other.';

/** The content of a row. */
export interface ListRow {
  /** The class of the row. */
  readonly looks?: string;
  /** The class of the sign before the name; without it there is no sign. */
  readonly sign?: string;
  readonly name: string;
  /** At the end of the row: ports, or a kind, or a number. */
  readonly note?: string;
  readonly title?: string;
  readonly onclick: () => void;
}

/** Rows below each other. */
export function rowList(rows: readonly ListRow[], className = 'rows'): HTMLElement {
  return h('ul', { class: className }, ...rows.map(rowItem));
}

function rowItem({ looks = '', sign, name, note, ...props }: ListRow): HTMLElement {
  const content = button(
    { class: `row ${looks}`, ...props },
    sign === undefined ? undefined : h('span', { class: sign, attributes: { 'aria-hidden': 'true' } }),
    h('span', { class: 'name' }, name),
    note === undefined ? undefined : h('span', { class: 'ports' }, note),
  );
  return h('li', {}, content);
}

/** The rows of some places. */
export function placeRows(places: readonly number[], { facts, select }: PanelContext): HTMLElement {
  const rows = places.map((place): ListRow => {
    const { name, detail, ingress } = facts.place(place);
    const looks = facts.isOutside(place) ? 'outside' : isOpen(ingress) ? 'unringed' : 'closed';
    return { sign: `mark ${looks}`, name, note: detail, onclick: () => select({ kind: 'place', place }) };
  });
  return rowList(rows);
}
