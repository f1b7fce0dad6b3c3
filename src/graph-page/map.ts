// The map: one drawing at a time, which part of it is highlighted, and how pointer and keys reach its parts.
// Must not know why anything is allowed.

import type { PageNode, PageView } from '../graph/page-format.ts';
import { countInGroups, inGroups } from '../model/counted.ts';
import { Camera } from './camera.ts';
import { byId, s } from './dom.ts';
import { drawOnPage } from './draw-on-page.ts';
import { type Focus, focusOf, focusOfNode, gapOfPair, gapsOf } from './focus.ts';
import { drawGaps } from './gaps.ts';
import { nearestPart } from './nearest-part.ts';
import type { Facts } from './page-facts.ts';
import { ringWords } from './rows.ts';
import type { Selection, State } from './state.ts';

/** The events of the map. */
export interface MapEvents {
  readonly select: (selection: Selection) => void;
  /** Opens the view of a room. */
  readonly open: (room: number) => void;
  /** Shows a short hint, or none. */
  readonly hint: (text: string) => void;
}

/** The maximum number of denied pairs that are drawn at once; more would hide the rest. */
const mostGaps = 60;

/** The parts of the drawing that react to a click or a key, in selectors of CSS. */
const nodesAndRooms = '.node, .cluster.opens';
const buttons = `.edge, ${nodesAndRooms}`;

const noFocus: Focus = { main: new Set(), nodes: new Set(), bundles: new Set() };

/** The map of one view. */
export class MapView {
  readonly camera: Camera;
  readonly #canvas: HTMLElement;
  readonly #facts: Facts;
  readonly #events: MapEvents;
  #view: PageView | undefined;
  #state: State | undefined;
  #svg: SVGSVGElement | undefined;
  #found: Focus | undefined;
  #hovered: string | undefined;

  constructor(canvas: HTMLElement, facts: Facts, events: MapEvents) {
    this.#canvas = canvas;
    this.#facts = facts;
    this.#events = events;
    this.camera = new Camera(canvas, byId('legend'));
    canvas.addEventListener('click', (event) => this.#activate(event.target));
    canvas.addEventListener('keydown', (event) => this.#onKey(event));
    canvas.addEventListener('pointerover', (event) => this.#hover(event.target));
    canvas.addEventListener('focusin', (event) => this.#hover(event.target));
  }

  /** Shows a state; the drawing is replaced only if the view changes. */
  show(view: PageView, state: State): void {
    this.#state = state;
    if (view !== this.#view) this.#mount(view);
    this.#paint();
  }

  /** Highlights what was found, whatever is selected; `undefined` ends that. */
  showFound(focus: Focus | undefined): void {
    this.#found = focus;
    this.#paint();
  }

  /** Moves the focus to a part of the drawing. */
  focus(id: string): void {
    const part = this.#part(id);
    if (part !== undefined) this.#moveFocus(part);
  }

  #mount(view: PageView): void {
    const svg = this.#drawing(view);
    if (svg === undefined) return;
    this.#view = view;
    this.#svg = svg;
    this.#hovered = undefined;
    svg.setAttribute('role', 'group');
    svg.setAttribute('aria-label', view.name);
    for (const node of view.nodes) makeButton(this.#part(node.id), this.#labelOf(node));
    for (const { id, at } of view.bundles) if (at === undefined) makeArrow(this.#part(id));
    for (const room of svg.querySelectorAll('.cluster.open')) this.#makeRoom(room);
    this.#canvas.replaceChildren(svg);
    this.#part(view.nodes[0]?.id ?? '')?.setAttribute('tabindex', '0');
    const main = view.room === undefined ? svg.querySelector('.graph') : this.#part(`room${view.room}`);
    this.camera.show(svg, main ?? svg);
  }

  /** The drawing of a view: made beforehand, or now. */
  #drawing(view: PageView): SVGSVGElement | undefined {
    const template = document.getElementById(`drawing-${view.id}`);
    if (template instanceof HTMLTemplateElement)
      return document.importNode(template.content, true).querySelector('svg') ?? undefined;
    const scene = this.#facts.sceneOf(view);
    return scene && drawOnPage(scene);
  }

  #makeRoom(part: Element): void {
    const room = roomOf(part);
    if (this.#view?.room === room || !this.#hasView(room)) return;
    part.classList.add('opens');
    makeButton(part, `namespace ${this.#facts.data.rooms[room]?.name}: show only this namespace`);
  }

  #labelOf(node: PageNode): string {
    const name = this.#facts.nodeName(node);
    const { kind, places, room = -1 } = node;
    if (kind === 'workload') {
      const { detail, ingress } = this.#facts.place(places[0] ?? -1);
      return `${name}, ${detail}, ${ingress.kind === 'Isolated' ? 'isolated' : 'open'} for ingress`;
    }
    if (kind === 'addresses') return `${name}, outside the cluster`;
    if (kind === 'several') return `${places.length} workloads of ${name}`;
    if (kind !== 'room') return name;
    const { ring = 'open', holes = [] } = this.#facts.data.rooms[room] ?? {};
    return `namespace ${name}, ${countInGroups(places.length, 'workload')}, ${[ringWords[ring], ...holes].join(', ')}: open it`;
  }

  #paint(): void {
    const [view, state, svg] = [this.#view, this.#state, this.#svg];
    if (view === undefined || state === undefined || svg === undefined) return;
    const hovered = this.#hovered === undefined ? undefined : focusOfNode(view, this.#hovered);
    const selected = focusOf(view, state.selection, this.#facts);
    const focus = this.#found ?? selected ?? hovered;
    svg.classList.toggle('focused', focus !== undefined);
    svg.classList.toggle('passing', this.#found === undefined && selected === undefined);
    const { main, nodes, bundles } = focus ?? noFocus;
    for (const part of svg.querySelectorAll('.node, .edge')) {
      part.classList.toggle('lit', nodes.has(part.id) || bundles.has(part.id));
      part.classList.toggle('main', main.has(part.id));
    }
    this.#paintGaps(view, state, svg, main);
  }

  /** A denied pair that is selected is always drawn. */
  #paintGaps(view: PageView, state: State, svg: SVGSVGElement, main: ReadonlySet<string>): void {
    svg.querySelector('.gaps')?.remove();
    const { selection } = state;
    const isOne = ['pair', 'gap'].includes(selection.kind);
    const isMeant = ({ id }: PageNode) => main.size === 0 || main.has(id);
    const all =
      selection.kind === 'pair'
        ? gapOfPair(view, selection, this.#facts)
        : state.denied || isOne
          ? gapsOf(view, this.#facts)
          : [];
    const gaps = all.filter((ends) => (isOne ? ends.every(isMeant) : ends.some(isMeant)));
    const isTooMuch = main.size === 0 && gaps.length > mostGaps;
    const isNone = state.denied && !isOne && gaps.length === 0;
    this.#events.hint(
      isTooMuch
        ? `${inGroups(gaps.length)} pairs are denied here, too many to draw at once: choose a workload, or hover over a namespace.`
        : isNone
          ? 'Nothing on this map is denied.'
          : '',
    );
    if (!isTooMuch) drawGaps(svg, gaps, (from, to) => this.#selectGap(from, to));
  }

  #selectGap(from: PageNode, to: PageNode): void {
    const [source, target] = [from.places[0], to.places[0]];
    const isPair = from.kind === 'workload' && to.kind === 'workload';
    if (isPair && source !== undefined && target !== undefined) {
      this.#events.select({ kind: 'pair', from: source, to: target });
    } else this.#events.select({ kind: 'gap', from: from.id, to: to.id });
  }

  #activate(target: EventTarget | null): void {
    if (this.camera.hasDragged || !(target instanceof Element) || target.closest('.gaps') !== null) return;
    const part = target.closest(buttons);
    const node = this.#view?.nodes.find(({ id }) => id === part?.id);
    if (part === null) this.#events.select({ kind: 'none' });
    else if (node !== undefined) this.#activateNode(node);
    else if (part.classList.contains('cluster')) this.#events.open(roomOf(part));
    else this.#activateArrow(part.id);
  }

  #activateArrow(id: string): void {
    const bundle = this.#view?.bundles.find((other) => other.id === id);
    const [arrow, ...more] = bundle?.members ?? [];
    if (arrow === undefined) return;
    const [from, to] = this.#facts.endsOf(arrow);
    this.#events.select(more.length === 0 ? { kind: 'pair', from, to } : { kind: 'bundle', id });
  }

  #activateNode({ id, kind, room, places }: PageNode): void {
    const [place] = places;
    if ((kind === 'workload' || kind === 'addresses') && place !== undefined) {
      this.#events.select({ kind: 'place', place });
    } else if ((kind === 'room' || kind === 'outside') && room !== undefined && this.#hasView(room)) {
      this.#events.open(room);
    } else this.#events.select({ kind: 'node', id });
  }

  #hasView(room: number): boolean {
    return this.#facts.data.views.some((view) => view.room === room);
  }

  #onKey(event: KeyboardEvent): void {
    const part = event.target instanceof Element ? event.target.closest(buttons) : null;
    if (part === null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.#activate(part);
    }
    if (!event.key.startsWith('Arrow')) return;
    event.preventDefault();
    const parts = [...(this.#svg?.querySelectorAll(nodesAndRooms) ?? [])];
    const next = nearestPart(part, parts, event.key);
    if (next !== undefined) this.#moveFocus(next);
  }

  #moveFocus(part: Element): void {
    if (!(part instanceof SVGElement)) return;
    for (const other of this.#svg?.querySelectorAll('[tabindex="0"]') ?? [])
      other.setAttribute('tabindex', '-1');
    part.setAttribute('tabindex', '0');
    part.focus({ preventScroll: true });
    this.camera.reveal(part.getBoundingClientRect());
  }

  /** The hovered or focused part is shown with its arrows while nothing is selected. */
  #hover(target: EventTarget | null): void {
    const id = target instanceof Element ? target.closest('.node')?.id : undefined;
    if (id === this.#hovered) return;
    this.#hovered = id;
    if (this.#state?.selection.kind === 'none') this.#paint();
  }

  #part(id: string): SVGGElement | undefined {
    const part = this.#svg?.querySelector(`#${CSS.escape(id)}`);
    return part instanceof SVGGElement ? part : undefined;
  }
}

function makeButton(part: Element | undefined, label: string): void {
  part?.setAttribute('role', 'button');
  part?.setAttribute('tabindex', '-1');
  part?.setAttribute('aria-label', label);
}

/** Thin lines are hard to hit: a wide invisible one lies under each. */
function makeArrow(part: Element | undefined): void {
  makeButton(part, part?.querySelector('title')?.textContent ?? '');
  part?.prepend(s('path', { class: 'hit', d: part.querySelector('path')?.getAttribute('d') ?? '' }));
}

/** The room that a cluster of the drawing shows, from its id. */
function roomOf(cluster: Element): number {
  return Number(cluster.id.slice('room'.length));
}
