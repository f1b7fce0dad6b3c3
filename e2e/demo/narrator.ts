// How the demo speaks: numbered chapters, wrapped sentences, commands with their output, tables; as wide as the terminal. Colour only
// on a terminal, and never with NO_COLOR. Must not know the story.
import { stripVTControlCharacters, styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Longer lines are hard to read. */
const widest = 100;
const width = Math.min(widest, process.stdout.columns ?? widest);
const isColoured = process.stdout.isTTY === true && (process.env.NO_COLOR ?? '') === '';

const indent = '   ';
/** Behind the first line of a command. */
const commandIndent = '    ';

/** Tells a story on the terminal. */
export class Narrator {
  #chapter = 0;

  title(text: string): void {
    print(`\n${styled('bold', text)}`);
  }

  chapter(text: string): void {
    this.#chapter += 1;
    const lines = wrap(`${this.#chapter}. ${text}`.split(' '), width).map((line) =>
      styled(['bold', 'cyan'], line),
    );
    print(`\n${lines.join('\n')}`);
  }

  /** A paragraph. */
  say(text: string): void {
    for (const line of wrap(text.split(' '), width - indent.length)) print(indent + line);
  }

  /**
   * What a person would type for what the demo does now. A long one goes on in further lines, as a shell reads it.
   * @param comment what a reader can't see, as the content of a file
   */
  command(text: string, comment?: string): void {
    const words = [...shellWords(text), ...(comment === undefined ? [] : [`  # ${comment}`])];
    const lines = wrap(words, width - indent.length - commandIndent.length);
    const [first = '', ...rest] = lines.map((line, index) =>
      index < lines.length - 1 ? `${line} \\` : line,
    );
    print(`${indent}${styled('dim', '$')} ${styled('green', first)}`);
    for (const line of rest) print(indent + commandIndent + styled('green', line));
  }

  /** What a command printed, word for word. */
  output(text: string): void {
    for (const line of text.trimEnd().split('\n')) print(indent + line);
  }

  /** Rows under a heading, in columns as wide as their widest cell. The last one takes the rest of the line, and wraps. */
  table(heading: readonly string[], rows: readonly (readonly string[])[]): void {
    const all = [heading, ...rows];
    const widths = heading.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
    const before = widths.slice(0, -1).reduce((sum, each) => sum + each + 2, 0);
    const lines = (row: readonly string[]) => {
      const start = row.slice(0, -1).map((cell, column) => cell.padEnd((widths[column] ?? 0) + 2));
      const [first = '', ...rest] = wrap((row.at(-1) ?? '').split(' '), width - indent.length - before);
      return [start.join('') + first, ...rest.map((line) => ' '.repeat(before) + line)];
    };
    for (const line of lines(heading)) print(indent + styled('dim', line));
    for (const line of rows.flatMap(lines)) print(indent + line);
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function styled(style: Style, text: string): string {
  return isColoured ? styleText(style, text, { validateStream: false }) : stripVTControlCharacters(text);
}

/** The words of a command: what is in quotes is one with its flag. */
const shellWords = (text: string): readonly string[] => text.match(/(?:-p )?(?:'[^']*'|[^\s'])+/g) ?? [];

function wrap(words: readonly string[], length: number): readonly string[] {
  const lines = [''];
  for (const word of words) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= length) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
