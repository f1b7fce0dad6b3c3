// Lists of connections, by the namespace of the other end. Long ones are folded.
import { button, type Child, h } from './dom.ts';
import type { Facts } from './page-facts.ts';
import type { Selection } from './state.ts';

/** The callbacks of a list. */
export interface ListEvents {
  readonly select: (selection: Selection) => void;
}

type Pair = readonly [from: number, to: number];

/** Which end a row names. */
type Tells = 'from' | 'to' | 'both';

/** Namespaces with more rows than this are folded, unless there is only one. */
const mostOpen = 6;

/** Everything that reaches a place, or that it reaches. */
export function connectionList(
  title: string,
  place: number,
  direction: 'in' | 'out',
  facts: Facts,
  events: ListEvents,
): readonly Child[] {
  const pairs = facts.arrows(place, direction).map((index): Pair => {
    const [from, to] = facts.arrow(index);
    return [from, to];
  });
  return listOfPairs(`${title} (${pairs.length})`, pairs, direction === 'in' ? 'from' : 'to', facts, events);
}

/** @param tells which end the rows name */
export function listOfPairs(
  title: string,
  pairs: readonly Pair[],
  tells: Tells,
  facts: Facts,
  events: ListEvents,
): readonly Child[] {
  if (pairs.length === 0) return [h('h3', {}, title), h('p', { class: 'none' }, 'nothing')];
  const byEnd = (end: 0 | 1) => [...Map.groupBy(pairs, (pair) => facts.place(pair[end]).room)];
  const [bySource, byTarget] = [byEnd(0), byEnd(1)];
  const other = tells === 'both' ? (bySource.length > byTarget.length ? 'from' : 'to') : tells;
  const groups = (other === 'from' ? bySource : byTarget).sort(([a], [b]) => a - b);
  return [
    h('h3', {}, title),
    ...groups.map(([room, group]) => {
      const name = facts.data.rooms[room]?.name ?? '';
      const rows = group.map((pair) => h('li', {}, pairRow(pair, tells, other, facts, events)));
      return h(
        'details',
        {
          class: 'group',
          attributes: { open: group.length <= mostOpen || groups.length === 1 ? '' : undefined },
        },
        h(
          'summary',
          {},
          h('span', { class: 'name' }, name),
          h('span', { class: 'ports' }, summaryOf(group, facts)),
        ),
        h('ul', { class: 'rows' }, ...rows),
      );
    }),
  ];
}

/** As in `12 · 8080, 9090`. */
function summaryOf(pairs: readonly Pair[], facts: Facts): string {
  const ports = new Set(pairs.flatMap(([from, to]) => portsOf(from, to, facts) ?? []));
  const texts = ports.size > 2 ? [`${ports.size} kinds of ports`] : [...ports];
  return [`${pairs.length}`, ...texts].join(' · ');
}

function portsOf(from: number, to: number, facts: Facts): string | undefined {
  const arrow = facts.arrowOf(from, to);
  return arrow === undefined ? undefined : facts.portsOf(arrow);
}

/** @param other the end whose namespace the row names */
function pairRow(
  [from, to]: Pair,
  tells: Tells,
  other: 'from' | 'to',
  facts: Facts,
  events: ListEvents,
): HTMLElement {
  const [source, target] = [facts.place(from), facts.place(to)];
  const ports = portsOf(from, to, facts);
  const isUnfenced = source.egress.kind !== 'Isolated' && target.ingress.kind !== 'Isolated';
  const both = other === 'from' ? `${source.name} → ${target.key}` : `${source.key} → ${target.name}`;
  const name = tells === 'both' ? both : tells === 'from' ? source.name : target.name;
  const looks = ports === undefined ? 'denied' : isUnfenced ? 'unfenced' : 'allowed';
  return button(
    {
      class: `row ${looks}`,
      title: `${source.key} → ${target.key}`,
      onclick: () => events.select({ kind: 'pair', from, to }),
    },
    h('span', { class: 'line', attributes: { 'aria-hidden': 'true' } }),
    h('span', { class: 'name' }, name),
    h('span', { class: 'ports' }, ports ?? 'denied'),
  );
}
