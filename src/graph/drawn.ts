// The nodes and arrows of a picture before anything is bundled: one node for each folded room or each place of an open one,
// one arrow for each pair of them.
// Must not know how arrows are bundled.
import { count } from '../model/counted.ts';
import { type GraphModel, isRinged, isUnfenced, portLabels } from './model.ts';

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
  /** Whether every place in it is isolated for ingress: its ring is closed. */
  readonly ringed: boolean;
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
        details: [countOfPlaces(places.length, outside)],
        ringed: isRinged(model, places),
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
    ringed: isRinged(model, [index]),
    places: [index],
  };
}

/** `1 workload`, `12 workloads`, `2 address ranges`. */
export function countOfPlaces(number: number, outside: boolean): string {
  return count(number, outside ? 'address range' : 'workload');
}

/** One arrow for each pair of nodes with a connection between any of their places. */
export function arrowsBetween(model: GraphModel, nodes: readonly DrawnNode[]): readonly DrawnArrow[] {
  const nodeOf = new Map(nodes.flatMap((node) => node.places.map((place) => [place, node] as const)));
  const found = new Map<string, { from: DrawnNode; to: DrawnNode; members: number[] }>();
  for (const [index, arrow] of model.arrows.entries()) {
    const from = nodeOf.get(arrow.from);
    const to = nodeOf.get(arrow.to);
    if (from === undefined || to === undefined || from === to) continue;
    const known = found.get(`${from.id} ${to.id}`);
    if (known) known.members.push(index);
    else found.set(`${from.id} ${to.id}`, { from, to, members: [index] });
  }
  return [...found.values()].map((arrow) => ({
    ...arrow,
    unfenced: arrow.members.every((index) => isUnfenced(model, model.arrows[index])),
  }));
}

/** Several bundles as one. */
export function together(bundles: readonly ArrowBundle[]): ArrowBundle {
  return {
    members: bundles.flatMap(({ members }) => members).sort((a, b) => a - b),
    unfenced: bundles.every(({ unfenced }) => unfenced),
  };
}

/** The ports of a bundle, each as a text. */
export function bundlePorts(model: GraphModel, { members }: ArrowBundle): readonly string[] {
  return portLabels(model, members);
}

/** Equal for bundles that look the same in a picture: the same ports, and the same line. */
export function looks(model: GraphModel, bundle: ArrowBundle): string {
  return `${bundle.unfenced} ${bundlePorts(model, bundle).join(',')}`;
}
