// The overview of many namespaces: a matrix whose rows reach its columns. It scrolls, with the names staying in sight, and never
// becomes so small that its names can't be read, unless the user zooms out.
// Must not know why anything is allowed.
import { type Matrix, type MatrixCell, matrixOf } from '../graph/matrix.ts';
import { portLabels } from '../graph/model.ts';
import { ringClass } from '../graph/scene.ts';
import { countInGroups } from '../model/counted.ts';
import { button, h, s } from './dom.ts';
import type { MapEvents } from './map.ts';
import type { Facts } from './page-facts.ts';
import { matrixOrder } from './rows.ts';
import type { Selection } from './state.ts';

/** Pixels of a cell: names are shown from `named` on. */
const sizes = { smallest: 4, named: 12, first: 16, largest: 32 } as const;
const gapOfGroups = 7;
const mostPorts = 3;

/** A row and a column, by their places in the order. */
interface Cursor {
  readonly row: number;
  readonly column: number;
}

/** The matrix of the page. */
export class MatrixView {
  readonly #box: HTMLElement;
  readonly #facts: Facts;
  readonly #events: MapEvents;
  #matrix: Matrix | undefined;
  #order: readonly number[] = [];
  #cells: ReadonlyMap<string, MatrixCell> = new Map();
  /** Where each row and column begins, in pixels. */
  #starts: readonly number[] = [];
  #size: number = sizes.first;
  #hovered: Cursor | undefined;
  #selected: Cursor | undefined;
  #svg: SVGElement | undefined;
  #found: ReadonlySet<number> | undefined;

  constructor(box: HTMLElement, facts: Facts, events: MapEvents) {
    this.#box = box;
    this.#facts = facts;
    this.#events = events;
  }

  /** Shows the matrix, with the cell of the selection marked. */
  show(selection: Selection): void {
    if (this.#matrix === undefined) this.#make();
    const roomOf = (place: number) => this.#facts.place(place).room;
    const [from, to] =
      selection.kind === 'rooms'
        ? [selection.from, selection.to]
        : selection.kind === 'pair'
          ? [roomOf(selection.from), roomOf(selection.to)]
          : [-1, -1];
    this.#selected =
      from < 0 ? undefined : { row: this.#order.indexOf(from), column: this.#order.indexOf(to) };
    this.#mark();
    if (this.#selected !== undefined) this.#reveal(this.#selected.row, this.#selected.column);
  }

  /** Marks the rows and columns of these rooms; `undefined` ends that. */
  showFound(rooms: ReadonlySet<number> | undefined): void {
    this.#found = rooms;
    this.#mark();
    const [first] = rooms ?? [];
    if (first !== undefined) this.#reveal(this.#order.indexOf(first), undefined);
  }

  /** @param factor above 1 makes cells larger */
  zoom(factor: number): void {
    this.#resize(this.#size * factor);
  }

  /** As large as possible so that all of it is in sight. */
  fit(): void {
    this.#resize(this.#fitting());
  }

  #fitting(): number {
    const { clientWidth, clientHeight } = this.#box;
    const rows = this.#box.querySelector<HTMLElement>('.row-names')?.offsetWidth ?? 0;
    const columns = this.#box.querySelector<HTMLElement>('.column-names')?.offsetHeight ?? 0;
    const gaps = ((this.#matrix?.groups.length ?? 1) - 1) * gapOfGroups;
    const room = Math.min(clientWidth - rows, clientHeight - columns) - gaps - 16;
    return Math.min(room / Math.max(1, this.#order.length), 24);
  }

  #make(): void {
    this.#matrix = matrixOf(this.#facts.model);
    this.#order = this.#matrix.groups.flat();
    this.#cells = new Map(this.#matrix.cells.map((cell) => [`${cell.from} ${cell.to}`, cell]));
    const svg = s('svg', {
      class: 'cells',
      tabindex: '0',
      role: 'application',
      'aria-label':
        'Matrix of namespaces: each row reaches the marked columns. Arrow keys move, Enter shows a pair.',
    });
    svg.addEventListener('pointermove', (event) => this.#hover(this.#at(event)));
    svg.addEventListener('pointerleave', () => this.#hover(undefined));
    svg.addEventListener('click', (event) => this.#choose(this.#at(event)));
    svg.addEventListener('keydown', (event) => this.#onKey(event));
    this.#svg = svg;
    const corner = h('div', { class: 'corner' }, h('span', { title: matrixOrder }, 'row → column'));
    const grid = h(
      'div',
      { class: 'grid' },
      corner,
      this.#names('column-names'),
      this.#names('row-names'),
      svg,
    );
    this.#box.replaceChildren(grid);
    this.#resize(Math.max(sizes.first, this.#fitting()));
  }

  #names(which: 'row-names' | 'column-names'): HTMLElement {
    const { rooms } = this.#facts.data;
    const names = this.#order.map((room) => {
      const { name = '', ring = 'open', outside = false } = rooms[room] ?? {};
      const looks = outside ? 'outside' : ringClass[ring];
      return button(
        {
          class: 'room-name',
          title: name,
          onclick: () => this.#events.open(room),
          attributes: which === 'column-names' ? { tabindex: '-1', 'aria-hidden': 'true' } : {},
        },
        h('span', { class: `mark ${looks}`, attributes: { 'aria-hidden': 'true' } }),
        h('span', { class: 'name' }, name),
      );
    });
    return h('div', { class: which }, ...names);
  }

  #resize(wanted: number): void {
    const size = Math.round(Math.min(Math.max(wanted, sizes.smallest), sizes.largest) * 2) / 2;
    this.#size = size;
    let at = 0;
    const starts: number[] = [];
    for (const group of this.#matrix?.groups ?? []) {
      for (const _ of group) {
        starts.push(at);
        at += size;
      }
      at += gapOfGroups;
    }
    this.#starts = starts;
    this.#box.classList.toggle('unnamed', size < sizes.named);
    this.#box.style.setProperty('--cell', `${size}px`);
    for (const [which, side] of [['row-names', 'top'] as const, ['column-names', 'left'] as const]) {
      const names = this.#box.querySelectorAll<HTMLElement>(`.${which} .room-name`);
      for (const [index, name] of [...names].entries()) name.style[side] = `${starts[index] ?? 0}px`;
    }
    this.#svg?.setAttribute('width', `${at}`);
    this.#svg?.setAttribute('height', `${at}`);
    this.#box.style.setProperty('--whole', `${at}px`);
    this.#paint(at);
    this.#mark();
  }

  #paint(whole: number): void {
    const size = this.#size;
    const place = new Map(this.#order.map((room, index) => [room, this.#starts[index] ?? 0]));
    const shape = { allowed: '', unfenced: '', within: '' };
    const inset = size < 8 ? 0.5 : 1.5;
    const side = size - 2 * inset;
    const r = size * 0.28;
    for (const { from, to, unfenced } of this.#matrix?.cells ?? []) {
      const [x, y] = [place.get(to) ?? 0, place.get(from) ?? 0];
      if (from === to)
        shape.within += `M${x + inset + 0.5} ${y + inset + 0.5}h${side - 1}v${side - 1}h${1 - side}z`;
      else if (unfenced)
        shape.unfenced += `M${x + size / 2 - r} ${y + size / 2}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
      else shape.allowed += `M${x + inset} ${y + inset}h${side}v${side}h${-side}z`;
    }
    const groups = (this.#matrix?.groups ?? []).map((group) => {
      const x = place.get(group[0] ?? -1) ?? 0;
      const width = `${group.length * size}`;
      return s('rect', { class: 'group-of-rooms', x: `${x}`, y: `${x}`, width, height: width, rx: '3' });
    });
    const kinds = Object.entries(shape).map(([kind, d]) => s('path', { class: `cell ${kind}`, d }));
    this.#svg?.replaceChildren(
      s('rect', { class: 'ground', width: `${whole}`, height: `${whole}` }),
      ...groups,
      s('rect', { class: 'band of-row' }),
      s('rect', { class: 'band of-column' }),
      ...kinds,
      s('rect', { class: 'cursor' }),
    );
  }

  /** Marks the cell that is hovered or selected, its row and its column, and what was found. */
  #mark(): void {
    const at = this.#hovered ?? this.#selected;
    for (const [which, index] of [['row-names', at?.row] as const, ['column-names', at?.column] as const]) {
      for (const [place, name] of [...this.#box.querySelectorAll(`.${which} .room-name`)].entries()) {
        name.classList.toggle('lit', place === index);
        name.classList.toggle('found', this.#found?.has(this.#order[place] ?? -1) === true);
      }
    }
    const [x, y] =
      at === undefined ? [-99, -99] : [this.#starts[at.column] ?? -99, this.#starts[at.row] ?? -99];
    const size = `${this.#size}`;
    const set = (selector: string, attributes: Readonly<Record<string, string>>) => {
      const part = this.#svg?.querySelector(selector);
      for (const [name, value] of Object.entries(attributes)) part?.setAttribute(name, value);
    };
    const whole = this.#svg?.getAttribute('width') ?? '0';
    set('.of-row', { x: '0', y: `${y}`, width: whole, height: size });
    set('.of-column', { x: `${x}`, y: '0', width: size, height: whole });
    set('.cursor', { x: `${x}`, y: `${y}`, width: size, height: size });
  }

  #hover(at: Cursor | undefined): void {
    if (at?.row === this.#hovered?.row && at?.column === this.#hovered?.column) return;
    this.#hovered = at;
    this.#events.hint(at === undefined ? '' : this.#words(at));
    this.#mark();
  }

  /** What a cell says, as in `shop → pay: 8443 · 2 pairs`. */
  #words({ row, column }: Cursor): string {
    const [from = -1, to = -1] = [this.#order[row], this.#order[column]];
    const { rooms } = this.#facts.data;
    const names = `${rooms[from]?.name} → ${rooms[to]?.name}`;
    const cell = this.#cells.get(`${from} ${to}`);
    if (cell === undefined) return `${names}: nothing`;
    const ports = portLabels(this.#facts.model, cell.members);
    const some =
      ports.slice(0, mostPorts).join(', ') +
      (ports.length > mostPorts ? ` +${ports.length - mostPorts}` : '');
    const pairs = countInGroups(cell.members.length, 'pair');
    return `${names}: ${some} · ${pairs}${cell.unfenced ? ', no policy isolates them' : ''}`;
  }

  #at(event: MouseEvent): Cursor | undefined {
    const box = this.#svg?.getBoundingClientRect();
    if (box === undefined) return undefined;
    const indexOf = (offset: number) =>
      this.#starts.findIndex((start) => start <= offset && offset < start + this.#size);
    const [row, column] = [indexOf(event.clientY - box.top), indexOf(event.clientX - box.left)];
    return row < 0 || column < 0 ? undefined : { row, column };
  }

  #choose(at: Cursor | undefined): void {
    const [from, to] = [this.#order[at?.row ?? -1], this.#order[at?.column ?? -1]];
    if (from === undefined || to === undefined) this.#events.select({ kind: 'none' });
    else this.#events.select({ kind: 'rooms', from, to });
  }

  #onKey(event: KeyboardEvent): void {
    const steps: Readonly<Record<string, readonly [number, number]>> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    };
    const at = this.#hovered ?? this.#selected ?? { row: 0, column: 0 };
    const [down, right] = steps[event.key] ?? [0, 0];
    if (event.key === 'Enter') this.#choose(at);
    else if (down === 0 && right === 0) return;
    else {
      const last = this.#order.length - 1;
      const next = {
        row: Math.min(Math.max(at.row + down, 0), last),
        column: Math.min(Math.max(at.column + right, 0), last),
      };
      this.#hover(next);
      this.#reveal(next.row, next.column);
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** Scrolls so that a row and a column are in sight, beside the names. */
  #reveal(row: number, column: number | undefined): void {
    const names = {
      width: this.#box.querySelector<HTMLElement>('.row-names')?.offsetWidth ?? 0,
      height: this.#box.querySelector<HTMLElement>('.column-names')?.offsetHeight ?? 0,
    };
    const into = (start: number, seen: number, room: number) =>
      start < seen ? start : start + this.#size > seen + room ? start + this.#size - room : seen;
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = this.#box;
    this.#box.scrollTop = into(this.#starts[row] ?? 0, scrollTop, clientHeight - names.height);
    if (column !== undefined)
      this.#box.scrollLeft = into(this.#starts[column] ?? 0, scrollLeft, clientWidth - names.width);
  }
}
