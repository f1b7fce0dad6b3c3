// The state of the page, and its form in the address: so that a view can be linked to, and the browser's Back works.
// Must not know the page.
import type { Facts } from './page-facts.ts';

/** What is selected. */
export type Selection =
  | { readonly kind: 'none' }
  | { readonly kind: 'place'; readonly place: number }
  /** `port` as it is written, if one is asked about; `through`: the Service that was asked about. */
  | {
      readonly kind: 'pair';
      readonly from: number;
      readonly to: number;
      readonly port?: string;
      readonly through?: string;
    }
  /** An arrow or a mark of the view, by its id. */
  | { readonly kind: 'bundle'; readonly id: string }
  /** A node of the view that represents several places, by its id. */
  | { readonly kind: 'node'; readonly id: string }
  /** A denied pair between two nodes of the view, by their ids. */
  | { readonly kind: 'gap'; readonly from: string; readonly to: string }
  /** What one room reaches in another: a cell of the matrix. */
  | { readonly kind: 'rooms'; readonly from: number; readonly to: number };

/** The state of the page. */
export interface State {
  /** The id of a view. */
  readonly view: string;
  readonly selection: Selection;
  /** Whether denied pairs are shown. */
  readonly denied: boolean;
}

/** The address of a state; it names workloads, so links survive a new drawing. */
export function formatState(state: State, facts: Facts): string {
  const words = new URLSearchParams();
  const view = facts.data.views.find(({ id }) => id === state.view);
  if (view?.room === undefined) words.set('view', state.view);
  else words.set('namespace', view.name);
  const { selection } = state;
  if (selection.kind === 'place') words.set('workload', facts.place(selection.place).key);
  if (selection.kind === 'pair') {
    words.set('from', facts.place(selection.from).key);
    words.set('to', facts.place(selection.to).key);
    if (selection.port !== undefined) words.set('port', selection.port);
    if (selection.through !== undefined) words.set('through', selection.through);
  }
  if (selection.kind === 'rooms') {
    words.set('row', facts.data.rooms[selection.from]?.name ?? '');
    words.set('column', facts.data.rooms[selection.to]?.name ?? '');
  }
  if (selection.kind === 'bundle') words.set('arrow', selection.id);
  if (selection.kind === 'node') words.set('node', selection.id);
  if (selection.kind === 'gap') words.set('denied', `${selection.from} ${selection.to}`);
  else if (state.denied) words.set('denied', '');
  return `#${words}`;
}

/** The state in an address; unknown names are left out. */
export function parseState(hash: string, facts: Facts): State {
  const words = new URLSearchParams(hash.replace(/^#/, ''));
  const { views } = facts.data;
  const namespace = words.get('namespace');
  const view =
    views.find(({ id, name, room }) =>
      namespace === null ? id === words.get('view') : room !== undefined && name === namespace,
    ) ?? views[0];
  return {
    view: view?.id ?? '',
    selection: parseSelection(words, facts, view?.id ?? ''),
    denied: words.has('denied'),
  };
}

function parseSelection(words: URLSearchParams, facts: Facts, viewId: string): Selection {
  const placeOf = (word: string) => facts.placeOfKey(words.get(word) ?? '');
  const pair = parsePair(words, placeOf('from'), placeOf('to'));
  if (pair !== undefined) return pair;
  const place = placeOf('workload');
  if (place !== undefined) return { kind: 'place', place };
  const roomOf = (word: string) => facts.data.rooms.findIndex(({ name }) => name === words.get(word));
  const [row, column] = [roomOf('row'), roomOf('column')];
  if (row >= 0 && column >= 0) return { kind: 'rooms', from: row, to: column };
  if (!['arrow', 'node', 'denied'].some((word) => words.has(word))) return { kind: 'none' };
  const view = facts.view(viewId);
  const id = words.get('arrow');
  if (view?.bundles.some((bundle) => bundle.id === id) && id !== null) return { kind: 'bundle', id };
  const node = words.get('node') ?? '';
  const isNode = (wanted: string) => view?.nodes.some((other) => other.id === wanted) === true;
  if (isNode(node)) return { kind: 'node', id: node };
  const [gapFrom = '', gapTo = ''] = (words.get('denied') ?? '').split(' ');
  return isNode(gapFrom) && isNode(gapTo) ? { kind: 'gap', from: gapFrom, to: gapTo } : { kind: 'none' };
}

function parsePair(
  words: URLSearchParams,
  from: number | undefined,
  to: number | undefined,
): Selection | undefined {
  if (from === undefined || to === undefined) return undefined;
  const [port, through] = [words.get('port'), words.get('through')];
  return {
    kind: 'pair',
    from,
    to,
    ...(port === null ? {} : { port }),
    ...(through === null ? {} : { through }),
  };
}
