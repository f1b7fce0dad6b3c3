// Lists of connections, by the namespace of the other end. Long ones are folded.
import { inGroups } from '../model/counted.ts';
import { type Child, h } from './dom.ts';
import type { Facts } from './page-facts.ts';
import { type ListRow, type PanelContext, rowList } from './rows.ts';

type Pair = readonly [from: number, to: number];

/** Which end a row names. */
type Named = 'from' | 'to' | 'both';

/** Namespaces with more rows than this are folded, unless there is only one. */
const mostOpen = 6;

/** Everything that reaches a place, or that it reaches. */
export function connectionList(
  title: string,
  place: number,
  direction: 'in' | 'out',
  context: PanelContext,
): readonly Child[] {
  const pairs = context.facts.arrows(place, direction).map((arrow) => context.facts.endsOf(arrow));
  return listOfPairs(
    `${title} (${inGroups(pairs.length)})`,
    pairs,
    direction === 'in' ? 'from' : 'to',
    context,
  );
}

/** Pairs in groups, one for each namespace of the end that the rows name. */
export function listOfPairs(
  title: string,
  pairs: readonly Pair[],
  named: Named,
  context: PanelContext,
): readonly Child[] {
  const heading = h('h3', {}, title);
  if (pairs.length === 0) return [heading, h('p', { class: 'none' }, 'nothing')];
  const { facts } = context;
  const byEnd = (end: 0 | 1) => [...Map.groupBy(pairs, (pair) => facts.place(pair[end]).room)];
  const [bySource, byTarget] = [byEnd(0), byEnd(1)];
  const other = named === 'both' ? (bySource.length > byTarget.length ? 'from' : 'to') : named;
  const groups = (other === 'from' ? bySource : byTarget).sort(([a], [b]) => a - b);
  return [
    heading,
    ...groups.map(([room, group]) => {
      const isOpen = group.length <= mostOpen || groups.length === 1;
      return h(
        'details',
        { class: 'group', attributes: { open: isOpen ? '' : undefined } },
        h(
          'summary',
          {},
          h('span', { class: 'name' }, facts.data.rooms[room]?.name),
          h('span', { class: 'ports' }, summaryOf(group, facts)),
        ),
        rowList(group.map((pair) => pairRow(pair, named, other, context))),
      );
    }),
  ];
}

/** As in `12 · 8080, 9090`. */
function summaryOf(pairs: readonly Pair[], facts: Facts): string {
  const ports = new Set(pairs.flatMap(([from, to]) => facts.portsOf(from, to) ?? []));
  const texts = ports.size > 2 ? [`${ports.size} kinds of ports`] : [...ports];
  return [inGroups(pairs.length), ...texts].join(' · ');
}

/** @param other the end whose namespace the group has */
function pairRow([from, to]: Pair, named: Named, other: 'from' | 'to', context: PanelContext): ListRow {
  const { facts, select } = context;
  const [source, target] = [facts.place(from), facts.place(to)];
  const ports = facts.portsOf(from, to);
  const isUnfenced = source.egress.kind !== 'Isolated' && target.ingress.kind !== 'Isolated';
  const both = other === 'from' ? `${source.name} → ${target.key}` : `${source.key} → ${target.name}`;
  return {
    looks: ports === undefined ? 'denied' : isUnfenced ? 'unfenced' : 'allowed',
    sign: 'line',
    name: named === 'both' ? both : named === 'from' ? source.name : target.name,
    note: ports ?? 'denied',
    title: `${source.key} → ${target.key}`,
    onclick: () => select({ kind: 'pair', from, to }),
  };
}
