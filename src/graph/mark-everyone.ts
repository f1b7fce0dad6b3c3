// Arrows between one node and every namespace become a mark on that node: as arrows, they would cross the whole picture.
// Exact: the mark names every namespace that is an exception.
import { type DrawnArrow, type DrawnMark, type DrawnNode, type End, otherEnd, together } from './drawn.ts';
import type { GraphModel } from './model.ts';

/** With fewer other namespaces, arrows read better than a mark; for arrows that no rule asks for, one is enough. */
const worthMarking = 2;

/** The maximum number of namespaces that are named as exceptions, if there are at least ten others. */
const mostExceptions = 2;

/** The marks, and the remaining arrows. */
export interface Marked {
  readonly arrows: readonly DrawnArrow[];
  readonly marks: readonly DrawnMark[];
}

/**
 * Sources first: a node that is open to everyone counts as reached by a source that reaches all others.
 *
 * @param whole whether the picture contains all arrows of a node, so that it is known whether they are with everyone
 */
export function markEveryone(
  model: GraphModel,
  arrows: readonly DrawnArrow[],
  whole: (node: DrawnNode) => boolean,
): Marked {
  const sources = markEnd(model, 'from', { arrows, whole, covered: new Set() });
  const openToAll = new Set(sources.marks.flatMap(({ node }) => node.room ?? []));
  const targets = markEnd(model, 'to', { arrows: sources.arrows, whole, covered: openToAll });
  return { arrows: targets.arrows, marks: [...sources.marks, ...targets.marks] };
}

interface MarkInput {
  readonly arrows: readonly DrawnArrow[];
  readonly whole: (node: DrawnNode) => boolean;
  /** Rooms that count without an arrow. */
  readonly covered: ReadonlySet<number>;
}

function markEnd(model: GraphModel, end: End, { arrows, whole, covered }: MarkInput): Marked {
  const groups = Map.groupBy(arrows, (arrow) => arrow[otherEnd(end)]);
  const marks: DrawnMark[] = [];
  const marked = new Set<DrawnArrow>();
  for (const [node, group] of groups) {
    const everyone = whole(node) ? everyoneAt(model, node, end, group, covered) : undefined;
    if (everyone === undefined) continue;
    for (const arrow of everyone.arrows) marked.add(arrow);
    const { who, except } = everyone;
    marks.push({ node, end, who, except, ...together(everyone.arrows) });
  }
  return { marks, arrows: arrows.filter((arrow) => !marked.has(arrow)) };
}

/** The part of the arrows at `node` that is with everyone, if any. */
function everyoneAt(
  model: GraphModel,
  node: DrawnNode,
  end: End,
  group: readonly DrawnArrow[],
  covered: ReadonlySet<number>,
): (Pick<DrawnMark, 'who' | 'except'> & { readonly arrows: readonly DrawnArrow[] }) | undefined {
  const byRoom = Map.groupBy(group, (arrow) => arrow[end].room ?? -1);
  const isWhole = (room: number) => speakForRoom(model, room, byRoom.get(room) ?? [], end);
  const rooms = [...model.rooms.keys()];
  const namespaces = rooms.filter((room) => model.rooms[room]?.outside === false);
  const others = namespaces.filter((room) => room !== node.room);
  const whole = others.filter(isWhole);
  const missing = others.filter((room) => !whole.includes(room) && !covered.has(room));
  const isUnasked = whole.every((room) => byRoom.get(room)?.every(({ unfenced }) => unfenced));
  const fewest = isUnasked ? 1 : worthMarking;
  if (whole.length < fewest || missing.length > (others.length >= 10 ? mostExceptions : 0)) return undefined;
  const outside = rooms.filter((room) => !namespaces.includes(room) && isWhole(room));
  const own = (node.room !== undefined && byRoom.get(node.room)) || [];
  return {
    who: outside.length > 0 ? 'everyone' : 'every namespace',
    except: missing.map((room) => model.rooms[room]?.name ?? ''),
    arrows: [
      ...[...whole, ...outside].flatMap((room) => byRoom.get(room) ?? []),
      ...(isWithin(model, node, own, end) ? own : []),
    ],
  };
}

/** Whether these arrows start (or end) at every drawn node of a room. */
function speakForRoom(model: GraphModel, room: number, arrows: readonly DrawnArrow[], end: End): boolean {
  if (arrows.some((arrow) => ['room', 'outside', 'all'].includes(arrow[end].kind))) return true;
  return arrows.length > 0 && arrows.length === model.rooms[room]?.places.length;
}

/** Whether the rest of the node's own room is also with everyone. */
function isWithin(model: GraphModel, node: DrawnNode, arrows: readonly DrawnArrow[], end: End): boolean {
  if (arrows.some((arrow) => arrow[end].kind === 'all')) return true;
  const rest = (model.rooms[node.room ?? -1]?.places.length ?? 0) - node.places.length;
  return arrows.length > 0 && arrows.length === rest;
}
