// A table in columns that are as wide as they need to be.
// Must not know what is in it.
import { stripVTControlCharacters } from 'node:util';

/**
 * The rows with their columns aligned, two spaces apart, a line each.
 *
 * @param rows each with as many cells as the others; colours do not count as width
 */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))));
  const format = (cell: string, column: number) => cell + ' '.repeat((widths?.[column] ?? 0) - widthOf(cell));
  return rows.map((row) => `${row.map(format).join('  ').trimEnd()}\n`).join('');
}

function widthOf(cell: string): number {
  return [...stripVTControlCharacters(cell)].length;
}
