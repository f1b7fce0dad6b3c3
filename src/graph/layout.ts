// Places the nodes and arrows of a picture of one open room: in columns from left to right, as arrows lead, with the room around
// its own nodes. For pictures that a page makes when they are first looked at, without Graphviz.
// Must not know how anything is drawn.
import { linesOf, type OpenRoom, type Scene, type SceneNode } from './scene.ts';

/** A rectangle, by its upper left corner. */
export interface LayoutBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A point of a line. */
export interface LayoutPoint {
  readonly x: number;
  readonly y: number;
}

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

const textWidth = { first: 8.6, other: 6.8 } as const;
const lineHeight = { first: 20, other: 15 } as const;
const padding = { x: 14, y: 9 } as const;
const between = { columns: 112, nodes: 16, lone: 14 } as const;
const roomPadding = 22;
const edgeOfPage = 24;
/** An outer column with more nodes than this is split. */
const tallest = 14;
const sweeps = 6;

/** The size of a part with these lines of text. */
function sizeOf(
  lines: readonly string[],
  cut: (line: string) => string,
): Pick<LayoutBox, 'width' | 'height'> {
  const widths = lines.map(
    (line, index) => [...cut(line)].length * (index === 0 ? textWidth.first : textWidth.other),
  );
  return {
    width: Math.ceil(Math.max(40, ...widths) + 2 * padding.x),
    height: lineHeight.first + (lines.length - 1) * lineHeight.other + 2 * padding.y,
  };
}

/** A node of a column; one without a scene node is where a long arrow passes. */
interface Cell {
  readonly key: string;
  readonly width: number;
  readonly height: number;
  y: number;
}

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
  const columns = cellsOf(scene, columnOf, sizes);
  const links = linksOf(scene, columnOf);
  arrange(columns, links);
  const placed = coordinates(columns, innerColumns(columnOf, inner));
  const lone = nodes.filter(({ id }) => !busy.has(id));
  return assemble({ scene, room, inner, sizes, cut, placed, lone, columnOf });
}

/** The column of each busy node: outer sources on the left, the room by the longest way from a source, outer targets on the right. */
function columnsOf(
  { arrows }: Scene,
  inner: ReadonlySet<string>,
  nodes: readonly SceneNode[],
): ReadonlyMap<string, number> {
  const within = arrows.filter(({ from, to }) => inner.has(from) && inner.has(to));
  const depth = depthsOf(
    nodes.map(({ id }) => id).filter((id) => inner.has(id)),
    within,
  );
  const outer = nodes.filter(({ id }) => !inner.has(id));
  const leads = (id: string) => {
    const out = arrows.filter(({ from }) => from === id).length;
    return out >= arrows.filter(({ to }) => to === id).length;
  };
  const left = outer.filter(({ id }) => leads(id));
  const right = outer.filter(({ id }) => !leads(id));
  const leftColumns = Math.ceil(left.length / tallest);
  const deepest = Math.max(-1, ...depth.values());
  const split = (side: readonly SceneNode[], first: number) => {
    const perColumn = Math.ceil(side.length / Math.max(1, Math.ceil(side.length / tallest)));
    return side.map(({ id }, index) => [id, first + Math.floor(index / perColumn)] as const);
  };
  return new Map([
    ...split(left, 0),
    ...[...depth].map(([id, column]) => [id, leftColumns + column] as const),
    ...split(right, leftColumns + deepest + 1),
  ]);
}

/** The longest way from a node that nothing leads to; arrows that close a circle do not count. */
function depthsOf(ids: readonly string[], arrows: Scene['arrows']): ReadonlyMap<string, number> {
  const out = Map.groupBy(arrows, ({ from }) => from);
  const depth = new Map(ids.map((id) => [id, 0]));
  const finished: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const forward = new Map<string, string[]>();
  const visit = (id: string): void => {
    state.set(id, 'open');
    for (const { to } of out.get(id) ?? []) {
      if (state.get(to) === 'open') continue;
      forward.set(id, [...(forward.get(id) ?? []), to]);
      if (!state.has(to)) visit(to);
    }
    state.set(id, 'done');
    finished.unshift(id);
  };
  for (const id of ids) if (!state.has(id)) visit(id);
  for (const id of finished) {
    for (const to of forward.get(id) ?? [])
      depth.set(to, Math.max(depth.get(to) ?? 0, (depth.get(id) ?? 0) + 1));
  }
  return depth;
}

function passKey(arrow: string, column: number): string {
  return `${arrow} ${column}`;
}

/** The columns between those of the two ends of an arrow. */
function passed(from: number, to: number): readonly number[] {
  const [low, high] = from < to ? [from, to] : [to, from];
  const columns = Array.from({ length: Math.max(0, high - low - 1) }, (_, index) => low + 1 + index);
  return from < to ? columns : columns.reverse();
}

function cellsOf(
  { arrows }: Scene,
  columnOf: ReadonlyMap<string, number>,
  sizes: ReadonlyMap<string, Pick<LayoutBox, 'width' | 'height'>>,
): readonly Cell[][] {
  const columns: Cell[][] = Array.from({ length: Math.max(-1, ...columnOf.values()) + 1 }, () => []);
  for (const [id, column] of columnOf) {
    const { width, height } = sizes.get(id) ?? { width: 0, height: 0 };
    columns[column]?.push({ key: id, width, height, y: 0 });
  }
  for (const { id, from, to } of arrows) {
    for (const column of passed(columnOf.get(from) ?? 0, columnOf.get(to) ?? 0))
      columns[column]?.push({ key: passKey(id, column), width: 0, height: 10, y: 0 });
  }
  return columns;
}

/** Pairs of cells in neighbouring columns, or in the same one, that an arrow connects. */
function linksOf(
  { arrows }: Scene,
  columnOf: ReadonlyMap<string, number>,
): ReadonlyMap<string, readonly string[]> {
  const links = new Map<string, string[]>();
  const link = (a: string, b: string) => {
    links.set(a, [...(links.get(a) ?? []), b]);
    links.set(b, [...(links.get(b) ?? []), a]);
  };
  for (const { id, from, to } of arrows) {
    const way = [
      from,
      ...passed(columnOf.get(from) ?? 0, columnOf.get(to) ?? 0).map((column) => passKey(id, column)),
      to,
    ];
    for (const [index, key] of way.entries()) {
      const next = way[index + 1];
      if (next !== undefined) link(key, next);
    }
  }
  return links;
}

/** Orders each column by the middle of what its cells are connected with, to and fro; then moves cells towards it. */
function arrange(columns: readonly Cell[][], links: ReadonlyMap<string, readonly string[]>): void {
  const cells = new Map(columns.flat().map((cell) => [cell.key, cell]));
  const stack = (column: readonly Cell[]) => {
    let y = 0;
    for (const cell of column) {
      cell.y = y;
      y += cell.height + between.nodes;
    }
    for (const cell of column) cell.y -= y / 2;
  };
  const middle = (cell: Cell) => {
    const others = (links.get(cell.key) ?? []).flatMap((key) => cells.get(key) ?? []);
    const centres = others.map(({ y, height }) => y + height / 2);
    return centres.length === 0
      ? cell.y + cell.height / 2
      : centres.reduce((sum, centre) => sum + centre, 0) / centres.length;
  };
  columns.forEach(stack);
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    for (const column of sweep % 2 === 0 ? columns : columns.toReversed()) {
      const wanted = new Map(column.map((cell) => [cell, middle(cell)]));
      column.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
      settle(column, wanted);
    }
  }
}

/** Moves cells to where they want to be, as far as the others leave room: groups that touch share the difference. */
function settle(column: readonly Cell[], wanted: ReadonlyMap<Cell, number>): void {
  interface Block {
    readonly cells: readonly Cell[];
    readonly height: number;
    readonly top: number;
  }
  const blocks: Block[] = [];
  const topOf = (cells: readonly Cell[]) => {
    let offset = 0;
    let sum = 0;
    for (const cell of cells) {
      sum += (wanted.get(cell) ?? 0) - offset - cell.height / 2;
      offset += cell.height + between.nodes;
    }
    return sum / cells.length;
  };
  for (const cell of column) {
    let block: Block = { cells: [cell], height: cell.height + between.nodes, top: topOf([cell]) };
    for (
      let before = blocks.at(-1);
      before !== undefined && before.top + before.height > block.top;
      before = blocks.at(-1)
    ) {
      blocks.pop();
      const cells = [...before.cells, ...block.cells];
      block = { cells, height: before.height + block.height, top: topOf(cells) };
    }
    blocks.push(block);
  }
  for (const { cells, top } of blocks) {
    let y = top;
    for (const cell of cells) {
      cell.y = y;
      y += cell.height + between.nodes;
    }
  }
}

function innerColumns(
  columnOf: ReadonlyMap<string, number>,
  inner: ReadonlySet<string>,
): ReadonlySet<number> {
  return new Set([...columnOf].filter(([id]) => inner.has(id)).map(([, column]) => column));
}

interface Placed {
  readonly boxes: ReadonlyMap<string, LayoutBox>;
  readonly right: number;
}

/** Gives each column its place from left to right; the border of the room needs some more between the columns. */
function coordinates(columns: readonly Cell[][], inner: ReadonlySet<number>): Placed {
  const boxes = new Map<string, LayoutBox>();
  let x = 0;
  let right = 0;
  for (const [index, column] of columns.entries()) {
    const width = Math.max(0, ...column.map((cell) => cell.width));
    for (const { key, y, height, ...cell } of column) {
      const own = cell.width === 0 ? width : cell.width;
      boxes.set(key, { x: x + (width - own) / 2, y, width: own, height });
    }
    right = x + width;
    x = right + between.columns + (inner.has(index) === inner.has(index + 1) ? 0 : roomPadding);
  }
  return { boxes, right };
}

interface Parts {
  readonly scene: Scene;
  readonly room: OpenRoom | undefined;
  readonly inner: ReadonlySet<string>;
  readonly sizes: ReadonlyMap<string, Pick<LayoutBox, 'width' | 'height'>>;
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
  placeRows(
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
  placeRows(
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

function bottomOf(boxes: readonly LayoutBox[]): number {
  return Math.max(0, ...boxes.map(({ y, height }) => y + height));
}

function placeRows(
  items: readonly ({ readonly id: string } & Pick<LayoutBox, 'width' | 'height'>)[],
  area: Pick<LayoutBox, 'x' | 'y' | 'width'>,
  nodes: Map<string, LayoutBox>,
): void {
  let { x, y } = area;
  let row = 0;
  for (const { id, width, height } of items) {
    if (x > area.x && x + width > area.x + area.width) {
      x = area.x;
      y += row + between.lone;
      row = 0;
    }
    nodes.set(id, { x, y, width, height });
    x += width + between.lone;
    row = Math.max(row, height);
  }
}

function around(boxes: readonly LayoutBox[], header: Pick<LayoutBox, 'width' | 'height'>): LayoutBox {
  const left = Math.min(...boxes.map(({ x }) => x)) - roomPadding;
  const top = Math.min(...boxes.map(({ y }) => y)) - header.height - 4;
  const right = Math.max(left + header.width, ...boxes.map(({ x, width }) => x + width + roomPadding));
  return { x: left, y: top, width: right - left, height: bottomOf(boxes) + roomPadding - top };
}

function grown({ x, y, width, height }: LayoutBox, by: number): LayoutBox {
  return { x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by };
}

/** The points of an arrow. Where several arrows meet a side of a node, they share it, in the order of their other ends. */
function wayOf(
  { id, from, to }: { readonly id: string; readonly from: string; readonly to: string },
  nodes: ReadonlyMap<string, LayoutBox>,
  boxes: ReadonlyMap<string, LayoutBox>,
  columnOf: ReadonlyMap<string, number>,
  scene: Scene,
): readonly LayoutPoint[] {
  const [start, end] = [nodes.get(from), nodes.get(to)];
  if (start === undefined || end === undefined) return [];
  if (from === to) {
    const x = start.x + start.width;
    return [0.3, 0.7].map((share) => ({ x, y: start.y + start.height * share }));
  }
  const [first, last] = [columnOf.get(from) ?? 0, columnOf.get(to) ?? 0];
  const isForward = last > first;
  const share = (node: string, other: string, box: LayoutBox) => {
    const rivals = scene.arrows
      .filter((arrow) => arrow.from === node || arrow.to === node)
      .map((arrow) => (arrow.from === node ? arrow.to : arrow.from))
      .filter(
        (each) =>
          (columnOf.get(each) ?? 0) > (columnOf.get(node) ?? 0) ===
          (columnOf.get(other) ?? 0) > (columnOf.get(node) ?? 0),
      )
      .sort((a, b) => (nodes.get(a)?.y ?? 0) - (nodes.get(b)?.y ?? 0));
    const place = (rivals.indexOf(other) + 0.5) / Math.max(1, rivals.length);
    return box.y + box.height * (0.1 + 0.8 * place);
  };
  const middle = passed(first, last).flatMap((column) => {
    const box = boxes.get(passKey(id, column));
    if (box === undefined) return [];
    const y = box.y + box.height / 2;
    const ends = [
      { x: box.x, y },
      { x: box.x + box.width, y },
    ];
    return isForward ? ends : ends.reverse();
  });
  const startX = last < first ? start.x : start.x + start.width;
  const endX = isForward ? end.x : end.x + end.width;
  return [{ x: startX, y: share(from, to, start) }, ...middle, { x: endX, y: share(to, from, end) }];
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

/** How far a line between two nodes of one column goes to the right. */
export const bulge = 36;

/** Whether a piece of a line begins and ends in one column. */
export function isBesideItself(a: LayoutPoint, b: LayoutPoint): boolean {
  return Math.abs(a.x - b.x) < between.columns / 2;
}

/** Where on a piece of a line a label may be, the best first: near its end, where arrows that share a start are apart. */
const shares = [0.8, 0.66, 0.5, 0.34, 0.2] as const;

/** The place of each label: on its own line, and on no node or other label, as far as there is room. */
function labelsOf(
  { arrows }: Scene,
  ways: Layout['arrows'],
  nodes: readonly LayoutBox[],
): ReadonlyMap<string, LayoutPoint> {
  const taken = [...nodes];
  const labels = new Map<string, LayoutPoint>();
  for (const { id, from, to, label } of arrows) {
    const points = ways.get(id) ?? [];
    const out = arrows.filter((arrow) => arrow.from === from).length;
    const into = arrows.filter((arrow) => arrow.to === to).length;
    const pieces = points.slice(1).map((end, index) => [points[index] ?? end, end] as const);
    const width = label.length * textWidth.other;
    const onLine = pieces
      .toReversed()
      .flatMap(([a, b]) =>
        isBesideItself(a, b)
          ? [{ x: a.x + bulge + width / 2, y: (a.y + b.y) / 2 + 4 }]
          : shares.map((share) => pointOn(a, b, share)),
      );
    if (out < into) onLine.reverse();
    const places = [0, 15, -12].flatMap((by) => onLine.map(({ x, y }) => ({ x, y: y + by })));
    const boxOf = ({ x, y }: LayoutPoint) => ({ x: x - width / 2, y: y - 10, width, height: 12 });
    const place = places.find((each) => taken.every((box) => !overlap(box, boxOf(each)))) ?? places[0];
    if (place === undefined) continue;
    taken.push(boxOf(place));
    labels.set(id, place);
  }
  return labels;
}

/** A line leaves and arrives horizontally; a label stands just above it. */
function pointOn(a: LayoutPoint, b: LayoutPoint, share: number): LayoutPoint {
  const height = share * share * (3 - 2 * share);
  return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * height - 3 };
}

function overlap(a: LayoutBox, b: LayoutBox): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
