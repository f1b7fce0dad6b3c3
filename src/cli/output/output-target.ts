// The value of `-o`: a format, a file whose extension defines the format, or both as `format=file`.
// Must not know what is written.
import { InvalidArgumentError } from 'commander';
import { nearest } from '../../model/did-you-mean.ts';

/** Where an answer goes, and in which format. */
export interface OutputTarget {
  readonly format: string;
  /** Absent: stdout. */
  readonly file?: string;
}

/** The extensions that define a format. */
const endings: Readonly<Record<string, string>> = {
  txt: 'text',
  json: 'json',
  yaml: 'yaml',
  yml: 'yaml',
  md: 'markdown',
  csv: 'csv',
  mmd: 'mermaid',
  svg: 'svg',
  html: 'html',
  dot: 'dot',
  gv: 'dot',
};

/**
 * Reads `-o`, for a verb with these formats.
 *
 * @throws InvalidArgumentError if it is neither a format nor a file with such an extension
 */
export function parseTarget(formats: readonly string[], written: string): OutputTarget {
  const isFormat = (word: string) => formats.includes(word);
  if (isFormat(written)) return { format: written };
  const equals = written.indexOf('=');
  const named = written.slice(0, Math.max(0, equals));
  if (isFormat(named) && equals < written.length - 1) {
    return { format: named, file: written.slice(equals + 1) };
  }
  const ending = /\.([a-z]+)$/.exec(written)?.[1];
  const format = ending === undefined ? undefined : endings[ending];
  if (format !== undefined && isFormat(format)) return { format, file: written };
  const meant = nearest(written, formats);
  const hint = meant === undefined ? '' : `; did you mean \`${meant}\`?`;
  throw new InvalidArgumentError(
    `must be one of ${formats.join(', ')}, or a file with such an extension, or \`format=file\`${hint}`,
  );
}
