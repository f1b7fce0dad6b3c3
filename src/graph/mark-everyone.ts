// Arrows between one node and every namespace become a mark on that node: drawn, they would cross the whole picture.
// Exact: a namespace that the mark does not hold for is named in it.
import { type DrawnArrow, type DrawnMark, type DrawnNode, type End, otherEnd, together } from './drawn.ts';
import type { GraphModel } from './model.ts';

/** With fewer other namespaces, arrows read better than a mark; of what nobody asked for, one is enough. */
const worthMarking = 2;

/** This many namespaces may be named as exceptions, where there are at least ten others. */
const mostExceptions = 2;

/** Marks, and the arrows that are left. */
export interface Marked {
  readonly arrows: readonly DrawnArrow[];
  readonly marks: readonly DrawnMark[];
}

/**
 * Sources first: who is open to everyone counts as reached by everyone who reaches all others.
 *
 * @param whole whether the picture holds all arrows of a node, so that it can be said whether they are with everyone
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
  /** Rooms that need no arrow to count. */
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

/** What of the arrows at `node` is with everyone, if anything is. */
function everyoneAt(
  model: GraphModel,
  node: DrawnNode,
  end: End,
  group: readonly DrawnArrow[],
  covered: ReadonlySet<number>,
): (Pick<DrawnMark, 'who' | 'except'> & { readonly arrows: readonly DrawnArrow[] }) | undefined {
  const byRoom = Map.groupBy(group, (arrow) => arrow[end].room ?? -1);
  const isWhole = (room: number) => speakForRoom(model, room, byRoom.get(room) ?? [], end);
  const namespaces = [...model.rooms.keys()].filter((room) => model.rooms[room]?.outside === false);
  const others = namespaces.filter((room) => room !== node.room);
  const whole = others.filter(isWhole);
  const missing = others.filter((room) => !whole.includes(room) && !covered.has(room));
  const isUnasked = whole.every((room) => byRoom.get(room)?.every(({ unfenced }) => unfenced));
  if (
    whole.length < (isUnasked ? 1 : worthMarking) ||
    missing.length > (others.length >= 10 ? mostExceptions : 0)
  )
    return undefined;
  const outside = [...model.rooms.keys()].filter(
    (room) => model.rooms[room]?.outside === true && isWhole(room),
  );
  const inside =
    node.room !== undefined && isWithin(model, node.room, node, byRoom.get(node.room) ?? [], end);
  return {
    who: outside.length > 0 ? 'everyone' : 'every namespace',
    except: missing.map((room) => model.rooms[room]?.name ?? ''),
    arrows: [...whole, ...outside, ...(inside && node.room !== undefined ? [node.room] : [])].flatMap(
      (room) => byRoom.get(room) ?? [],
    ),
  };
}

/** Whether these arrows start (or end) at all that is drawn of a room. */
function speakForRoom(model: GraphModel, room: number, arrows: readonly DrawnArrow[], end: End): boolean {
  if (arrows.some((arrow) => ['room', 'outside', 'all'].includes(arrow[end].kind))) return true;
  return arrows.length > 0 && arrows.length === model.rooms[room]?.places.length;
}

/** Whether the rest of the node's own room is with everyone too. */
function isWithin(
  model: GraphModel,
  room: number,
  node: DrawnNode,
  arrows: readonly DrawnArrow[],
  end: End,
): boolean {
  if (arrows.some((arrow) => arrow[end].kind === 'all')) return true;
  const rest = (model.rooms[room]?.places.length ?? 0) - node.places.length;
  return arrows.length > 0 && arrows.length === rest;
}
