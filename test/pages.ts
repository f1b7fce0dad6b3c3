// The pages that people read, as their fenced blocks and links. A block says what becomes of it by its language and by the
// HTML comments that stand directly above it. Must not know how a block is run or checked.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A fenced block of a page. */
export interface Block {
  readonly page: string;
  /** Where its opening fence stands, from 1. */
  readonly line: number;
  /** The first word after the fence, as in `sh`; empty where there is none. */
  readonly language: string;
  readonly text: string;
  /** The HTML comments directly above, as in `not run: needs a container engine`. */
  readonly notes: readonly string[];
}

/** A page in Markdown. */
export interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

const root = join(import.meta.dirname, '..');

/** Every page of docs/ and of the repository's root, in the order of their paths. */
export function readPages(): readonly Page[] {
  const paths = [
    ...readdirSync(root),
    ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((path) => `docs/${path}`),
  ];
  return paths
    .filter((path) => path.endsWith('.md'))
    .sort()
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return { path, text, blocks: blocksOf(path, text) };
    });
}

const fenced = /^([ \t]*)(`{3,})[ \t]*(\S*).*\n([\s\S]*?)^\1\2[ \t]*$/gm;

/** The fenced blocks of a page. @throws where a fence is not closed */
export function blocksOf(page: string, text: string): readonly Block[] {
  const leftOver = text
    .replaceAll(fenced, '')
    .split('\n')
    .find((line) => /^\s*```/.test(line));
  if (leftOver !== undefined)
    throw new Error(`${page}: the block that starts with \`${leftOver}\` is not closed`);
  return [...text.matchAll(fenced)].map((match) => {
    const [, indent = '', , language = '', lines = ''] = match;
    const before = text.slice(0, match.index);
    return {
      page,
      line: before.split('\n').length,
      language,
      text: lines
        .trimEnd()
        .split('\n')
        .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
        .join('\n'),
      notes: notesAtEnd(before),
    };
  });
}

/** The comments at the end of a text. */
function notesAtEnd(text: string): readonly string[] {
  const lines = text.split('\n').reverse();
  const end = lines.findIndex((line) => line.trim() !== '' && !comment.test(line));
  return lines
    .slice(0, end === -1 ? lines.length : end)
    .flatMap((line) => comment.exec(line)?.[1] ?? [])
    .reverse();
}

const comment = /^\s*<!--\s*(.*?)\s*-->\s*$/;

/** What a note says after `subject:`, as the reason in `not run: needs a container engine`. */
export function noteOf({ notes }: Block, subject: string): string | undefined {
  return notes
    .find((note) => note.startsWith(`${subject}:`))
    ?.slice(subject.length + 1)
    .trim();
}

/** Where a link of a page leads: a file from the root of the repository (itself where it is empty), and a heading there. */
export interface Link {
  readonly line: number;
  readonly path: string;
  readonly heading: string | undefined;
}

/** The links of a page that stay in the repository. */
export function linksOf({ path, text }: Page): readonly Link[] {
  return text.split('\n').flatMap((line, index) =>
    [...line.replaceAll(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)|(?:href|src|srcset)="([^"]+)"/g)]
      .map((match) => match[1] ?? match[2] ?? '')
      .filter((target) => !/^[a-z]+:/.test(target))
      .map((target) => {
        const [file = '', heading] = target.split('#');
        return { line: index + 1, path: file === '' ? path : join(dirname(path), file), heading };
      }),
  );
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf({ text }: Page): ReadonlySet<string> {
  const headings = text.replaceAll(/^( *)(`{3,}).*?^\1\2$/gms, '').matchAll(/^#+ +(.*)$/gm);
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );
}
