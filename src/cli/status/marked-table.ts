// A table that says in a column of its own what is different from before: colours alone say nothing in a file.
// Must not know what is in it.
import { stripVTControlCharacters } from 'node:util';
import { andMore } from '../../model/counted.ts';
import type { PrintContext } from '../output/formats.ts';
import { formatTable } from '../output/table.ts';

/** A row. */
export interface MarkedRow {
  readonly cells: readonly string[];
  /** Whether it is shown where not all rows have room. */
  readonly isRemarkable?: boolean;
}

/** The columns of a table. */
export interface MarkedColumns {
  readonly head: readonly string[];
  /** How many of the first columns tell rows apart. */
  readonly keys: number;
}

/** How much of a table is shown. */
export interface Shown {
  /** The rows before; absent if there is nothing to compare with. */
  readonly before: readonly MarkedRow[] | undefined;
  /** Whether rows that are as before are left out. */
  readonly onlyChanged?: boolean;
  /** How many rows have room. */
  readonly most?: number;
}

const absent = '-';
/** A longer text is not repeated. */
const longest = 30;

/** A table; empty without rows. */
export function markedTable(
  columns: MarkedColumns,
  rows: readonly MarkedRow[],
  { before, onlyChanged = false, most = Number.POSITIVE_INFINITY }: Shown,
  { paint, room }: PrintContext,
): string {
  const marked =
    before === undefined ? rows.map((row) => ({ row, change: '' })) : compared(columns, rows, before);
  const wanted = onlyChanged ? marked.filter(({ change }) => change !== '') : marked;
  const kept = withinRoom(wanted, most);
  if (kept.length === 0) return '';
  const titles = [...columns.head, ...(before === undefined ? [] : ['CHANGE'])];
  const lines = kept.map(({ row: { cells }, change }) => {
    if (before === undefined) return cells;
    const [first = '', ...others] = cells;
    return [change === '' ? first : paint('yellow', first), ...others, change];
  });
  const table = formatTable([titles.map((title) => paint('bold', title)), ...lines], room);
  const rest = wanted.length - kept.length;
  return rest === 0 ? table : `${table}${andMore(rest)}${before === undefined ? '' : ', as before'}\n`;
}

interface Compared {
  readonly row: MarkedRow;
  /** What is different, in words; empty if nothing is. */
  readonly change: string;
}

function compared(
  { head, keys }: MarkedColumns,
  rows: readonly MarkedRow[],
  before: readonly MarkedRow[],
): readonly Compared[] {
  const keyOf = (cells: readonly string[]) => JSON.stringify(cells.slice(0, keys));
  const old = new Map(
    before.map(({ cells }) => cells.map(stripVTControlCharacters)).map((cells) => [keyOf(cells), cells]),
  );
  const seen = new Set(rows.map(({ cells }) => keyOf(cells)));
  const gone = [...old]
    .filter(([key]) => !seen.has(key))
    .map(([, cells]) => ({ cells: cells.map((cell, column) => (column < keys ? cell : absent)) }));
  return [
    ...rows.map((row) => ({ row, change: changeOf(head, row, old.get(keyOf(row.cells))) })),
    ...gone.map((row) => ({ row, change: 'gone' })),
  ];
}

/** As in `POLICIES was 0/3`. */
function changeOf(head: readonly string[], { cells }: MarkedRow, old: readonly string[] | undefined): string {
  if (old === undefined) return 'new';
  return cells
    .map(stripVTControlCharacters)
    .flatMap((cell, column) => {
      const was = old[column] ?? '';
      if (cell === was) return [];
      return was.length > longest ? `another ${head[column]}` : `${head[column]} was ${was}`;
    })
    .join(', ');
}

/** What has changed or is remarkable comes before the rest, in the order of the rows. */
function withinRoom(rows: readonly Compared[], most: number): readonly Compared[] {
  if (rows.length <= most) return rows;
  const rank = ({ row, change }: Compared) => (change !== '' ? 0 : row.isRemarkable ? 1 : 2);
  const kept = new Set([...rows].sort((a, b) => rank(a) - rank(b)).slice(0, Math.max(1, most)));
  return rows.filter((row) => kept.has(row));
}
