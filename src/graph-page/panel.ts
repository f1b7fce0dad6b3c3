// The panel beside the map: the selection in words, with everything that the user can ask next.
// Must not know how the map draws.
import type { PageBundle, PageView } from '../graph/page-format.ts';
import { button, type Child, h } from './dom.ts';
import { connectionList, listOfPairs } from './lists.ts';
import type { Facts } from './page-facts.ts';
import { pairContent } from './pair-content.ts';
import type { Selection, State } from './state.ts';

/** The callbacks of the panel. */
export interface PanelEvents {
  readonly select: (selection: Selection) => void;
  readonly open: (room: number) => void;
  readonly showDenied: () => void;
}

/** Fills the panel for a state. */
export function fillPanel(
  panel: HTMLElement,
  view: PageView,
  state: State,
  facts: Facts,
  events: PanelEvents,
): void {
  panel.replaceChildren(
    askForm(state.selection, facts, events),
    ...contentOf(view, state, facts, events).filter((child) => child !== undefined),
  );
  panel.scrollTop = 0;
}

function contentOf(view: PageView, state: State, facts: Facts, events: PanelEvents): readonly Child[] {
  const { selection } = state;
  switch (selection.kind) {
    case 'place':
      return placeContent(selection.place, state.denied, facts, events);
    case 'pair':
      return pairContent(facts.pair(selection.from, selection.to), facts, events);
    case 'bundle': {
      const bundle = view.bundles.find(({ id }) => id === selection.id);
      return bundle === undefined ? [] : bundleContent(view, bundle, facts, events);
    }
    case 'node':
      return nodeContent(view, selection.id, facts, events);
    case 'gap':
      return gapContent(view, selection.from, selection.to, facts, events);
    case 'none':
      return view.room === undefined
        ? overviewContent(facts, events)
        : roomContent(view, view.room, facts, events);
  }
}

/** A form to ask about any two places. */
function askForm(selection: Selection, facts: Facts, events: PanelEvents): HTMLElement {
  const { from: source, to: target } =
    selection.kind === 'pair'
      ? selection
      : { from: selection.kind === 'place' ? selection.place : undefined, to: undefined };
  const from = askField('from', source, facts);
  const to = askField('to', target, facts);
  const form = h(
    'form',
    { class: 'ask', attributes: { 'aria-label': 'Ask about a pair' } },
    h('label', { attributes: { for: from.id } }, 'from'),
    from,
    h('label', { attributes: { for: to.id } }, 'to'),
    to,
    button({ class: 'go', attributes: { type: 'submit' } }, 'Why?'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const [start, end] = [from, to].map((field) => placeIn(field, facts));
    if (start !== undefined && end !== undefined && start !== end)
      events.select({ kind: 'pair', from: start, to: end });
  });
  return form;
}

function askField(word: 'from' | 'to', place: number | undefined, facts: Facts): HTMLInputElement {
  const value = place === undefined ? '' : facts.place(place).key;
  return h('input', {
    attributes: {
      id: `ask-${word}`,
      type: 'text',
      list: 'places',
      placeholder: 'namespace/workload',
      autocomplete: 'off',
      spellcheck: 'false',
      value,
    },
  });
}

/** The place in a field; a field without a valid place is marked. */
function placeIn(field: HTMLInputElement, facts: Facts): number | undefined {
  const place = facts.placeOfKey(field.value.trim());
  field.setAttribute('aria-invalid', String(place === undefined));
  return place;
}

function overviewContent(facts: Facts, events: PanelEvents): readonly Child[] {
  const { rooms } = facts.data;
  const rows = rooms.map((room, index) => {
    const count = `${room.places.length} ${room.outside ? 'range' : 'workload'}${room.places.length === 1 ? '' : 's'}`;
    const looks = room.outside ? 'outside' : room.ringed ? 'ringed' : 'unringed';
    return h(
      'li',
      {},
      button(
        { class: 'row', onclick: () => events.open(index) },
        h('span', { class: `mark ${looks}`, attributes: { 'aria-hidden': 'true' } }),
        h('span', { class: 'name' }, room.name),
        h('span', { class: 'ports' }, count),
      ),
    );
  });
  const namespaces = rooms.filter(({ outside }) => !outside);
  const open = namespaces.filter(({ ringed }) => !ringed).length;
  const sentence =
    open === 0
      ? 'Every namespace is ringed: its workloads receive only what a rule allows.'
      : `${open} of ${namespaces.length} namespaces ${open === 1 ? 'is' : 'are'} not isolated: at least one workload there accepts everything from everyone.`;
  return [
    h('h2', {}, 'All namespaces'),
    h('p', { class: 'lead' }, sentence),
    h('ul', { class: 'rows' }, ...rows),
  ];
}

function roomContent(view: PageView, room: number, facts: Facts, events: PanelEvents): readonly Child[] {
  const { name, outside, ringed, places } = facts.data.rooms[room] ?? {
    name: '',
    outside: false,
    ringed: false,
    places: [],
  };
  const sentence = outside
    ? 'Addresses that belong to no pod, if connections with them are allowed.'
    : ringed
      ? 'Ringed: policies isolate every workload for ingress.'
      : 'Not isolated: no policy isolates at least one of its workloads for ingress.';
  return [
    h('p', { class: 'kicker' }, outside ? 'addresses' : 'namespace'),
    h('h2', {}, name),
    h('p', { class: 'lead' }, sentence),
    ...markRows(view, facts, events),
    h('h3', {}, outside ? 'Address ranges' : 'Workloads'),
    placeRows(places, facts, events),
  ];
}

function placeRows(places: readonly number[], facts: Facts, events: PanelEvents): HTMLElement {
  const rows = places.map((place) => {
    const { name, detail, ingress } = facts.place(place);
    const looks = facts.isOutside(place) ? 'outside' : ingress.kind === 'Isolated' ? 'closed' : 'unringed';
    return h(
      'li',
      {},
      button(
        { class: 'row', onclick: () => events.select({ kind: 'place', place }) },
        h('span', { class: `mark ${looks}`, attributes: { 'aria-hidden': 'true' } }),
        h('span', { class: 'name' }, name),
        h('span', { class: 'ports' }, detail),
      ),
    );
  });
  return h('ul', { class: 'rows' }, ...rows);
}

/** Connections with everyone, which have no arrows on the map. */
function markRows(view: PageView, _facts: Facts, events: PanelEvents): readonly Child[] {
  const marks = view.bundles.filter(({ at }) => at !== undefined);
  if (marks.length === 0) return [];
  const rows = marks.map(({ id, text = '', unfenced }) =>
    h(
      'li',
      {},
      button(
        { class: `row ${unfenced ? 'unfenced' : ''}`, onclick: () => events.select({ kind: 'bundle', id }) },
        h('span', { class: 'name' }, text),
      ),
    ),
  );
  return [h('ul', { class: 'rows marks' }, ...rows)];
}

function placeContent(place: number, denied: boolean, facts: Facts, events: PanelEvents): readonly Child[] {
  const { room, name, detail, ingress, egress } = facts.place(place);
  const { name: roomName = '', outside = false } = facts.data.rooms[room] ?? {};
  const namespaceStates = [
    ['Ingress', ingress],
    ['Egress', egress],
  ] as const;
  return [
    h(
      'p',
      { class: 'kicker' },
      button({ class: 'link', onclick: () => events.open(room) }, roomName),
      detail === '' ? undefined : ` · ${detail}`,
    ),
    h('h2', {}, name),
    ...(outside
      ? []
      : namespaceStates.map(([side, standing]) =>
          standingLine(side, standing.kind, standing.policies, facts),
        )),
    ...connectionList('Reached by', place, 'in', facts, events),
    ...connectionList('Reaches', place, 'out', facts, events),
    ...(outside ? [] : deniedLists(place, denied, facts, events)),
  ];
}

function standingLine(side: string, kind: string, policies: readonly number[], facts: Facts): HTMLElement {
  const names = policies.map((policy) => h('li', {}, facts.policyName(policy)));
  if (kind !== 'Isolated') {
    const text =
      kind === 'HostNetwork' ? 'in the host network, no policy applies to it' : 'open, no policy isolates it';
    return h('p', { class: 'standing unringed' }, h('strong', {}, side), ` ${text}`);
  }
  const count = `isolated by ${policies.length} ${policies.length === 1 ? 'policy' : 'policies'}`;
  return h(
    'details',
    { class: 'standing ringed' },
    h('summary', {}, h('strong', {}, side), ` ${count}`),
    h('ul', { class: 'policies' }, ...names),
  );
}

function deniedLists(place: number, denied: boolean, facts: Facts, events: PanelEvents): readonly Child[] {
  const all = [...facts.data.places.keys()];
  const from = all.filter((other) => facts.isDenied(other, place)).map((other) => [other, place] as const);
  const to = all.filter((other) => facts.isDenied(place, other)).map((other) => [place, other] as const);
  if (!denied) {
    const text = `Denied: ${from.length} can’t reach it, it can’t reach ${to.length}`;
    return [button({ class: 'more', onclick: events.showDenied }, text)];
  }
  return [
    ...listOfPairs(`Can’t reach it (${from.length})`, from, 'from', facts, events),
    ...listOfPairs(`It can’t reach (${to.length})`, to, 'to', facts, events),
  ];
}

function bundleContent(
  view: PageView,
  bundle: PageBundle,
  facts: Facts,
  events: PanelEvents,
): readonly Child[] {
  const name = (id: string | undefined) => nameOfNode(view, id, facts);
  const heading =
    bundle.at === undefined ? `${name(bundle.from)} → ${name(bundle.to)}` : `${name(bundle.at)}`;
  const pairs = bundle.members.map((arrow) => {
    const [from, to] = facts.arrow(arrow);
    return [from, to] as const;
  });
  const sentence = bundle.unfenced
    ? 'No rule asks for these: no policy isolates either side.'
    : 'Allowed by rules. Choose a pair to read which.';
  return [
    h('p', { class: 'kicker' }, `${pairs.length} ${pairs.length === 1 ? 'connection' : 'connections'}`),
    h('h2', {}, heading),
    h(
      'p',
      { class: 'lead' },
      bundle.at === undefined ? `${bundle.label}. ${sentence}` : `${bundle.text}. ${sentence}`,
    ),
    ...listOfPairs('Pairs', pairs, 'both', facts, events),
  ];
}

function nodeContent(view: PageView, id: string, facts: Facts, events: PanelEvents): readonly Child[] {
  const node = view.nodes.find((each) => each.id === id);
  const rows = view.bundles
    .filter(({ from, to, at }) => from === id || to === id || at === id)
    .map((bundle) => {
      const { id: arrow, from, to, at, label, unfenced } = bundle;
      const text =
        at === undefined
          ? `${nameOfNode(view, from, facts)} → ${nameOfNode(view, to, facts)}`
          : (bundle.text ?? '');
      return h(
        'li',
        {},
        button(
          {
            class: `row ${unfenced ? 'unfenced' : ''}`,
            onclick: () => events.select({ kind: 'bundle', id: arrow }),
          },
          h('span', { class: 'name' }, text),
          at === undefined ? h('span', { class: 'ports' }, label) : undefined,
        ),
      );
    });
  return [
    h('h2', {}, nameOfNode(view, id, facts)),
    ...(rows.length === 0 ? [] : [h('h3', {}, 'Connections'), h('ul', { class: 'rows' }, ...rows)]),
    ...(node?.kind === 'rest' ? [placeRows(node.places, facts, events)] : []),
  ];
}

function gapContent(
  view: PageView,
  from: string,
  to: string,
  facts: Facts,
  events: PanelEvents,
): readonly Child[] {
  const placesOf = (id: string) => view.nodes.find((node) => node.id === id)?.places ?? [];
  const pairs = placesOf(from).flatMap((source) => placesOf(to).map((target) => [source, target] as const));
  return [
    h('p', { class: 'kicker' }, 'denied'),
    h('h2', {}, `${nameOfNode(view, from, facts)} → ${nameOfNode(view, to, facts)}`),
    h('p', { class: 'lead' }, 'Nothing in one reaches anything in the other. Choose a pair to read why.'),
    ...listOfPairs('Pairs', pairs, 'both', facts, events),
  ];
}

function nameOfNode(view: PageView, id: string | undefined, facts: Facts): string {
  const node = view.nodes.find((other) => other.id === id);
  const room = facts.data.rooms[node?.room ?? Number(/^room(\d+)$/.exec(id ?? '')?.[1] ?? -1)];
  if (node === undefined) return room?.name ?? '';
  const [place] = node.places;
  if ((node.kind === 'workload' || node.kind === 'addresses') && place !== undefined)
    return facts.place(place).key;
  if (node.kind === 'rest') return `${node.places.length} workloads of ${room?.name}`;
  if (node.kind === 'all') return `every workload of ${room?.name}`;
  return room?.name ?? 'several namespaces';
}
