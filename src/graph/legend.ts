// The legend of a drawing as a file: what its lines and outlines mean, as far as the drawing has them.
// Must not know how a drawing is laid out.
import { xml } from './escape.ts';
import { hasPlanned, type Scene } from './scene.ts';

/** A legend, and how large it is. */
export interface Legend {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

interface Entry {
  readonly text: string;
  /** The outline or line before the text, in a box of 36 by 16. */
  readonly sign: string;
}

const margin = 24;
const perCharacter = 7.3;
const gap = 22;
const lineHeight = 24;
const perLine = 4;

/** What the lines and outlines of a scene mean. */
export function legendOf(scene: Scene): Legend {
  const lines = chunks(entriesOf(scene));
  const width = Math.max(
    0,
    ...lines.map((line) => margin + line.reduce((sum, { text }) => sum + widthOf(text), 0)),
  );
  const drawn = lines.flatMap((line, row) => {
    const starts = line.map((_, index) =>
      line.slice(0, index).reduce((sum, { text }) => sum + widthOf(text), margin),
    );
    return line.map(
      ({ sign, text }, index) =>
        `<g transform="translate(${starts[index]} ${row * lineHeight})">${sign}<text x="44" y="12" font-size="12">${xml(text)}</text></g>`,
    );
  });
  return { svg: `<g class="legend">${drawn.join('')}</g>`, width, height: lines.length * lineHeight + 12 };
}

function widthOf(text: string): number {
  return Math.ceil(44 + text.length * perCharacter + gap);
}

function chunks(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const rows = Math.ceil(entries.length / perLine);
  return Array.from({ length: rows }, (_, row) => entries.slice(row * perLine, (row + 1) * perLine));
}

function entriesOf(scene: Scene): readonly Entry[] {
  const shapes = [...scene.openRooms, ...scene.openRooms.flatMap((room) => room.nodes), ...scene.nodes];
  const rooms = [
    ...scene.openRooms.filter(({ outside }) => !outside),
    ...scene.nodes.filter(({ kind }) => kind === 'room'),
  ];
  const has = (condition: boolean, text: string, sign: string) => (condition ? [{ text, sign }] : []);
  return [
    ...has(
      scene.arrows.some(({ unfenced }) => !unfenced),
      'allowed by a rule',
      '<g class="edge"><path d="M0 8H28"/><polygon points="28,4 36,8 28,12"/></g>',
    ),
    ...has(
      scene.arrows.some(({ unfenced }) => unfenced),
      'no policy isolates it',
      '<g class="edge unfenced"><path d="M1 8H35"/><polyline points="29,4 35,8 29,12"/></g>',
    ),
    ...has(
      rooms.some(({ ring }) => ring === 'closed'),
      'ringed',
      ringSign('ringed'),
    ),
    ...has(hasPlanned(scene), 'ringed once the dry run ends', ringSign('planned')),
    ...has(
      shapes.some(({ ring, ...shape }) => ring === 'open' && !isAddresses(shape)),
      'not isolated, or open to everyone',
      '<g class="node unringed"><path d="M6 1H30A5 5 0 0 1 35 6V10A5 5 0 0 1 30 15H6A5 5 0 0 1 1 10V6A5 5 0 0 1 6 1Z"/></g>',
    ),
    ...has(
      shapes.some(isAddresses),
      'addresses',
      '<g class="node outside"><path d="M6 1H30A5 5 0 0 1 35 6V10A5 5 0 0 1 30 15H6A5 5 0 0 1 1 10V6A5 5 0 0 1 6 1Z"/></g>',
    ),
  ];
}

function ringSign(looks: string): string {
  return `<g class="node room ${looks}"><path d="M6 0H30A6 6 0 0 1 36 6V10A6 6 0 0 1 30 16H6A6 6 0 0 1 0 10V6A6 6 0 0 1 6 0Z"/><path d="M7 3H29A4 4 0 0 1 33 7V9A4 4 0 0 1 29 13H7A4 4 0 0 1 3 9V7A4 4 0 0 1 7 3Z"/></g>`;
}

function isAddresses(shape: { readonly kind?: string; readonly outside?: boolean }): boolean {
  return shape.outside === true || shape.kind === 'outside' || shape.kind === 'addresses';
}
