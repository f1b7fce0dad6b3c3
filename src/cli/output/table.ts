// A table in columns that are as wide as they need to be.
// Must not know what is in it.

/** A cell: its text, and how it looks once it is padded. */
export interface Cell {
  readonly text: string;
  readonly look?: (text: string) => string;
}

/**
 * The rows with their columns aligned, two spaces apart, a line each.
 *
 * @param rows each with as many cells as the others
 */
export function formatTable(rows: readonly (readonly (Cell | string)[])[]): string {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? { text: cell } : cell)));
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => widthOf(row[column]?.text ?? ''))),
  );
  return cells
    .map(
      (row) =>
        `${row
          .map((cell, column) => format(cell, column < row.length - 1 ? (widths[column] ?? 0) : 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function format({ text, look = (same) => same }: Cell, width: number): string {
  return look(text) + ' '.repeat(Math.max(0, width - widthOf(text)));
}

function widthOf(text: string): number {
  return [...text].length;
}
