// Boxes of a layout: how large a text makes one, what surrounds several, and rows of them.
// Must not know what a box stands for.

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

/** How large something is. */
export type BoxSize = Pick<LayoutBox, 'width' | 'height'>;

/** The width of one character: of a first line, and of the others. */
export const textWidth = { first: 8.6, other: 6.8 } as const;
const lineHeight = { first: 20, other: 15 } as const;
const padding = { x: 14, y: 9 } as const;

/** Distances between columns, between the nodes of a column, and between nodes without arrows. */
export const between = { columns: 112, nodes: 16, lone: 14 } as const;

/** Between the border of a room and its nodes. */
export const roomPadding = 22;

/** The size of a part with these lines of text. */
export function sizeOf(lines: readonly string[], cut: (line: string) => string): BoxSize {
  const widths = lines.map(
    (line, index) => [...cut(line)].length * (index === 0 ? textWidth.first : textWidth.other),
  );
  return {
    width: Math.ceil(Math.max(40, ...widths) + 2 * padding.x),
    height: lineHeight.first + (lines.length - 1) * lineHeight.other + 2 * padding.y,
  };
}

/** The lowest border; 0 without boxes. */
export function bottomOf(boxes: readonly LayoutBox[]): number {
  return Math.max(0, ...boxes.map(({ y, height }) => y + height));
}

/** Puts boxes into rows as wide as an area, from its upper left corner down. */
export function fillRows(
  items: readonly ({ readonly id: string } & BoxSize)[],
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

/** The room around its nodes, below its header. */
export function around(boxes: readonly LayoutBox[], header: BoxSize): LayoutBox {
  const left = Math.min(...boxes.map(({ x }) => x)) - roomPadding;
  const top = Math.min(...boxes.map(({ y }) => y)) - header.height - 4;
  const right = Math.max(left + header.width, ...boxes.map(({ x, width }) => x + width + roomPadding));
  return { x: left, y: top, width: right - left, height: bottomOf(boxes) + roomPadding - top };
}

/** A box with a margin. */
export function grown({ x, y, width, height }: LayoutBox, by: number): LayoutBox {
  return { x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by };
}

/** Whether two boxes have any area in common. */
export function overlap(a: LayoutBox, b: LayoutBox): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
