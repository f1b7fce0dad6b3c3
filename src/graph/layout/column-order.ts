// The order of the nodes in each column and where they are, so that arrows are short and cross each other little.
// Must not know which column a node is in, nor how wide the picture becomes.
import type { Scene } from '../scene.ts';
import { type BoxSize, between, type LayoutBox, roomPadding } from './boxes.ts';
import { passed, passKey } from './columns.ts';

const sweeps = 6;

/** A node of a column; one without a scene node is where a long arrow passes. */
interface Cell {
  readonly key: string;
  readonly width: number;
  readonly height: number;
  y: number;
}

/** The columns of a picture. */
export interface Columns {
  readonly scene: Scene;
  /** The nodes of the open room. */
  readonly inner: ReadonlySet<string>;
  readonly sizes: ReadonlyMap<string, BoxSize>;
  readonly columnOf: ReadonlyMap<string, number>;
}

/** Where nodes are, and where arrows pass. */
export interface Placed {
  readonly boxes: ReadonlyMap<string, LayoutBox>;
  readonly right: number;
}

/** Places everything that is in a column. */
export function placeColumns({ scene, inner, sizes, columnOf }: Columns): Placed {
  const columns = cellsOf(scene, columnOf, sizes);
  arrange(columns, linksOf(scene, columnOf));
  return coordinates(columns, innerColumns(columnOf, inner));
}

function cellsOf(
  { arrows }: Scene,
  columnOf: ReadonlyMap<string, number>,
  sizes: ReadonlyMap<string, BoxSize>,
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
