// The map: one drawing at a time, which part of it is highlighted, and how pointer and keys reach its parts.
// Must not know why anything is allowed.
import type { PageNode, PageView } from '../graph/page-format.ts';
import { Camera } from './camera.ts';
import { s } from './dom.ts';
import { type Focus, focusOf, gapsOf } from './focus.ts';
import { drawGaps } from './gaps.ts';
import { nearestPart } from './nearest-part.ts';
import type { Facts } from './page-facts.ts';
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

function tooMuch(count: number): string {
  return `${count} pairs are denied here, too many to draw at once: choose a workload, or hover over a namespace.`;
}

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
    this.camera = new Camera(canvas);
    canvas.addEventListener('click', (event) => this.#activate(event.target));
    canvas.addEventListener('keydown', (event) => this.#onKey(event));
    canvas.addEventListener('pointerover', (event) => this.#hover(event.target));
    canvas.addEventListener('focusin', (event) => this.#onFocus(event.target));
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
    if (part !== undefined) this.#give(part);
  }

  #mount(view: PageView): void {
    const template = document.getElementById(`drawing-${view.id}`);
    if (!(template instanceof HTMLTemplateElement)) return;
    const svg = document.importNode(template.content, true).querySelector('svg');
    if (svg === null) return;
    this.#view = view;
    this.#svg = svg;
    this.#hovered = undefined;
    svg.setAttribute('role', 'group');
    svg.setAttribute('aria-label', view.name);
    for (const node of view.nodes) this.#makeButton(node.id, this.#nameOf(node));
    for (const { id, from, to } of view.bundles) {
      if (from !== undefined && to !== undefined) this.#makeArrow(id);
    }
    for (const room of svg.querySelectorAll('.cluster.open')) this.#makeRoom(room);
    this.#canvas.replaceChildren(svg);
    this.#part(view.nodes[0]?.id ?? '')?.setAttribute('tabindex', '0');
    this.camera.show(svg);
  }

  #makeButton(id: string, name: string): void {
    const part = this.#part(id);
    part?.setAttribute('role', 'button');
    part?.setAttribute('tabindex', '-1');
    part?.setAttribute('aria-label', name);
  }

  /** Thin lines are hard to hit: a wide invisible one lies under each. */
  #makeArrow(id: string): void {
    const part = this.#part(id);
    const path = part?.querySelector('path');
    if (part === undefined || path === null || path === undefined) return;
    part.setAttribute('role', 'button');
    part.setAttribute('tabindex', '-1');
    part.setAttribute('aria-label', part.querySelector('title')?.textContent ?? '');
    part.prepend(s('path', { class: 'hit', d: path.getAttribute('d') ?? '' }));
  }

  #makeRoom(part: Element): void {
    const room = Number(part.id.slice('room'.length));
    if (this.#view?.room === room || !this.#hasView(room)) return;
    part.classList.add('opens');
    part.setAttribute('role', 'button');
    part.setAttribute('tabindex', '-1');
    part.setAttribute(
      'aria-label',
      `namespace ${this.#facts.data.rooms[room]?.name}: show only this namespace`,
    );
  }

  #nameOf(node: PageNode): string {
    const { data } = this.#facts;
    const [place] = node.places;
    if (node.kind === 'workload' && place !== undefined) {
      const { key, detail, ingress } = this.#facts.place(place);
      const ring = ingress.kind === 'Isolated' ? 'isolated for ingress' : 'open for ingress';
      return `${key}, ${detail}, ${ring}`;
    }
    if (node.kind === 'addresses' && place !== undefined)
      return `${this.#facts.place(place).key}, outside the cluster`;
    if (node.room === undefined) return `${node.places.length} workloads of several namespaces`;
    const room = data.rooms[node.room];
    if (node.kind === 'rest') return `${node.places.length} workloads of ${room?.name}`;
    if (node.kind === 'all') return `every workload of ${room?.name}`;
    if (room?.outside) return room.name;
    return `namespace ${room?.name}, ${node.places.length} workloads, ${room?.ringed ? 'ringed' : 'not isolated'}: open it`;
  }

  #paint(): void {
    const [view, state, svg] = [this.#view, this.#state, this.#svg];
    if (view === undefined || state === undefined || svg === undefined) return;
    const hovered =
      this.#hovered === undefined
        ? undefined
        : focusOf(view, { kind: 'node', id: this.#hovered }, this.#facts);
    const selected = focusOf(view, state.selection, this.#facts);
    const focus = this.#found ?? selected ?? hovered;
    svg.classList.toggle('focused', focus !== undefined);
    svg.classList.toggle('passing', this.#found === undefined && selected === undefined);
    for (const part of svg.querySelectorAll('.node, .edge')) {
      part.classList.toggle(
        'lit',
        focus?.nodes.has(part.id) === true || focus?.bundles.has(part.id) === true,
      );
      part.classList.toggle('main', focus?.main.has(part.id) === true);
    }
    this.#paintGaps(view, state, svg, focus);
  }

  /** A denied pair that is selected is always drawn. */
  #paintGaps(view: PageView, state: State, svg: SVGSVGElement, focus: Focus | undefined): void {
    svg.querySelector('.gaps')?.remove();
    const { kind } = state.selection;
    const isOne = kind === 'pair' || kind === 'gap';
    const main = focus?.main ?? new Set();
    const isMeant = (id: string) => main.size === 0 || main.has(id);
    const gaps =
      state.denied || isOne
        ? gapsOf(view, this.#facts).filter(([from, to]) =>
            isOne ? isMeant(from.id) && isMeant(to.id) : isMeant(from.id) || isMeant(to.id),
          )
        : [];
    const isTooMuch = main.size === 0 && gaps.length > mostGaps;
    if (isTooMuch) this.#events.hint(tooMuch(gaps.length));
    else
      this.#events.hint(state.denied && !isOne && gaps.length === 0 ? 'Nothing on this map is denied.' : '');
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
    const part = target.closest('.node, .edge, .cluster.opens');
    const node = this.#view?.nodes.find(({ id }) => id === part?.id);
    if (part === null) this.#events.select({ kind: 'none' });
    else if (node !== undefined) this.#activateNode(node);
    else if (part.classList.contains('cluster')) this.#events.open(Number(part.id.slice('room'.length)));
    else this.#activateArrow(part.id);
  }

  #activateArrow(id: string): void {
    const bundle = this.#view?.bundles.find((other) => other.id === id);
    const [arrow, ...more] = bundle?.members ?? [];
    if (arrow === undefined) return;
    const [from, to] = this.#facts.arrow(arrow);
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
    const part =
      event.target instanceof Element ? event.target.closest('.node, .edge, .cluster.opens') : null;
    if (part === null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.#activate(part);
    }
    if (!event.key.startsWith('Arrow')) return;
    event.preventDefault();
    const parts = [...(this.#svg?.querySelectorAll('.node, .cluster.opens') ?? [])];
    const next = nearestPart(part, parts, event.key);
    if (next !== undefined) this.#give(next);
  }

  #give(part: Element): void {
    if (!(part instanceof SVGElement)) return;
    for (const other of this.#svg?.querySelectorAll('[tabindex="0"]') ?? [])
      other.setAttribute('tabindex', '-1');
    part.setAttribute('tabindex', '0');
    part.focus({ preventScroll: true });
    this.camera.reveal(part.getBoundingClientRect());
  }

  #onFocus(target: EventTarget | null): void {
    this.#hover(target);
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
