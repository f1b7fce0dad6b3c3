// What a part of the map or the matrix stands for, if it is more than one pair: an arrow, a node of several places, a cell, a gap.
// Must not know why a pair is allowed.
import type { PageBundle, PageView } from '../graph/page-format.ts';
import { countInGroups, inGroups } from '../model/counted.ts';
import { button, type Child, h } from './dom.ts';
import { listOfPairs } from './lists.ts';
import type { Facts } from './page-facts.ts';
import { type ListRow, type PanelContext, placeRows, rowList } from './rows.ts';

/** The pairs of an arrow or of a mark. */
export function bundleContent(view: PageView, bundle: PageBundle, context: PanelContext): readonly Child[] {
  const { facts } = context;
  const { from, to, at, text, label, unfenced } = bundle;
  const pairs = bundle.members.map((arrow) => facts.endsOf(arrow));
  const sentence = unfenced
    ? 'No rule asks for these: no policy isolates either side.'
    : 'Allowed by rules. Choose a pair to read which.';
  return [
    h('p', { class: 'kicker' }, countInGroups(pairs.length, 'connection')),
    h('h2', {}, at === undefined ? arrowName(view, from, to, facts) : nameOf(view, at, facts)),
    h('p', { class: 'lead' }, `${at === undefined ? label : text}. ${sentence}`),
    ...listOfPairs('Pairs', pairs, 'both', context),
  ];
}

/** The row of an arrow or of a mark in a list. */
export function bundleRow(view: PageView, bundle: PageBundle, { facts, select }: PanelContext): ListRow {
  const { id, from, to, at, text = '', label, unfenced } = bundle;
  return {
    looks: unfenced ? 'unfenced' : '',
    ...(at === undefined ? { name: arrowName(view, from, to, facts), note: label } : { name: text }),
    onclick: () => select({ kind: 'bundle', id }),
  };
}

/** A node that represents several places, by its id. */
export function nodeContent(view: PageView, id: string, context: PanelContext): readonly Child[] {
  const node = view.nodes.find((each) => each.id === id);
  const bundles = view.bundles.filter(({ from, to, at }) => [from, to, at].includes(id));
  const rows = bundles.map((bundle) => bundleRow(view, bundle, context));
  return [
    h('h2', {}, nameOf(view, id, context.facts)),
    ...(rows.length === 0 ? [] : [h('h3', {}, 'Connections'), rowList(rows)]),
    ...(node?.kind === 'rest' ? [placeRows(node.places, context)] : []),
  ];
}

/** With more pairs than this, only what is allowed is listed. */
const mostPairs = 400;

/** The pairs of two rooms: a cell of the matrix. */
export function cellContent(from: number, to: number, context: PanelContext): readonly Child[] {
  const { facts, open } = context;
  const [source, target] = [facts.data.rooms[from], facts.data.rooms[to]];
  const link = (room: number, name = '') => button({ class: 'link', onclick: () => open(room) }, name);
  const all = (source?.places ?? []).flatMap((place) =>
    (target?.places ?? []).map((other) => [place, other] as const),
  );
  const allowed = all.filter(([place, other]) => facts.arrowOf(place, other) !== undefined);
  const denied = all.filter(([place, other]) => facts.isDenied(place, other));
  const counts = `${countInGroups(allowed.length, 'pair')} allowed${denied.length > 0 ? `, ${inGroups(denied.length)} denied` : ''}. Choose a pair to read why.`;
  return [
    h('p', { class: 'kicker' }, from === to ? 'within a namespace' : 'from one to another'),
    h('h2', { class: 'pair' }, link(from, source?.name), ' → ', link(to, target?.name)),
    h('p', { class: 'lead' }, counts),
    ...listOfPairs('Allowed', allowed, 'both', context),
    ...(denied.length === 0 || denied.length > mostPairs
      ? []
      : listOfPairs('Denied', denied, 'both', context)),
  ];
}

/** The pairs of two nodes, by their ids, between which nothing is allowed. */
export function gapContent(
  view: PageView,
  from: string,
  to: string,
  context: PanelContext,
): readonly Child[] {
  const placesOf = (id: string) => view.nodes.find((node) => node.id === id)?.places ?? [];
  const pairs = placesOf(from).flatMap((source) => placesOf(to).map((target) => [source, target] as const));
  return [
    h('p', { class: 'kicker' }, 'denied'),
    h('h2', {}, arrowName(view, from, to, context.facts)),
    h('p', { class: 'lead' }, 'Nothing in one reaches anything in the other. Choose a pair to read why.'),
    ...listOfPairs('Pairs', pairs, 'both', context),
  ];
}

function arrowName(view: PageView, from = '', to = '', facts: Facts): string {
  return `${nameOf(view, from, facts)} → ${nameOf(view, to, facts)}`;
}

/** The name of a node, or of an open room, by its id. */
function nameOf(view: PageView, id: string, facts: Facts): string {
  const node = view.nodes.find((other) => other.id === id);
  if (node !== undefined) return facts.nodeName(node);
  return facts.data.rooms[Number(/^room(\d+)$/.exec(id)?.[1])]?.name ?? '';
}
