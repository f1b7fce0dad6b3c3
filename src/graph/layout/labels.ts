// The place of each label: on the line of its arrow, and on nothing else as far as there is room.
// Must not know how lines were found.
import type { Scene } from '../scene.ts';
import { type LayoutBox, type LayoutPoint, overlap, textWidth } from './boxes.ts';
import { bulge, isBesideItself } from './ways.ts';

/** Where on a piece of a line a label may be, the best first: near its end, where arrows that share a start are apart. */
const shares = [0.8, 0.66, 0.5, 0.34, 0.2] as const;

/** The place of each label: on its own line, and on no node or other label, as far as there is room. */
export function labelsOf(
  { arrows }: Scene,
  ways: ReadonlyMap<string, readonly LayoutPoint[]>,
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
