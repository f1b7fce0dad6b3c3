// Lines for pairs that are denied: dashed, with a cross in the middle, over the drawing, which stays as it is.
import type { PageNode } from '../graph/page-format.ts';
import { s } from './dom.ts';
import { centreOf, type Point } from './geometry.ts';

type Gap = readonly [PageNode, PageNode];

/** Draws one line for each pair of nodes, whether one direction is denied or both. */
export function drawGaps(
  svg: SVGSVGElement,
  gaps: readonly Gap[],
  select: (from: PageNode, to: PageNode) => void,
): void {
  const layer = s('g', { class: 'gaps' });
  const drawn = new Set<string>();
  for (const [from, to] of gaps) {
    if (drawn.has(`${to.id} ${from.id}`)) continue;
    drawn.add(`${from.id} ${to.id}`);
    const both = gaps.some(([other, back]) => other === to && back === from);
    const line = lineOf(svg, from, to, both);
    if (line === undefined) continue;
    line.addEventListener('click', () => select(from, to));
    layer.append(line);
  }
  svg.querySelector('.graph')?.append(layer);
}

function lineOf(svg: SVGSVGElement, from: PageNode, to: PageNode, both: boolean): SVGGElement | undefined {
  const [start, end] = [boxOf(svg, from.id), boxOf(svg, to.id)];
  if (start === undefined || end === undefined) return undefined;
  const { a, middle, b } = bowBetween(start, end);
  const cross = { x: (a.x + b.x) / 4 + middle.x / 2, y: (a.y + b.y) / 4 + middle.y / 2 };
  const curve = `M${a.x} ${a.y}Q${middle.x} ${middle.y} ${b.x} ${b.y}`;
  return s(
    'g',
    { class: 'gap' },
    s('path', { class: 'hit', d: curve }),
    s('path', { class: 'line', d: curve }),
    ...(both ? [headAt(a, middle)] : []),
    headAt(b, middle),
    s('path', { class: 'cross', d: `M${cross.x - 4.5} ${cross.y - 4.5}l9 9m0 -9l-9 9` }),
  );
}

/** From box to box through `middle`: around anything between them if one is right above or beside the other. */
function bowBetween(start: DOMRect, end: DOMRect): Readonly<Record<'a' | 'middle' | 'b', Point>> {
  const [from, to] = [centreOf(start), centreOf(end)];
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  if (start.left < end.right && end.left < start.right) {
    const isAbove = from.y < to.y;
    const [a, b] = [sidePoint(start, isAbove), sidePoint(end, !isAbove)];
    return { a, b, middle: { x: Math.min(a.x, b.x) - 20 - length * 0.22, y: (a.y + b.y) / 2 } };
  }
  if (start.top < end.bottom && end.top < start.bottom && length > 300) {
    const [a, b] = [bottomOf(start), bottomOf(end)];
    return { a, b, middle: { x: (a.x + b.x) / 2, y: Math.max(a.y, b.y) + 20 + length * 0.1 } };
  }
  const [a, b] = [edgePoint(start, to), edgePoint(end, from)];
  const bend = Math.min(length * 0.12, 40) / length;
  return {
    a,
    b,
    middle: { x: (a.x + b.x) / 2 - (b.y - a.y) * bend, y: (a.y + b.y) / 2 + (b.x - a.x) * bend },
  };
}

function boxOf(svg: SVGSVGElement, id: string): DOMRect | undefined {
  const part = svg.querySelector(`#${CSS.escape(id)}`);
  // Browsers return an SVGRect here, which lacks `left` and similar properties.
  return part instanceof SVGGElement ? DOMRect.fromRect(part.getBBox()) : undefined;
}

function bottomOf(box: DOMRect): Point {
  return { x: centreOf(box).x, y: box.bottom };
}

/** On the left side, away from its middle, where arrows end. */
function sidePoint({ left, top, height }: DOMRect, isLow: boolean): Point {
  return { x: left, y: top + height * (isLow ? 0.75 : 0.25) };
}

/** Where the line from the centre of the box to a point crosses its border. */
function edgePoint(box: DOMRect, to: Point): Point {
  const centre = centreOf(box);
  const [x, y] = [to.x - centre.x, to.y - centre.y];
  const share = Math.min(box.width / 2 / (Math.abs(x) || 0.001), box.height / 2 / (Math.abs(y) || 0.001), 1);
  return { x: centre.x + x * share, y: centre.y + y * share };
}

/** An open head at the end of a line that comes from `from`. */
function headAt(tip: Point, from: Point): SVGPathElement {
  const angle = Math.atan2(tip.y - from.y, tip.x - from.x);
  const wing = (turn: number) =>
    `${tip.x - 9 * Math.cos(angle + turn)} ${tip.y - 9 * Math.sin(angle + turn)}`;
  return s('path', { class: 'tip', d: `M${wing(0.45)}L${tip.x} ${tip.y}L${wing(-0.45)}` });
}
