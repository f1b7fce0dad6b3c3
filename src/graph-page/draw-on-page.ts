// Draws a picture that was not drawn beforehand, with the same elements, ids and classes as the drawings that were.
// Must not know where things are placed, nor what is selected.
import { shown } from '../graph/escape.ts';
import type { LayoutBox, LayoutPoint } from '../graph/layout/boxes.ts';
import { type Layout, layoutOf } from '../graph/layout/layout.ts';
import { bulge, isBesideItself } from '../graph/layout/ways.ts';
import {
  linesOf,
  looksOf,
  type OpenRoom,
  type Scene,
  type SceneArrow,
  type SceneNode,
  titlesOf,
} from '../graph/scene.ts';
import { s } from './dom.ts';

const corner = 10;
const head = { length: 9, half: 3.6 } as const;

/** The drawing of a scene. */
export function drawOnPage(scene: Scene): SVGSVGElement {
  const layout = layoutOf(scene, shown);
  const titles = titlesOf(scene);
  const nodes = [...scene.openRooms.flatMap((room) => room.nodes), ...scene.nodes];
  const graph = s(
    'g',
    { class: 'graph' },
    ...scene.openRooms.flatMap((room) => roomParts(room, layout.room)),
    ...scene.arrows.map((arrow) => arrowPart(arrow, layout, titles.get(arrow.id))),
    ...nodes.flatMap((node) => nodePart(node, layout.nodes.get(node.id))),
  );
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'drawing');
  svg.setAttribute('viewBox', `0 0 ${layout.width} ${layout.height}`);
  svg.append(graph);
  return svg;
}

function roomParts(room: OpenRoom, box: LayoutBox | undefined): readonly SVGElement[] {
  if (box === undefined) return [];
  const looks = looksOf(room);
  const ring = s('g', { class: `cluster ring ${looks}` }, outline(box, 6));
  const open = s(
    'g',
    { id: `room${room.room}`, class: `cluster open ${looks}` },
    title(room.name),
    outline(box, 0),
    ...texts(linesOf(room), box),
  );
  return room.ring === 'open' || room.outside ? [open] : [ring, open];
}

function nodePart(node: SceneNode, box: LayoutBox | undefined): readonly SVGElement[] {
  if (box === undefined) return [];
  const isRing = node.kind === 'room' && node.ring !== 'open';
  return [
    s(
      'g',
      { id: node.id, class: `node ${node.kind} ${looksOf(node)}` },
      title(node.name),
      ...(isRing ? [outline(box, 4)] : []),
      outline(box, 0),
      ...texts(linesOf(node), box),
    ),
  ];
}

function title(text: string): SVGElement {
  const element = s('title', {});
  element.textContent = text;
  return element;
}

function texts(lines: readonly string[], { x, y }: LayoutBox): readonly SVGElement[] {
  return lines.map((line, index) => {
    const element = s('text', {
      x: `${x + 14}`,
      y: `${y + (index === 0 ? 24 : 24 + index * 15)}`,
      'font-size': index === 0 ? '14.00' : '11.00',
    });
    element.textContent = shown(line);
    return element;
  });
}

/** A box with round corners, as a path: that is what the style sheet of a drawing formats. */
function outline(box: LayoutBox, by: number): SVGElement {
  const [x, y, width, height] = [box.x - by, box.y - by, box.width + 2 * by, box.height + 2 * by];
  const r = Math.min(corner + by / 2, height / 2);
  const arc = (dx: number, dy: number) => `a${r} ${r} 0 0 1 ${dx} ${dy}`;
  return s('path', {
    d: `M${x + r} ${y}h${width - 2 * r}${arc(r, r)}v${height - 2 * r}${arc(-r, r)}h${2 * r - width}${arc(-r, -r)}v${2 * r - height}${arc(r, -r)}z`,
  });
}

function arrowPart({ id, label, unfenced }: SceneArrow, layout: Layout, name = ''): SVGElement {
  const points = layout.arrows.get(id) ?? [];
  const group = s('g', { id, class: `edge ${unfenced ? 'unfenced' : 'allowed'}` });
  const [start, end, place] = [points[0], points.at(-1), layout.labels.get(id)];
  if (start === undefined || end === undefined || place === undefined) return group;
  // Between two nodes of one column, a line leaves and enters on the right.
  const tip = { x: end.x + (end.x <= start.x ? head.length : -head.length), y: end.y };
  const text = s('text', {
    x: `${place.x}`,
    y: `${place.y}`,
    'font-size': '11.00',
    'text-anchor': 'middle',
  });
  text.textContent = label;
  const wings = `${tip.x},${tip.y - head.half} ${end.x},${end.y} ${tip.x},${tip.y + head.half}`;
  group.append(
    title(name),
    s('path', { d: curve([...points.slice(0, -1), unfenced ? end : tip]) }),
    unfenced ? s('polyline', { points: wings }) : s('polygon', { points: wings }),
    text,
  );
  return group;
}

/** Through all points, horizontally at each of them. */
function curve(points: readonly LayoutPoint[]): string {
  const [first] = points;
  if (first === undefined) return '';
  const parts = points.slice(1).map((to, index) => {
    const from = points[index] ?? to;
    const bend = (to.x - from.x) / 2;
    const isBeside = isBesideItself(from, to) && from.y !== to.y;
    const [out, into] = isBeside ? [bulge * 1.3, bulge * 1.3] : [bend, -bend];
    return `C${from.x + out} ${from.y} ${to.x + into} ${to.y} ${to.x} ${to.y}`;
  });
  return `M${first.x} ${first.y}${parts.join('')}`;
}
