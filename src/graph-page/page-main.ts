// The page: reads its data, and keeps map, panel and address in step with one state.
import { matrixId } from '../graph/matrix.ts';
import type { PageData, PageNode, PageView } from '../graph/page-format.ts';
import { button, byId, h, inputById } from './dom.ts';
import { nodesOf } from './focus.ts';
import { fillKeys, isTyping } from './keys.ts';
import { MapView } from './map.ts';
import { MatrixView } from './matrix-view.ts';
import { Facts } from './page-facts.ts';
import { fillPanel } from './panel.ts';
import { type Found, SearchField } from './search.ts';
import { formatState, parseState, type Selection, type State } from './state.ts';

const facts = new Facts(JSON.parse(byId('data').textContent ?? '') as PageData);
const panel = byId('panel');
const deniedSwitch = inputById('denied');
const map = new MapView(byId('canvas'), facts, {
  select,
  open: openRoom,
  hint: (text) => {
    byId('hint').textContent = text;
  },
});

const matrix = new MatrixView(byId('matrix'), facts, {
  select,
  open: openRoom,
  hint: (text) => {
    byId('hint').textContent = text;
  },
});

function current(): State {
  return parseState(location.hash, facts);
}

/** Only the address stores the state; the page follows from it. */
function go(state: State): void {
  const hash = formatState(state, facts);
  if (hash !== location.hash) history.pushState(null, '', hash);
  show();
}

function show(): void {
  const state = current();
  const view = facts.view(state.view);
  if (view === undefined) return;
  const isMatrix = view.id === matrixId;
  deniedSwitch.checked = state.denied;
  document.body.classList.toggle('shows-matrix', isMatrix);
  if (isMatrix) matrix.show(state.selection);
  else map.show(view, state);
  fillPanel(panel, view, state, { facts, select, open: openRoom, showDenied: () => setDenied(true) });
  for (const tab of byId('views').querySelectorAll('button')) {
    tab.setAttribute('aria-current', String(tab.dataset.view === state.view));
  }
  showCrumb(view.room);
}

function select(selection: Selection): void {
  const state = current();
  const view = viewFor(selection) ?? state.view;
  const hadKeyboard = panel.contains(document.activeElement);
  go({ ...state, view, selection });
  if (hadKeyboard) panel.focus();
}

/** The best view for a selection: the current one if it shows the selection, and not just as folded namespaces. */
function viewFor(selection: Selection): string | undefined {
  const places = placesOf(selection);
  if (places.length === 0) return undefined;
  const here = facts.view(current().view);
  const whole = facts.data.drawn.find(({ room, nodes }) => room === undefined && nodes.some(isSingle));
  const rooms = places.map((place) => facts.viewOfRoom(facts.place(place).room));
  const candidates = [here, whole, ...rooms].filter((view) => view?.nodes.some(isSingle) === true);
  const shows = (view: PageView | undefined) =>
    view !== undefined && places.every((place) => nodesOf(view, [place]).length > 0);
  return (candidates.find(shows) ?? facts.data.drawn.find(shows) ?? rooms[0])?.id;
}

function isSingle({ kind }: PageNode): boolean {
  return kind === 'workload' || kind === 'addresses';
}

function placesOf(selection: Selection): readonly number[] {
  if (selection.kind === 'place') return [selection.place];
  return selection.kind === 'pair' ? [selection.to, selection.from] : [];
}

function openRoom(room: number): void {
  const view = facts.data.views.find((other) => other.room === room);
  const state = current();
  if (view !== undefined) go({ ...state, view: view.id, selection: { kind: 'none' } });
}

function setDenied(denied: boolean): void {
  const { selection, ...state } = current();
  go({ ...state, denied, selection: selection.kind === 'gap' ? { kind: 'none' } : selection });
}

/** One step back: from a selection to its view, from a namespace to all of them. */
function back(): void {
  const state = current();
  const [first] = facts.data.views;
  if (state.selection.kind !== 'none') go({ ...state, selection: { kind: 'none' } });
  else if (first !== undefined && first.id !== state.view) go({ ...state, view: first.id });
}

function choose(found: Found): void {
  if (found.kind === 'room') openRoom(found.room);
  else {
    select({ kind: 'place', place: found.place });
    map.focus(`p${found.place}`);
  }
}

/** Highlights what is found in the current view. */
function showFound(all: readonly Found[] | undefined): void {
  const view = facts.view(current().view);
  const places = all?.flatMap((found) =>
    found.kind === 'place' ? [found.place] : (facts.data.rooms[found.room]?.places ?? []),
  );
  if (view?.id === matrixId) {
    matrix.showFound(places && new Set(places.map((place) => facts.place(place).room)));
    return;
  }
  const nodes = view && places && new Set(nodesOf(view, places));
  map.showFound(nodes && { main: nodes, nodes, bundles: new Set() });
}

function makeTabs(): void {
  const tabs = facts.data.views
    .filter(({ room }) => room === undefined)
    .map(({ id, name }) => {
      const tab = button(
        { onclick: () => go({ ...current(), view: id, selection: { kind: 'none' } }) },
        name,
      );
      tab.dataset.view = id;
      return tab;
    });
  byId('views').replaceChildren(...tabs, h('span', { class: 'crumb', attributes: { id: 'crumb' } }));
}

function showCrumb(room: number | undefined): void {
  const crumb = byId('crumb');
  crumb.textContent = room === undefined ? '' : (facts.data.rooms[room]?.name ?? '');
  crumb.hidden = room === undefined;
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const actions: Readonly<Record<string, () => void>> = {
    '/': () => byId('search').focus(),
    '+': () => zoomed().zoom(1.25),
    '=': () => zoomed().zoom(1.25),
    '-': () => zoomed().zoom(0.8),
    '0': () => zoomed().fit(),
    d: () => setDenied(!current().denied),
    '?': showKeys,
    Escape: back,
  };
  const action = actions[event.key];
  if (action === undefined) return;
  event.preventDefault();
  action();
}

/** What the keys and buttons of the zoom act on. */
function zoomed(): { readonly zoom: (factor: number) => void; readonly fit: () => void } {
  return current().view === matrixId ? matrix : map.camera;
}

function showKeys(): void {
  const dialog = byId('keys');
  if (dialog instanceof HTMLDialogElement) dialog.showModal();
}

function listPlaces(): void {
  const options = facts.data.places.map(({ key }) => h('option', { attributes: { value: key } }));
  document.body.append(h('datalist', { attributes: { id: 'places' } }, ...options));
}

makeTabs();
listPlaces();
fillKeys(byId('keys'));
new SearchField(inputById('search'), byId('found'), facts, { found: showFound, choose });
byId('zoom-in').addEventListener('click', () => zoomed().zoom(1.25));
byId('zoom-out').addEventListener('click', () => zoomed().zoom(0.8));
byId('zoom-fit').addEventListener('click', () => zoomed().fit());
byId('help').addEventListener('click', showKeys);
deniedSwitch.addEventListener('change', () => setDenied(deniedSwitch.checked));
document.addEventListener('keydown', onKey);
addEventListener('popstate', show);
show();
