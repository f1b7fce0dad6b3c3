// The part of a view that belongs to the selection: the rest is dimmed.
// Must not know the page.
import type { PageBundle, PageNode, PageView } from '../graph/page-format.ts';
import type { Facts } from './page-facts.ts';
import type { Selection } from './state.ts';

/** Ids of what is highlighted; `main` is the selection itself. */
export interface Focus {
  readonly main: ReadonlySet<string>;
  readonly nodes: ReadonlySet<string>;
  readonly bundles: ReadonlySet<string>;
}

/** The part that belongs to a selection; `undefined` if nothing is selected. */
export function focusOf(view: PageView, selection: Selection, facts: Facts): Focus | undefined {
  switch (selection.kind) {
    case 'none':
      return undefined;
    case 'place': {
      const { place } = selection;
      return around(view, nodesOf(view, [place]), ({ members }) =>
        members.some((arrow) => facts.endsOf(arrow).includes(place)),
      );
    }
    case 'pair': {
      const { from, to, port } = selection;
      // An arrow on other ports does not answer a question about this one.
      const arrow = facts.isPairAllowed(from, to, port) ? (facts.arrowOf(from, to) ?? -1) : -1;
      return around(view, nodesOf(view, [from, to]), ({ members }) => members.includes(arrow));
    }
    case 'bundle':
      return around(view, [], ({ id }) => id === selection.id);
    case 'node':
      return focusOfNode(view, selection.id);
    case 'rooms':
      return undefined;
    case 'gap':
      return around(view, [selection.from, selection.to], () => false);
  }
}

/** A node with its arrows and marks. */
export function focusOfNode(view: PageView, id: string): Focus {
  return around(view, [id], ({ from, to, at }) => [from, to, at].includes(id));
}

/** The nodes that represent any of these places; a room's `every workload` does not count. */
export function nodesOf(view: PageView, places: readonly number[]): readonly string[] {
  return view.nodes
    .filter((node) => node.kind !== 'all' && places.some((place) => node.places.includes(place)))
    .map(({ id }) => id);
}

/**
 * Pairs of nodes, in one direction, between whose places nothing is allowed. If there is an arrow in the other direction, it
 * is enough.
 */
export function gapsOf(view: PageView, facts: Facts): readonly (readonly [PageNode, PageNode])[] {
  const nodes = view.nodes.filter(({ kind }) => kind === 'workload' || kind === 'room');
  const drawn = new Set(view.bundles.map(({ from, to }) => `${from} ${to}`));
  return nodes.flatMap((from) =>
    nodes
      .filter((to) => to !== from && !drawn.has(`${to.id} ${from.id}`) && isGap(from, to, facts))
      .map((to) => [from, to] as const),
  );
}

/** The denied pair that is selected: also one that is only denied on the port in question. */
export function gapOfPair(
  view: PageView,
  { from, to, port }: Extract<Selection, { readonly kind: 'pair' }>,
  facts: Facts,
): readonly (readonly [PageNode, PageNode])[] {
  if (facts.isPairAllowed(from, to, port) || facts.isOutside(from) || facts.isOutside(to)) return [];
  const nodeOf = (place: number) =>
    view.nodes.find(({ kind, places }) => (kind === 'workload' || kind === 'room') && places.includes(place));
  const [source, target] = [nodeOf(from), nodeOf(to)];
  return source === undefined || target === undefined || source === target ? [] : [[source, target]];
}

function isGap(from: PageNode, to: PageNode, facts: Facts): boolean {
  return from.places.every((source) => to.places.every((target) => facts.isDenied(source, target)));
}

function around(view: PageView, main: readonly string[], isIn: (bundle: PageBundle) => boolean): Focus {
  const bundles = view.bundles.filter(isIn);
  const ends = bundles.flatMap(({ from, to, at }) => [from, to, at].filter((id) => id !== undefined));
  return {
    main: new Set(main),
    nodes: new Set([...main, ...ends]),
    bundles: new Set(bundles.map(({ id }) => id)),
  };
}
