// The visible part of the drawing: zoom with the wheel, by pinching or by keys, pan by dragging. It changes the `viewBox`.
// Must not know what is drawn.
import { type Box, centreOf, type Point } from './geometry.ts';

/** The maximum number of pixels for one unit of a drawing. */
const closest = 2.5;

/** Pixels between what is shown and the border. */
const margin = 16;
const distance = 24;

/** Below this, names can't be read: then a part of the drawing is shown first. */
const readable = 0.72;

/** A view of one drawing at a time. */
export class Camera {
  readonly #canvas: HTMLElement;
  readonly #pointers = new Map<number, Point>();
  #svg: SVGSVGElement | undefined;
  #whole: Box = { x: 0, y: 0, width: 1, height: 1 };
  #seen: Box = this.#whole;
  /** Pixels for one unit of the drawing. */
  #scale = 1;
  #isWhole = true;
  #dragged = 0;

  readonly #legend: HTMLElement;

  /** @param legend what may cover the bottom of the canvas */
  constructor(canvas: HTMLElement, legend: HTMLElement) {
    this.#canvas = canvas;
    this.#legend = legend;
    canvas.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false });
    canvas.addEventListener('pointerdown', (event) => this.#onDown(event));
    canvas.addEventListener('pointermove', (event) => this.#onMove(event));
    for (const end of ['pointerup', 'pointercancel'] as const) {
      canvas.addEventListener(end, (event) => this.#pointers.delete(event.pointerId));
    }
    new ResizeObserver(() => this.#resize()).observe(canvas);
  }

  /** Whether the pointer has just dragged, so that its click has no meaning. */
  get hasDragged(): boolean {
    return this.#dragged > 4;
  }

  /** Shows another drawing: all of it, unless its names could not be read; then its main part, from the upper left corner if even that is too large. */
  show(svg: SVGSVGElement, main: Element = svg): void {
    const { x, y, width, height } = svg.viewBox.baseVal;
    this.#svg = svg;
    this.#whole = { x, y, width, height };
    this.fit();
    if (this.#scale < readable) this.#lookAt(main.getBoundingClientRect());
  }

  /** Shows a box of the screen at a size that can be read. */
  #lookAt(box: DOMRect): void {
    const { left, top } = this.#canvas.getBoundingClientRect();
    const [start, seen, covered] = [this.#seen, this.#size(), this.#covered()];
    const middleOf = (from: number, length: number, room: number) =>
      Math.min(from + length / 2, from + (room / 2 - margin) / readable);
    const corner = {
      x: start.x + (box.left - left) / this.#scale,
      y: start.y + (box.top - top) / this.#scale,
    };
    const middle = middleOf(corner.y, box.height / this.#scale, seen.height - covered);
    this.#look(readable, {
      x: middleOf(corner.x, box.width / this.#scale, seen.width),
      y: middle + covered / 2 / readable,
    });
  }

  /** Pixels at the bottom of the canvas that are not free: on a phone, the legend is below it. */
  #covered(): number {
    const { top } = this.#legend.getBoundingClientRect();
    return Math.max(this.#canvas.getBoundingClientRect().bottom - top, 0);
  }

  /** Shows the whole drawing, as large as possible, but not larger than its natural size. */
  fit(): void {
    const { width, height } = this.#size();
    const covered = this.#covered();
    const scale = Math.min(width / this.#whole.width, (height - covered) / this.#whole.height, 1.3);
    const { x, y } = centreOf(this.#whole);
    this.#look(scale, { x, y: y + covered / 2 / scale });
    this.#isWhole = true;
  }

  /** @param factor above 1 zooms in */
  zoom(factor: number, at?: Point): void {
    const { width, height } = this.#size();
    const scale = this.#scale;
    const { left, top } = this.#canvas.getBoundingClientRect();
    const point = at === undefined ? { x: width / 2, y: height / 2 } : { x: at.x - left, y: at.y - top };
    const smallest = Math.min(width / this.#whole.width, height / this.#whole.height, 1) * 0.6;
    const next = Math.min(Math.max(scale * factor, smallest), closest);
    const x = this.#seen.x + point.x / scale;
    const y = this.#seen.y + point.y / scale;
    this.#look(next, { x: x + (width / 2 - point.x) / next, y: y + (height / 2 - point.y) / next });
  }

  /** Moves by pixels of the screen. */
  pan(x: number, y: number): void {
    const { x: left, y: top, ...size } = this.#seen;
    this.#seen = { x: left + x / this.#scale, y: top + y / this.#scale, ...size };
    this.#isWhole = false;
    this.#apply();
  }

  /** Moves just enough to show this box of the screen. */
  reveal(box: DOMRect): void {
    const { left, right, top, bottom } = this.#canvas.getBoundingClientRect();
    const x = Math.min(box.left - left - distance, 0) + Math.max(box.right - right + distance, 0);
    const y = Math.min(box.top - top - distance, 0) + Math.max(box.bottom - bottom + distance, 0);
    if (x !== 0 || y !== 0) this.pan(x, y);
  }

  #size(): { readonly width: number; readonly height: number } {
    const { clientWidth, clientHeight } = this.#canvas;
    return { width: clientWidth || 1, height: clientHeight || 1 };
  }

  #look(scale: number, centre: Point): void {
    const size = this.#size();
    const [width, height] = [size.width / scale, size.height / scale];
    this.#scale = scale;
    this.#isWhole = false;
    this.#seen = { x: centre.x - width / 2, y: centre.y - height / 2, width, height };
    this.#apply();
  }

  #apply(): void {
    const { x, y, width, height } = this.#seen;
    this.#svg?.setAttribute('viewBox', `${x} ${y} ${width} ${height}`);
  }

  /** A view that the user has chosen keeps its centre. */
  #resize(): void {
    // Not in sight: another view is shown.
    if (this.#canvas.clientWidth === 0) return;
    if (this.#isWhole) this.fit();
    else this.#look(this.#scale, centreOf(this.#seen));
  }

  #onWheel(event: WheelEvent): void {
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), pointOf(event));
  }

  #onDown(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#pointers.set(event.pointerId, pointOf(event));
    this.#dragged = 0;
  }

  #onMove(event: PointerEvent): void {
    const before = this.#pointers.get(event.pointerId);
    if (before === undefined) return;
    const after = pointOf(event);
    this.#dragged += Math.hypot(after.x - before.x, after.y - before.y);
    if (this.hasDragged) this.#canvas.setPointerCapture(event.pointerId);
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, after);
    if (other === undefined) {
      if (this.hasDragged) this.pan(before.x - after.x, before.y - after.y);
      return;
    }
    const apart = (point: Point) => Math.hypot(point.x - other.x, point.y - other.y);
    const middle = { x: (after.x + other.x) / 2, y: (after.y + other.y) / 2 };
    this.zoom(apart(after) / Math.max(apart(before), 1), middle);
  }
}

function pointOf({ clientX, clientY }: MouseEvent): Point {
  return { x: clientX, y: clientY };
}
