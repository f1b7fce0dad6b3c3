// The nodes and arrows of a picture before anything is bundled: one node for each folded room or each place of an open one,
// one arrow for each pair of them.
// Must not know how arrows are bundled.
import { countInGroups, nameSomeInLines } from '../model/counted.ts';
import { type GraphModel, holesOf, isUnfenced, portLabels, type Ring, ringOf } from './model.ts';

/** One shape of the drawing, and the places that it represents. */
export interface DrawnNode {
  /** Letters and digits only, so that no format has to quote it. */
  readonly id: string;
  /**
   * `all` represents every place of the open room that contains it, `rest` those of them without nodes of their own,
   * `several` a few folded rooms.
   */
  readonly kind: 'workload' | 'addresses' | 'room' | 'outside' | 'all' | 'rest' | 'several';
  /** Index of the room that contains it or that it represents; absent for `several`. */
  readonly room?: number;
  readonly name: string;
  /** A few short lines below the name. */
  readonly details: readonly string[];
  /** The ring around all of its places. */
  readonly ring: Ring;
  /** Indexes of places. */
  readonly places: readonly number[];
}

/** Connections that are drawn as one. */
export interface ArrowBundle {
  /** Indexes into `GraphModel.arrows`. */
  readonly members: readonly number[];
  /** No policy isolates either side of any of them, so no rule asks for them. */
  readonly unfenced: boolean;
}

/** An arrow between two nodes. */
export interface DrawnArrow extends ArrowBundle {
  readonly from: DrawnNode;
  readonly to: DrawnNode;
}

/** Connections of a node with everyone: a line of text on it instead of arrows from or to everything. */
export interface DrawnMark extends ArrowBundle {
  readonly node: DrawnNode;
  /** On which end of the connections `who` is. */
  readonly end: End;
  readonly who: 'everyone' | 'every namespace';
  /** Namespaces that are exceptions. */
  readonly except: readonly string[];
}

/** One of the two ends of an arrow. */
export type End = 'from' | 'to';

/** The other end. */
export function otherEnd(end: End): End {
  return end === 'from' ? 'to' : 'from';
}

/** One node for each place of the open rooms, and one for each other room. */
export function drawnNodes(model: GraphModel, open: ReadonlySet<number>): readonly DrawnNode[] {
  return model.rooms.flatMap((room, index): readonly DrawnNode[] => {
    const { places, outside } = room;
    if (open.has(index)) return places.map((place) => placeNode(model, place, index));
    return [
      {
        id: `r${index}`,
        kind: outside ? 'outside' : 'room',
        room: index,
        name: room.name,
        details: [countOfPlaces(places.length, outside), ...ringLines(model, places)],
        ring: ringOf(model, places),
        places,
      },
    ];
  });
}

function placeNode(model: GraphModel, index: number, room: number): DrawnNode {
  const place = model.places[index];
  const outside = model.rooms[room]?.outside === true;
  return {
    id: `p${index}`,
    kind: outside ? 'addresses' : 'workload',
    room,
    name: place?.name ?? '',
    details: [place?.detail ?? ''].filter((detail) => detail !== ''),
    ring: ringOf(model, [index]),
    places: [index],
  };
}

/** What to know of the ring of a room: that it is planned, and its holes. */
export function ringLines(model: GraphModel, places: readonly number[]): readonly string[] {
  return [...(ringOf(model, places) === 'planned' ? [inDryRun] : []), ...holesOf(model, places)];
}

const inDryRun = 'in dry run';

function ringOfAll(rings: readonly Ring[]): Ring {
  if (rings.includes('open')) return 'open';
  return rings.includes('planned') ? 'planned' : 'closed';
}

/** The maximum number of names on a node that represents several. */
const mostNames = 5;

/** One node that represents several, some of which it names. */
export function nodeForAll(
  nodes: readonly DrawnNode[],
  own: Pick<DrawnNode, 'id' | 'kind' | 'room' | 'name'>,
): DrawnNode {
  return {
    details: nameSomeInLines(
      nodes.map(({ name }) => name),
      mostNames,
    ),
    ring: ringOfAll(nodes.map(({ ring }) => ring)),
    places: nodes.flatMap(({ places }) => places),
    ...own,
  };
}

/** `1 workload`, `12 workloads`, `2 address ranges`. */
export function countOfPlaces(number: number, outside: boolean): string {
  return countInGroups(number, outside ? 'address range' : 'workload');
}

/** One arrow for each pair of nodes with a connection between any of their places. */
export function arrowsBetween(model: GraphModel, nodes: readonly DrawnNode[]): readonly DrawnArrow[] {
  const nodeOf = new Map(nodes.flatMap((node) => node.places.map((place) => [place, node] as const)));
  const single = model.arrows.flatMap((arrow, index) => {
    const [from, to] = [nodeOf.get(arrow.from), nodeOf.get(arrow.to)];
    if (from === undefined || to === undefined || from === to) return [];
    return [{ from, to, members: [index], unfenced: isUnfenced(model, arrow) }];
  });
  return mergeArrows(single);
}

/** The arrows, with those between the same nodes as one. */
export function mergeArrows(arrows: readonly DrawnArrow[]): readonly DrawnArrow[] {
  const alike = Map.groupBy(arrows, ({ from, to }) => `${from.id} ${to.id}`);
  return [...alike.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ ...first, ...together([first, ...others]) }],
  );
}

/** Several bundles as one. */
export function together(bundles: readonly ArrowBundle[]): ArrowBundle {
  return {
    members: bundles.flatMap(({ members }) => members).sort((a, b) => a - b),
    unfenced: bundles.every(({ unfenced }) => unfenced),
  };
}

/** Equal for bundles that look the same in a picture: the same ports, and the same line. */
export function looks(model: GraphModel, { members, unfenced }: ArrowBundle): string {
  return `${unfenced} ${portLabels(model, members).join(',')}`;
}
