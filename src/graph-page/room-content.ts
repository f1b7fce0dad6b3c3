// What to know of all namespaces, and of one: whether it is ringed, and what is in it.
// Must not know why anything is allowed.
import { matrixId } from '../graph/matrix.ts';
import type { Ring } from '../graph/model.ts';
import type { PageView } from '../graph/page-format.ts';
import { ringClass } from '../graph/scene.ts';
import { countInGroups } from '../model/counted.ts';
import { bundleRow } from './bundle-content.ts';
import { type Child, h } from './dom.ts';
import { type ListRow, matrixOrder, type PanelContext, placeRows, rowList } from './rows.ts';

/** All rooms. */
export function overviewContent({ facts, open: openRoom }: PanelContext): readonly Child[] {
  const { rooms } = facts.data;
  const rows = rooms.map(
    ({ name, outside, ring, places }, room): ListRow => ({
      sign: `mark ${outside ? 'outside' : ringClass[ring]}`,
      name,
      note: countInGroups(places.length, outside ? 'range' : 'workload'),
      onclick: () => openRoom(room),
    }),
  );
  const namespaces = rooms.filter(({ outside }) => !outside);
  const open = namespaces.filter(({ ring }) => ring === 'open').length;
  const planned = namespaces.filter(({ ring }) => ring === 'planned').length;
  const sentence =
    open === 0
      ? 'Every namespace is ringed: its workloads receive only what a rule allows.'
      : `${open} of ${namespaces.length} namespaces ${open === 1 ? 'is' : 'are'} not isolated: at least one workload there accepts everything from everyone.`;
  const dryRun =
    planned === 0
      ? ''
      : ` ${countInGroups(planned, 'namespace')} ${planned === 1 ? 'is' : 'are'} in dry run: nothing is denied there yet, and this page shows what will be.`;
  const order = facts.data.views.some(({ id }) => id === matrixId)
    ? [h('p', { class: 'lead' }, matrixOrder)]
    : [];
  return [
    h('h2', {}, 'All namespaces'),
    h('p', { class: 'lead' }, sentence + dryRun),
    ...order,
    rowList(rows),
  ];
}

const ringSentences: Readonly<Record<Ring, string>> = {
  closed: 'Ringed: policies isolate every workload for ingress.',
  planned:
    'In dry run: nothing is denied yet. Once it is enforced, policies isolate every workload for ingress.',
  open: 'Not isolated: no policy isolates its workloads for ingress.',
};

/** One room, of this view. */
export function roomContent(view: PageView, room: number, context: PanelContext): readonly Child[] {
  const {
    name,
    outside = false,
    ring = 'open',
    holes = [],
    places = [],
  } = context.facts.data.rooms[room] ?? {};
  const sentence = outside
    ? 'Addresses that belong to no pod, if connections with them are allowed.'
    : holes.length > 0
      ? `Not closed: of its workloads, ${holes.join(', ')}.`
      : ringSentences[ring];
  return [
    h('p', { class: 'kicker' }, outside ? 'addresses' : 'namespace'),
    h('h2', {}, name),
    h('p', { class: 'lead' }, sentence),
    ...markRows(view, context),
    h('h3', {}, outside ? 'Address ranges' : 'Workloads'),
    placeRows(places, context),
  ];
}

/** Connections with everyone, which have no arrows on the map. */
function markRows(view: PageView, context: PanelContext): readonly Child[] {
  const marks = view.bundles.filter(({ at }) => at !== undefined);
  return marks.length === 0
    ? []
    : [
        rowList(
          marks.map((mark) => bundleRow(view, mark, context)),
          'rows marks',
        ),
      ];
}
