// From a text to the values in it: YAML with several documents, or JSON. Unreadable parts are problems; nothing is dropped.
// Must not know Kubernetes, except how kubectl reads YAML.
import {
  type Alias,
  Composer,
  type Document,
  type DocumentOptions,
  LineCounter,
  type ParseOptions,
  Parser,
  type SchemaOptions,
  type Tags,
  visit,
  type YAMLError,
} from 'yaml';
import { once } from '../../model/once.ts';
import { jsonTree } from './json-tree.ts';
import { type JsonValue, readJsonValues, spansOfItems } from './json-values.ts';
import { measure } from './measure.ts';
import { type LinedText, positionAt, spanOf, TextLines } from './positions.ts';
import type { FilePosition, InputProblem } from './problems.ts';

/** A text with its name. */
export interface NamedText {
  readonly file: string;
  readonly text: string;
}

/** One document of a text. */
export interface WrittenDocument {
  readonly value: unknown;
  /** Finds a field in the text. See `spanOf`. */
  readonly place: (path: string, meant: 'key' | 'value') => FilePosition | undefined;
  /** Names that occur twice in one object: the last one counts, as for kubectl. */
  readonly repeated?: readonly FilePosition[];
}

/** The content of a text. */
export interface Documents {
  readonly documents: readonly WrittenDocument[];
  readonly problems: readonly InputProblem[];
}

/**
 * YAML takes a second for every 1 to 2 MiB and 80 times its size in memory, JSON a hundredth of that: so the JSON output
 * of `kubectl get -o json` for a large cluster has no limit.
 */
const maxYamlBytes = 16 * 2 ** 20;

/** Aliases may expand to at most this many values: without a limit, ten lines expand to billions. */
const maxUnfolded = 1_000_000;
/** Code that traverses a value is recursive. */
const maxDepth = 500;

/**
 * YAML as kubectl reads it (sigs.k8s.io/yaml, YAML 1.1): a bare `off` is a boolean and `0777` is octal, but `10:30` and
 * `2026-01-01` are strings.
 */
const notInKubernetes = ['timestamp', 'binary', 'omap', 'pairs', 'set'].map(
  (name) => `tag:yaml.org,2002:${name}`,
);
const options: ParseOptions & DocumentOptions & SchemaOptions = {
  schema: 'yaml-1.1',
  resolveKnownTags: false,
  merge: true,
  stringKeys: true,
  prettyErrors: false,
  logLevel: 'silent',
  customTags: (tags: Tags) =>
    tags.filter(
      (tag) => typeof tag === 'string' || (!notInKubernetes.includes(tag.tag) && tag.format !== 'TIME'),
    ),
};

/** What a lookup reads of a document. */
type Tree = Pick<Document, 'contents'>;

/**
 * The tree of the document of the last lookup. Trees are large, so only one is kept; and consecutive lookups
 * are often in one document, which may be a list of everything in a cluster.
 */
export class LastTree {
  #text = '';
  #tree: Tree | undefined;

  /** The tree that `parse` makes of `text`. */
  of(text: string, parse: (text: string) => Tree | undefined): Tree | undefined {
    if (this.#tree === undefined || text !== this.#text) {
      this.#text = text;
      this.#tree = parse(text);
    }
    return this.#tree;
  }
}

/**
 * Reads every document of a text; empty ones do not count. Every problem has its place.
 *
 * @param trees shared by several texts, so that not each of them keeps a tree
 */
export function readDocuments({ file, text }: NamedText, trees = new LastTree()): Documents {
  const json = text.trimStart().startsWith('{') ? readJsonValues(text) : undefined;
  const lines = once(() => linesOf(text));
  const read = json?.map((value) => readJson(value, { text, lines, trees })) ?? readYaml(text, trees);
  return {
    documents: read.flatMap((each) => ('value' in each && each.value !== null ? [each] : [])),
    problems: read.flatMap((each) => ('message' in each ? [{ file, ...each }] : [])),
  };
}

type Read = WrittenDocument | Omit<InputProblem, 'file'>;

function readJson({ value, start, end }: JsonValue, { text, lines, trees }: JsonText): Read {
  // A list may be everything in a cluster: only the item becomes a tree.
  const items = once(() => spansOfItems(text, start, end));
  const place = (path: string, meant: 'key' | 'value') => {
    if (text.length > maxYamlBytes) return undefined;
    const [head = '', index] = /^items\[(\d+)\]\.?/.exec(path) ?? [];
    const item = index === undefined ? undefined : items()[Number(index)];
    const span = item ?? { start, end };
    const own = { text: text.slice(0, span.end), lines: lines(), start: span.start, trees, parse: parseJson };
    return placeIn(own, item === undefined ? path : path.slice(head.length), meant);
  };
  return limited({ value, place }, text);
}

interface JsonText {
  readonly text: string;
  readonly lines: () => TextLines;
  readonly trees: LastTree;
}

function parseJson(text: string): Tree | undefined {
  const contents = jsonTree(text);
  return contents && { contents };
}

function linesOf(text: string): TextLines {
  const lines = new TextLines(text);
  lines.addNewLine(0);
  for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1);
  return lines;
}

function readYaml(text: string, trees: LastTree): readonly Read[] {
  if (text.length > maxYamlBytes) return [tooLarge(text)];
  const read: Read[] = [];
  const lines = new TextLines(text);
  try {
    // One after the other, so that only one document's tree is in memory.
    for (const document of compose(text, lines)) read.push(readDocument(document, { text, lines }, trees));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    read.push({ message: 'it is nested too deeply to be read' });
  }
  return read;
}

/** The first document of a text. */
function parseYaml(text: string): Tree | undefined {
  const [document] = compose(text, new LineCounter());
  return document;
}

/** The documents of a text, one after the other; `lines` records where its lines begin. */
function compose(text: string, lines: LineCounter): Iterable<Document.Parsed> {
  const parsed = new Parser(lines.addNewLine).parse(text);
  return new Composer(options).compose(parsed) as Iterable<Document.Parsed>;
}

function readDocument(document: Document.Parsed, lined: LinedText, trees: LastTree): Read {
  const isRepetition = ({ code }: YAMLError) => code === 'DUPLICATE_KEY';
  const twice = document.errors.filter(isRepetition);
  const error = document.errors.find((each) => !isRepetition(each));
  if (error !== undefined) return problemOf(error, lined);
  const [start] = document.range;
  const { text, lines } = lined;
  const own: Whereabouts = { text: text.slice(0, document.range[2]), lines, start, trees, parse: parseYaml };
  const place = (path: string, meant: 'key' | 'value') => placeIn(own, path, meant);
  try {
    // An alias becomes the same value that it refers to, not a copy: reading it costs nothing, traversing it does.
    const value: unknown = document.toJS({ maxAliasCount: -1 });
    const repeated = twice.map(({ pos: [from, to] }) => positionAt(lined, { start: from, end: to }));
    return limited({ value, place, ...(repeated.length > 0 && { repeated }) }, text);
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return problemOf(unknownAlias(document), lined);
  }
}

type YamlProblem = Pick<YAMLError, 'code' | 'message' | 'pos'>;

/** The first alias that refers to nothing before it: there is one. */
function unknownAlias(document: Document.Parsed): YamlProblem {
  let unknown: Alias | undefined;
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return undefined;
      unknown = alias;
      return visit.BREAK;
    },
  });
  const [start, end] = unknown?.range ?? [0, 0];
  const message = `there is no anchor \`&${unknown?.source}\` before this alias`;
  return { code: 'BAD_ALIAS', message, pos: [start, end] };
}

/** What is kept of a document: its text, which is parsed again if a place is looked up. */
interface Whereabouts {
  /** The text before the document in its file, and the document. */
  readonly text: string;
  readonly lines: TextLines;
  readonly start: number;
  readonly trees: LastTree;
  readonly parse: (text: string) => Tree | undefined;
}

function placeIn(
  { text, lines, start, trees, parse }: Whereabouts,
  path: string,
  meant: 'key' | 'value',
): FilePosition | undefined {
  const tree = trees.of(text.slice(start), parse);
  if (tree === undefined) return undefined;
  const span = spanOf(tree, path, meant);
  return positionAt({ text, lines }, { start: span.start + start, end: span.end + start });
}

function limited(document: WrittenDocument, text: string): Read {
  // Without aliases, there is at least one character of text for each value.
  const most = Math.max(maxUnfolded, text.length);
  const { values, depth } = measure(document.value, most);
  if (depth <= maxDepth && values < most) return document;
  const place = document.place('', 'value');
  if (depth > maxDepth) return { place, message: 'it is nested too deeply to be read' };
  const hint = 'replace the aliases (`*name`) by what they refer to';
  return { place, message: 'its aliases expand to more than can be read', hint };
}

function tooLarge(text: string): Read {
  const size = Math.round(text.length / 2 ** 20);
  return {
    message: `${size} MiB of YAML is too much: the limit is ${maxYamlBytes / 2 ** 20} MiB`,
    hint: 'use JSON, which has no such limit (`kubectl get … -o json`), or split it into several files',
  };
}

function problemOf({ code, message, pos }: YamlProblem, lined: LinedText): Read {
  const [start, end] = pos;
  const last = lined.text.trimEnd().length;
  if (start >= last) {
    const place = positionAt(lined, { start: last, end: last });
    return { place, message: `the text ends too early: ${lowerCased(message)}` };
  }
  const place = positionAt(lined, { start, end });
  const template = 'this is a template: render it first, as in `helm template … | ringfence … -f -`';
  const hint = place.source.includes('{{') ? template : undefined;
  return { place, message: plainer[code] ?? lowerCased(message), hint };
}

function lowerCased(message: string): string {
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

/** Messages that the parser words like YAML's specification. */
const plainer: Partial<Record<YAMLError['code'], string>> = {
  NON_STRING_KEY: "an object or a list can't be the name of a field",
  RESOURCE_EXHAUSTION: 'it is nested too deeply to be read',
};
