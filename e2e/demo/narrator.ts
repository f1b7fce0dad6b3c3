// How the demo speaks: numbered chapters, wrapped sentences, commands, tables. Colour only on a terminal, and never with
// NO_COLOR. Must not know the story.
import { stripVTControlCharacters, styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

const width = 100;
const isColoured = process.stdout.isTTY === true && (process.env.NO_COLOR ?? '') === '';

/** Tells a story on the terminal. */
export class Narrator {
  #chapter = 0;

  title(text: string): void {
    print(`\n${styled('bold', text)}`);
  }

  chapter(text: string): void {
    this.#chapter += 1;
    print(`\n${styled(['bold', 'cyan'], `${this.#chapter}. ${text}`)}`);
  }

  /** A paragraph. */
  say(text: string): void {
    print(
      wrap(text, width - 3)
        .map((line) => `   ${line}`)
        .join('\n'),
    );
  }

  /** What a person would type for what the demo does now. */
  command(text: string): void {
    print(`   ${styled('dim', '$')} ${styled('green', text)}`);
  }

  /** Rows under a heading, in columns as wide as their widest cell. */
  table(heading: readonly string[], rows: readonly (readonly string[])[]): void {
    const all = [heading, ...rows];
    const widths = heading.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
    const line = (row: readonly string[]) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd();
    print(`   ${styled('dim', line(heading))}`);
    for (const row of rows) print(`   ${line(row)}`);
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function styled(style: Style, text: string): string {
  return isColoured ? styleText(style, text, { validateStream: false }) : stripVTControlCharacters(text);
}

function wrap(text: string, length: number): readonly string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= length) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
