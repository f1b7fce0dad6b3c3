// Places the nodes and arrows of a picture of one open room: in columns from left to right, as arrows lead, with the room around
// its own nodes. For pictures that a page makes when they are first looked at, without Graphviz.
// Must not know how anything is drawn.
import { linesOf, type OpenRoom, type Scene, type SceneNode } from '../scene.ts';
import {
  around,
  type BoxSize,
  between,
  bottomOf,
  fillRows,
  grown,
  type LayoutBox,
  type LayoutPoint,
  sizeOf,
} from './boxes.ts';
import { type Placed, placeColumns } from './column-order.ts';
import { columnsOf } from './columns.ts';
import { labelsOf } from './labels.ts';
import { wayOf } from './ways.ts';

/** Where everything is. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** By the ids of nodes. */
  readonly nodes: ReadonlyMap<string, LayoutBox>;
  /** The open room. */
  readonly room: LayoutBox | undefined;
  /** By the ids of arrows: points from border to border, through which a line goes horizontally. */
  readonly arrows: ReadonlyMap<string, readonly LayoutPoint[]>;
  /** By the ids of arrows: the middles of the base lines of their labels. */
  readonly labels: ReadonlyMap<string, LayoutPoint>;
}

const edgeOfPage = 24;

/** Lays a picture out. @param cut how texts are shortened */
export function layoutOf(scene: Scene, cut: (line: string) => string): Layout {
  const [room] = scene.openRooms;
  const inner = new Set(room?.nodes.map(({ id }) => id) ?? []);
  const busy = new Set(scene.arrows.flatMap(({ from, to }) => [from, to]));
  const nodes = [...(room?.nodes ?? []), ...scene.nodes];
  const sizes = new Map(nodes.map((node) => [node.id, sizeOf(linesOf(node), cut)]));
  const columnOf = columnsOf(
    scene,
    inner,
    nodes.filter(({ id }) => busy.has(id)),
  );
  const placed = placeColumns({ scene, inner, sizes, columnOf });
  const lone = nodes.filter(({ id }) => !busy.has(id));
  return assemble({ scene, room, inner, sizes, cut, placed, lone, columnOf });
}

interface Parts {
  readonly scene: Scene;
  readonly room: OpenRoom | undefined;
  readonly inner: ReadonlySet<string>;
  readonly sizes: ReadonlyMap<string, BoxSize>;
  readonly cut: (line: string) => string;
  readonly placed: Placed;
  readonly lone: readonly SceneNode[];
  readonly columnOf: ReadonlyMap<string, number>;
}

function assemble({ scene, room, inner, sizes, cut, placed, lone, columnOf }: Parts): Layout {
  const nodes = new Map([...placed.boxes].filter(([key]) => columnOf.has(key)));
  const own = [...nodes].flatMap(([id, box]) => (inner.has(id) ? [box] : []));
  const passing = [...placed.boxes].filter(([key]) => !columnOf.has(key)).map(([, box]) => box);
  const header = room === undefined ? { width: 0, height: 0 } : sizeOf(linesOf(room), cut);
  // Nodes without arrows are in rows below the others.
  const start =
    own.length === 0
      ? { x: 0, y: 0 }
      : { x: Math.min(...own.map(({ x }) => x)), y: bottomOf(own) + between.nodes };
  const wide = Math.max(
    own.length === 0 ? 0 : Math.max(...own.map(({ x, width }) => x + width)) - start.x,
    520,
  );
  fillRows(
    lone
      .filter(({ id }) => inner.has(id))
      .map(({ id }) => ({ id, ...(sizes.get(id) ?? { width: 0, height: 0 }) })),
    { ...start, width: wide },
    nodes,
  );
  const insiders = [...nodes].flatMap(([id, box]) => (inner.has(id) ? [box] : []));
  const border = room === undefined || insiders.length === 0 ? undefined : around(insiders, header);
  if (border !== undefined) clearRight(nodes, border, { inner, columnOf });
  const outsiders = lone.filter(({ id }) => !inner.has(id));
  const below = bottomOf([...nodes.values(), ...(border === undefined ? [] : [border])]) + 3 * between.nodes;
  fillRows(
    outsiders.map(({ id }) => ({ id, ...(sizes.get(id) ?? { width: 0, height: 0 }) })),
    { x: border?.x ?? 0, y: below, width: Math.max(border?.width ?? 0, 520) },
    nodes,
  );
  return shifted({
    scene,
    nodes,
    room: border,
    arrows: new Map(
      scene.arrows.map(({ id, from, to }) => [
        id,
        wayOf({ id, from, to }, nodes, placed.boxes, columnOf, scene),
      ]),
    ),
    all: [...nodes.values(), ...passing, ...(border === undefined ? [] : [grown(border, 8)])],
  });
}

/** The room may be wider than its columns: what follows on the right gives way. */
function clearRight(
  nodes: Map<string, LayoutBox>,
  border: LayoutBox,
  { inner, columnOf }: Pick<Parts, 'inner' | 'columnOf'>,
): void {
  const last = Math.max(-1, ...[...columnOf].map(([id, column]) => (inner.has(id) ? column : -1)));
  const behind = [...nodes].filter(([id]) => !inner.has(id) && (columnOf.get(id) ?? -1) > last);
  const by = border.x + border.width + between.columns / 2 - Math.min(...behind.map(([, { x }]) => x));
  if (behind.length === 0 || by <= 0) return;
  for (const [id, box] of behind) nodes.set(id, { ...box, x: box.x + by });
}

/** Moves everything so that it begins at the upper left corner. */
function shifted({
  nodes,
  room,
  arrows,
  all,
  scene,
}: Pick<Layout, 'nodes' | 'room' | 'arrows'> & {
  readonly all: readonly LayoutBox[];
  readonly scene: Scene;
}): Layout {
  const left = Math.min(0, ...all.map(({ x }) => x)) - edgeOfPage;
  const top = Math.min(...all.map(({ y }) => y), Number.POSITIVE_INFINITY) - edgeOfPage;
  const y0 = Number.isFinite(top) ? top : 0;
  const move = <T extends LayoutPoint>(point: T): T => ({ ...point, x: point.x - left, y: point.y - y0 });
  const ways = new Map([...arrows].map(([id, points]) => [id, points.map(move)]));
  const boxes = new Map([...nodes].map(([id, box]) => [id, move(box)]));
  return {
    labels: labelsOf(scene, ways, [...boxes.values()]),
    width: Math.max(0, ...all.map(({ x, width }) => x + width)) - left + edgeOfPage,
    height: bottomOf(all.map((box) => ({ ...box, y: box.y - y0 }))) + edgeOfPage,
    nodes: boxes,
    room: room && move(room),
    arrows: ways,
  };
}
