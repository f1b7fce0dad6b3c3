// The panel beside the map: the selection in words, with everything that the user can ask next.
// Must not know how the map draws.
import { isOpen, type Ring, type Standing } from '../graph/model.ts';
import type { PageBundle, PageView } from '../graph/page-format.ts';
import { button, type Child, h } from './dom.ts';
import { connectionList, listOfPairs } from './lists.ts';
import type { Facts } from './page-facts.ts';
import { pairContent, policyNameList, portInField } from './pair-content.ts';
import { type ListRow, type PanelContext, rowList } from './rows.ts';
import type { Selection, State } from './state.ts';

/** Fills the panel for a state. */
export function fillPanel(panel: HTMLElement, view: PageView, state: State, context: PanelContext): void {
  panel.replaceChildren(
    askForm(state.selection, context),
    h('div', { class: 'answer' }, ...contentOf(view, state, context)),
  );
  panel.classList.remove('asking');
  panel.scrollTop = 0;
}

function contentOf(view: PageView, { selection, denied }: State, context: PanelContext): readonly Child[] {
  switch (selection.kind) {
    case 'place':
      return placeContent(selection.place, denied, context);
    case 'pair':
      return pairContent(selection, context);
    case 'bundle': {
      const bundle = view.bundles.find(({ id }) => id === selection.id);
      return bundle === undefined ? [] : bundleContent(view, bundle, context);
    }
    case 'node':
      return nodeContent(view, selection.id, context);
    case 'gap':
      return gapContent(view, selection.from, selection.to, context);
    case 'rooms':
      return cellContent(selection.from, selection.to, context);
    case 'none':
      return view.room === undefined ? overviewContent(context) : roomContent(view, view.room, context);
  }
}

/** A form to ask about any two places, and a port. */
function askForm(selection: Selection, { facts, select }: PanelContext): HTMLElement {
  const pair = selection.kind === 'pair' ? selection : undefined;
  const source = selection.kind === 'place' ? selection.place : pair?.from;
  const from = askField('from', 'namespace/workload or address', keyOf(source, facts));
  const to = askField('to', 'namespace/workload or address', keyOf(pair?.to, facts));
  const port = askField('port', 'any', pair?.port ?? '');
  const note = h('p', { class: 'ask-note', attributes: { id: 'ask-note', role: 'status' } });
  const form = h(
    'form',
    { class: 'ask', attributes: { 'aria-label': 'Ask about a pair' } },
    ...[from, to, port].flatMap((field) => [
      h('label', { attributes: { for: field.id } }, field.id.slice('ask-'.length)),
      field,
    ]),
    button({ class: 'go', attributes: { type: 'submit' } }, 'Why?'),
    note,
  );
  // An old answer does not stand beside a new question.
  form.addEventListener('input', () => {
    form.parentElement?.classList.add('asking');
    note.textContent = '';
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    form.parentElement?.classList.add('asking');
    const asked = askedIn({ from: from.value.trim(), to: to.value.trim() }, facts);
    const text = port.value.trim();
    const isPort = text === '' || portInField(text) !== undefined;
    for (const [field, isGood] of [
      [from, asked.from !== undefined],
      [to, asked.to !== undefined],
      [port, isPort],
    ] as const)
      field.setAttribute('aria-invalid', String(!isGood));
    note.textContent = isPort
      ? (asked.note ?? '')
      : 'a port is a number, as in 8080 or 53/UDP: names mean another number at each pod';
    if (asked.from === undefined || asked.to === undefined || asked.note !== undefined || !isPort) return;
    select({ kind: 'pair', from: asked.from, to: asked.to, ...(text === '' ? {} : { port: text }) });
  });
  return form;
}

function keyOf(place: number | undefined, facts: Facts): string {
  return place === undefined ? '' : facts.place(place).key;
}

function askField(word: 'from' | 'to' | 'port', placeholder: string, value: string): HTMLInputElement {
  const list = word === 'port' ? {} : { list: 'places' };
  const attributes = {
    id: `ask-${word}`,
    type: 'text',
    ...list,
    placeholder,
    autocomplete: 'off',
    spellcheck: 'false',
    value,
  };
  return h('input', { attributes });
}

interface Asked {
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** Why there is no answer, or what it is where no pair shows it. */
  readonly note?: string;
}

/** The two ends of a question; an address means the listed range that contains it, for this very connection. */
function askedIn(words: { readonly from: string; readonly to: string }, facts: Facts): Asked {
  const [from, to] = [facts.placeOfKey(words.from), facts.placeOfKey(words.to)];
  if (from !== undefined && to !== undefined)
    return { from, to, ...(from === to ? { note: 'both ends are the same' } : {}) };
  if (from !== undefined && isAddress(words.to)) {
    const [found] = facts.placesOfAddress(words.to, from, 'out');
    return found === undefined
      ? { from, to: -1, note: `Denied: no rule lets ${words.from} out to ${words.to}` }
      : { from, to: found };
  }
  if (to !== undefined && isAddress(words.from)) {
    const [found] = facts.placesOfAddress(words.from, to, 'in');
    return found === undefined
      ? { from: -1, to, note: `Denied: no rule lets ${words.from} in to ${words.to}` }
      : { from: found, to };
  }
  return { from, to, note: unknownEnd(from === undefined ? words.from : words.to) };
}

function unknownEnd(word: string): string {
  return word === '' ? 'name both ends' : `nothing here is named ${word}`;
}

function isAddress(word: string): boolean {
  return /^[\da-f]*[.:][\da-f.:]*(?:\/\d+)?$/i.test(word);
}

function overviewContent({ facts, open: openRoom }: PanelContext): readonly Child[] {
  const { rooms } = facts.data;
  const rows = rooms.map(
    ({ name, outside, ring, places }, room): ListRow => ({
      sign: `mark ${outside ? 'outside' : ringMarks[ring]}`,
      name,
      note: count(places.length, outside ? 'range' : 'workload'),
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
      : ` ${count(planned, 'namespace')} ${planned === 1 ? 'is' : 'are'} in dry run: nothing is denied there yet, and this page shows what will be.`;
  return [h('h2', {}, 'All namespaces'), h('p', { class: 'lead' }, sentence + dryRun), rowList(rows)];
}

const ringMarks: Readonly<Record<Ring, string>> = { closed: 'ringed', planned: 'planned', open: 'unringed' };

const ringSentences: Readonly<Record<Ring, string>> = {
  closed: 'Ringed: policies isolate every workload for ingress.',
  planned:
    'In dry run: nothing is denied yet. Once it is enforced, policies isolate every workload for ingress.',
  open: 'Not isolated: no policy isolates its workloads for ingress.',
};

function roomContent(view: PageView, room: number, context: PanelContext): readonly Child[] {
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

function placeRows(places: readonly number[], { facts, select }: PanelContext): HTMLElement {
  const rows = places.map((place): ListRow => {
    const { name, detail, ingress } = facts.place(place);
    const looks = facts.isOutside(place) ? 'outside' : isOpen(ingress) ? 'unringed' : 'closed';
    return { sign: `mark ${looks}`, name, note: detail, onclick: () => select({ kind: 'place', place }) };
  });
  return rowList(rows);
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

function bundleRow(view: PageView, bundle: PageBundle, { facts, select }: PanelContext): ListRow {
  const { id, from, to, at, text = '', label, unfenced } = bundle;
  return {
    looks: unfenced ? 'unfenced' : '',
    ...(at === undefined ? { name: arrowName(view, from, to, facts), note: label } : { name: text }),
    onclick: () => select({ kind: 'bundle', id }),
  };
}

function placeContent(place: number, denied: boolean, context: PanelContext): readonly Child[] {
  const { facts, open } = context;
  const { room, name, detail, ingress, egress } = facts.place(place);
  const { name: roomName, outside = false } = facts.data.rooms[room] ?? {};
  return [
    h(
      'p',
      { class: 'kicker' },
      button({ class: 'link', onclick: () => open(room) }, roomName),
      detail === '' ? undefined : ` · ${detail}`,
    ),
    h('h2', {}, name),
    ...(outside ? [] : [standingLine('Ingress', ingress, facts), standingLine('Egress', egress, facts)]),
    ...connectionList('Reached by', place, 'in', context),
    ...connectionList('Reaches', place, 'out', context),
    ...(outside ? [] : deniedLists(place, denied, context)),
  ];
}

function standingLine(
  side: string,
  { kind, policies, everyone = false }: Standing,
  facts: Facts,
): HTMLElement {
  const label = h('strong', {}, side);
  if (kind !== 'Isolated') {
    const text =
      kind === 'HostNetwork' ? 'in the host network, no policy applies to it' : 'open, no policy isolates it';
    return h('p', { class: 'standing unringed' }, label, ` ${text}`);
  }
  const text = everyone
    ? ' open to everyone: a rule of its policies lets through everything'
    : ` isolated by ${count(policies.length, 'policy', 'policies')}`;
  return h(
    'details',
    { class: `standing ${everyone ? 'unringed' : 'ringed'}` },
    h('summary', {}, label, text),
    policyNameList(policies.map((policy) => facts.policyName(policy))),
  );
}

function deniedLists(place: number, denied: boolean, context: PanelContext): readonly Child[] {
  const { facts, showDenied } = context;
  const all = [...facts.data.places.keys()];
  const from = all.filter((other) => facts.isDenied(other, place)).map((other) => [other, place] as const);
  const to = all.filter((other) => facts.isDenied(place, other)).map((other) => [place, other] as const);
  if (!denied) {
    const text = `Denied: ${from.length} can’t reach it, it can’t reach ${to.length}`;
    return [button({ class: 'more', onclick: showDenied }, text)];
  }
  return [
    ...listOfPairs(`Can’t reach it (${from.length})`, from, 'from', context),
    ...listOfPairs(`It can’t reach (${to.length})`, to, 'to', context),
  ];
}

function bundleContent(view: PageView, bundle: PageBundle, context: PanelContext): readonly Child[] {
  const { facts } = context;
  const { from, to, at, text, label, unfenced } = bundle;
  const pairs = bundle.members.map((arrow) => facts.endsOf(arrow));
  const sentence = unfenced
    ? 'No rule asks for these: no policy isolates either side.'
    : 'Allowed by rules. Choose a pair to read which.';
  return [
    h('p', { class: 'kicker' }, count(pairs.length, 'connection')),
    h('h2', {}, at === undefined ? arrowName(view, from, to, facts) : nameOf(view, at, facts)),
    h('p', { class: 'lead' }, `${at === undefined ? label : text}. ${sentence}`),
    ...listOfPairs('Pairs', pairs, 'both', context),
  ];
}

function nodeContent(view: PageView, id: string, context: PanelContext): readonly Child[] {
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

function cellContent(from: number, to: number, context: PanelContext): readonly Child[] {
  const { facts, open } = context;
  const [source, target] = [facts.data.rooms[from], facts.data.rooms[to]];
  const link = (room: number, name = '') => button({ class: 'link', onclick: () => open(room) }, name);
  const all = (source?.places ?? []).flatMap((place) =>
    (target?.places ?? []).map((other) => [place, other] as const),
  );
  const allowed = all.filter(([place, other]) => facts.arrowOf(place, other) !== undefined);
  const denied = all.filter(([place, other]) => facts.isDenied(place, other));
  const counts = `${count(allowed.length, 'pair')} allowed${denied.length > 0 ? `, ${denied.length} denied` : ''}. Choose a pair to read why.`;
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

function gapContent(view: PageView, from: string, to: string, context: PanelContext): readonly Child[] {
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

function count(number: number, one: string, several = `${one}s`): string {
  return `${number} ${number === 1 ? one : several}`;
}
