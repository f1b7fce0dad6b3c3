// The problems in the files that the tool reads, printed like those of compilers: file:line:column, the line and a caret.
// Must not know how a problem was found.
import { andMore } from '../../model/counted.ts';
import { ToolError } from '../failures.ts';

/** A place in a text. Lines and columns count from 1, columns in characters. */
export interface FilePosition {
  readonly line: number;
  readonly column: number;
  /** The line of the text; of a very long one, the part around the place. */
  readonly source: string;
  /** The number of characters of the line before that part; none if absent. */
  readonly omitted?: number;
  /** The line goes on after that part. */
  readonly isCut?: boolean;
  /** The number of characters to mark, at least 1. */
  readonly length: number;
}

/** A problem in a file, a folder or on stdin. */
export interface InputProblem {
  /** The name that the person used; `<stdin>` for `-`. */
  readonly file: string;
  /** Absent if it is about the whole file. */
  readonly place?: FilePosition | undefined;
  readonly message: string;
  /** What to do next, if the message doesn't say that. */
  readonly hint?: string | undefined;
}

/** If there are more problems than this, the rest is counted. */
const maxShown = 20;
/** A longer line is cut. */
const maxWidth = 100;

/** The input can't be used. */
export class InputError extends ToolError {
  override readonly name = 'InputError';
  readonly problems: readonly InputProblem[];

  /** @param problems at least one */
  constructor(problems: readonly InputProblem[]) {
    super(`${problems.length} problems in the input`);
    this.problems = problems;
  }

  override get report(): string {
    const rest = this.problems.length - maxShown;
    const more = rest > 0 ? `${andMore(rest)} problems\n` : '';
    return `${this.problems.slice(0, maxShown).map(formatInputProblem).join('')}${more}`;
  }
}

/** The problem for people, with a newline at its end. */
export function formatInputProblem({ file, place, message, hint }: InputProblem): string {
  const excerpt = place === undefined ? '' : excerptOf(place);
  return `${formatLocation({ file, place })}: ${message}\n${excerpt}${hint === undefined ? '' : `  hint: ${hint}\n`}`;
}

/** As in `app.yaml:3:5`. */
export function formatLocation({ file, place }: Pick<InputProblem, 'file' | 'place'>): string {
  return place === undefined ? file : `${file}:${place.line}:${place.column}`;
}

function excerptOf({ line, column, source, length, omitted = 0, isCut = false }: FilePosition): string {
  const number = String(line);
  const { text, before } = windowOf(source, column - 1 - omitted, { isHeadless: omitted > 0, isCut });
  const width = Math.max(1, Math.min(length, [...text].length - before));
  const margin = ' '.repeat(number.length);
  return `  ${number} | ${text}\n  ${margin} | ${' '.repeat(before)}${'^'.repeat(width)}\n`;
}

/** The shown part of a line, and how many of its characters are before the place: a tab would shift the caret. */
function windowOf(
  source: string,
  column: number,
  { isHeadless, isCut }: { readonly isHeadless: boolean; readonly isCut: boolean },
): { readonly text: string; readonly before: number } {
  const characters = [...source.replaceAll('\t', ' ').replace(/\r$/, '')];
  if (characters.length <= maxWidth) return { text: characters.join('').trimEnd(), before: column };
  const start = Math.max(0, Math.min(column - maxWidth / 2, characters.length - maxWidth));
  const head = start > 0 || isHeadless ? '…' : '';
  const tail = start + maxWidth < characters.length || isCut ? '…' : '';
  const text = characters.slice(start, start + maxWidth).join('');
  return { text: `${head}${text}${tail}`, before: column - start + head.length };
}
