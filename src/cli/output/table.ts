// A table in columns that are as wide as they need to be, or as there is room.
// Must not know what is in it.
import { stripVTControlCharacters } from 'node:util';

const gap = '  ';
/** A column is not made narrower than this. */
const narrowest = 16;

/**
 * The rows with their columns aligned, two spaces apart, a line each. If there is not enough room, the widest columns become
 * narrower, and their cells take several lines.
 *
 * @param rows each with as many cells as the others; colours do not count as width
 * @param room how wide a line may be; if unset: as wide as it is
 */
export function formatTable(rows: readonly (readonly string[])[], room = Number.POSITIVE_INFINITY): string {
  const widths = fitted(
    (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? '')))),
    room,
  );
  return rows.flatMap((row) => linesOf(row, widths)).join('');
}

function fitted(widths: readonly number[], room: number): readonly number[] {
  const sum = widths.reduce((total, width) => total + width + gap.length, -gap.length);
  const widest = Math.max(...widths);
  if (sum <= room || widest <= narrowest) return widths;
  const second = Math.max(narrowest, ...widths.filter((width) => width < widest));
  const count = widths.filter((width) => width === widest).length;
  const less = Math.min(widest - second, Math.ceil((sum - room) / count));
  return fitted(
    widths.map((width) => (width === widest ? width - less : width)),
    room,
  );
}

function linesOf(row: readonly string[], widths: readonly number[]): readonly string[] {
  const cells = row.map((cell, column) => wrapped(cell, widths[column] ?? 0));
  const height = Math.max(...cells.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) => {
    const text = cells.map((lines, column) => padded(lines[line] ?? '', widths[column] ?? 0)).join(gap);
    return `${text.trimEnd()}\n`;
  });
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Breaks a text at blanks; a word that is too long, and a text with colours, stay whole. */
function wrapped(text: string, width: number): readonly string[] {
  if (widthOf(text) <= width || text !== stripVTControlCharacters(text)) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = `  ${word}`;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function widthOf(cell: string): number {
  return [...stripVTControlCharacters(cell)].length;
}
