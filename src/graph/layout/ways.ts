// The points through which an arrow leads, from the border of one node to the border of another.
// Must not know its label.
import type { Scene } from '../scene.ts';
import { between, type LayoutBox, type LayoutPoint } from './boxes.ts';
import { passed, passKey } from './columns.ts';

/** The points of an arrow. Where several arrows meet a side of a node, they share it, in the order of their other ends. */
export function wayOf(
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
  const yOf = (node: string) => nodes.get(node)?.y ?? 0;
  const share = (node: string, other: string, box: LayoutBox) => {
    // A line within a column is on the right of both.
    const isRight = (each: string) => (columnOf.get(each) ?? 0) >= (columnOf.get(node) ?? 0);
    // There and back: the same order at both ends of two columns, and one around the other within a column.
    const isBelow = first === last && yOf(node) > yOf(other);
    const rivals = scene.arrows
      .filter((arrow) => (arrow.from === node) !== (arrow.to === node))
      .map((arrow) => ({ id: arrow.id, end: arrow.from === node ? arrow.to : arrow.from }))
      .filter(({ end: each }) => isRight(each) === isRight(other));
    if (isBelow) rivals.reverse();
    rivals.sort((a, b) => yOf(a.end) - yOf(b.end));
    const place = (rivals.findIndex((each) => each.id === id) + 0.5) / Math.max(1, rivals.length);
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

/** How far a line between two nodes of one column goes to the right. */
export const bulge = 36;

/** Whether a piece of a line begins and ends in one column. */
export function isBesideItself(a: LayoutPoint, b: LayoutPoint): boolean {
  return Math.abs(a.x - b.x) < between.columns / 2;
}
