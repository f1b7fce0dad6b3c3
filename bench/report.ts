// The tables that a benchmark ends with: what each contender did, and whether the targets are met.
// Must not know how anything was measured.

/** What was measured of each contender, by its name; absent where it does not take part. */
export type Figures = Readonly<Record<string, number | undefined>>;

/** A promise: the measured value must not be beyond the bound. */
export interface Target {
  readonly what: string;
  readonly value: number;
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** Gathers figures and targets, and prints them. */
export class Report {
  readonly #contenders: readonly string[];
  readonly #figures: string[][] = [];
  readonly #targets: string[][] = [];
  #missed = false;

  /** @param contenders the names, in the order of the columns */
  constructor(contenders: readonly string[]) {
    this.#contenders = contenders;
  }

  /** Whether any target was missed. */
  get missed(): boolean {
    return this.#missed;
  }

  /** Adds what was measured. */
  add(what: string, unit: string, figures: Figures): void {
    const cells = this.#contenders.map((name) => format(figures[name]));
    this.#figures.push([what, ...cells, unit]);
  }

  /** Adds what is promised. */
  target({ what, value, atMost, atLeast }: Target): void {
    const met = (atMost === undefined || value <= atMost) && (atLeast === undefined || value >= atLeast);
    if (!met) this.#missed = true;
    const bound = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
    this.#targets.push([what, format(value), bound, met ? 'met' : 'missed']);
  }

  print(): void {
    const tables = [
      table([['', ...this.#contenders, ''], ...this.#figures]),
      table([['TARGET', '', '', ''], ...this.#targets]),
    ];
    process.stdout.write(`${tables.join('\n\n')}\n`);
  }
}

/** Aligns columns: words to the left, numbers to the right. */
function table(lines: readonly (readonly string[])[]): string {
  const width = (column: number) => Math.max(...lines.map((line) => line[column]?.length ?? 0));
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          isNumeric(lines, column) ? cell.padStart(width(column)) : cell.padEnd(width(column)),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function isNumeric(lines: readonly (readonly string[])[], column: number): boolean {
  const cells = lines.slice(1).map((line) => line[column] ?? '');
  return cells.every((cell) => /^[\d.-]*$/.test(cell));
}

function format(value: number | undefined): string {
  if (value === undefined) return '-';
  return value.toFixed(value < 100 ? 2 : 0);
}
