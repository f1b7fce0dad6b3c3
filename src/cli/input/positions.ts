// From the path of a field, as in `spec.routes[2].ports[0]`, to its line and column.
// Must not know what is wrong there.
import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
} from 'yaml';
import { once } from '../../model/once.ts';
import type { FilePosition } from './problems.ts';

/** Some characters of a text, by their offsets. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where the lines of a text begin. A whole cluster in JSON is one line: what takes long in it is done once. */
export class TextLines extends LineCounter {
  readonly #pairs: () => readonly number[];

  constructor(text: string) {
    super();
    this.#pairs = once(() => [...text.matchAll(/[\ud800-\udbff][\udc00-\udfff]/g)].map(({ index }) => index));
  }

  /** The number of characters from one offset to another. Outside of the Basic Multilingual Plane, one has two code units. */
  charactersBetween(start: number, end: number): number {
    const pairs = this.#pairs();
    return end - start - (firstFrom(pairs, end) - firstFrom(pairs, start));
  }
}

/** The index of the first of these ascending numbers that is not below `least`. */
function firstFrom(numbers: readonly number[], least: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? least) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A text, and where its lines begin. */
export interface LinedText {
  readonly text: string;
  readonly lines: TextLines;
}

/** This many code units before and after a place are kept of its line. */
const keptOfLine = 300;

/** The place of `span` in a text. */
export function positionAt({ text, lines }: LinedText, { start, end }: Span): FilePosition {
  const at = Math.min(start, text.length);
  const { line } = lines.linePos(at);
  const lineStart = lines.lineStarts[line - 1] ?? 0;
  const lineEnd = endOfLine(text, at, Math.max(end, at + keptOfLine));
  const stop = Math.max(at, Math.min(end, lineEnd));
  const from = at - lineStart > keptOfLine ? at - keptOfLine : lineStart;
  const to = Math.min(lineEnd, at + keptOfLine);
  return {
    line,
    column: lines.charactersBetween(lineStart, at) + 1,
    source: text.slice(from, to).replace(/\r$/, ''),
    ...(from === lineStart ? {} : { omitted: lines.charactersBetween(lineStart, from) }),
    ...(to === lineEnd ? {} : { isCut: true }),
    length: Math.max(1, lines.charactersBetween(at, stop)),
  };
}

/** Where the line around `at` ends, or any offset after `last` if it is longer. */
function endOfLine(text: string, at: number, last: number): number {
  const near = text.slice(at, last + 1);
  const newline = near.indexOf('\n');
  return at + (newline < 0 ? near.length : newline);
}

/**
 * Finds the field at `path` in a parsed document; if it is missing, its parent.
 *
 * @param path in the syntax of `Problem.path`: `.` before a plain name, `[…]` around any other name, an index, or the key of an item
 * @param meant `key` if the field should not exist at all: then its name is shown, not its value
 */
export function spanOf(document: Pick<Document, 'contents'>, path: string, meant: 'key' | 'value'): Span {
  let node: Node | null = document.contents as Node | null;
  let found: Pair | undefined;
  let rest = path;
  while (rest !== '' && node !== null) {
    const step = isAlias(node) ? undefined : stepInto(node, rest);
    if (step === undefined) break;
    ({ rest, node, pair: found } = step);
  }
  return spanIn(node, found, rest !== '' || meant === 'key') ?? { start: 0, end: 0 };
}

interface Step {
  readonly node: Node | null;
  /** Absent for an item of a list. */
  readonly pair: Pair | undefined;
  readonly rest: string;
}

/** Names may contain dots and brackets, so the existing names decide where a step ends; the longest wins. */
function stepInto(node: Node, path: string): Step | undefined {
  if (isSeq(node)) {
    const [whole = '', key = ''] = /^\[([^\]]+)\]/.exec(path) ?? [];
    const item = /^\d+$/.test(key) ? node.items[Number(key)] : node.items.find((each) => isNamed(each, key));
    return item === undefined
      ? undefined
      : { node: item as Node, pair: undefined, rest: path.slice(whole.length) };
  }
  if (!isMap(node)) return undefined;
  const steps = node.items.filter(isPair).flatMap((pair) => {
    const name = isScalar(pair.key) ? String(pair.key.value) : undefined;
    const rest = name === undefined ? undefined : restAfter(path, name);
    return rest === undefined ? [] : [{ node: pair.value as Node | null, pair: pair as Pair, rest }];
  });
  // Of two with the same name, the last one counts.
  return steps.reverse().sort((a, b) => a.rest.length - b.rest.length)[0];
}

/** Routes are identified by name, which stays the same when another route is added before them. */
function isNamed(item: unknown, name: string): boolean {
  return isMap(item) && item.get('name') === name;
}

function restAfter(path: string, name: string): string | undefined {
  for (const written of [name, `.${name}`, `[${name}]`]) {
    const rest = path.slice(written.length);
    if (path.startsWith(written) && (rest === '' || /^[.[]/.test(rest))) return rest;
  }
  return undefined;
}

/** A list or a map is shown by its name: its value takes many lines. */
function spanIn(node: Node | null, pair: Pair | undefined, byName: boolean): Span | undefined {
  const key = pair?.key as Node | undefined;
  const isShort = node !== null && (isScalar(node) || isAlias(node));
  const shown = key !== undefined && (byName || !isShort) ? key : (node ?? key);
  if (shown?.range == null) return undefined;
  const [start, end] = shown.range;
  return { start, end: isScalar(shown) || isAlias(shown) ? end : start + 1 };
}
