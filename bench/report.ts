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

/** A promise, and whether it is met. */
export interface JudgedTarget extends Target {
  readonly met: boolean;
}

/** Gathers figures and targets, and prints them. */
export class Report {
  readonly #contenders: readonly string[];
  readonly #figures: string[][] = [];
  readonly #targets: JudgedTarget[] = [];

  /** @param contenders the names, in the order of the columns */
  constructor(contenders: readonly string[]) {
    this.#contenders = contenders;
  }

  /** Whether any target was missed. */
  get missed(): boolean {
    return this.#targets.some(({ met }) => !met);
  }

  /** Every promise. */
  get judged(): readonly JudgedTarget[] {
    return this.#targets;
  }

  /** Adds what was measured; without figures, a heading. */
  add(what: string, unit: string, figures: Figures | undefined): void {
    const cells = this.#contenders.map((name) => (figures === undefined ? '' : format(figures[name])));
    this.#figures.push([what, ...cells, unit]);
  }

  /** Adds what is promised. */
  target(target: Target): void {
    const { value, atMost, atLeast } = target;
    const met = (atMost === undefined || value <= atMost) && (atLeast === undefined || value >= atLeast);
    this.#targets.push({ ...target, met });
  }

  /** Both tables. */
  get text(): string {
    const targets = this.#targets.map(({ what, value, atMost, atLeast, met }) => {
      const bound = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
      return [what, format(value), bound, met ? 'met' : 'missed'];
    });
    return [
      table([['', ...this.#contenders, ''], ...this.#figures]),
      table([['TARGET', '', '', ''], ...targets]),
    ].join('\n\n');
  }

  print(): void {
    process.stdout.write(`${this.text}\n`);
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
