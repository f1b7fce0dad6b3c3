// The lines that differ between two short texts, as `diff` shows them.
// Must not know what the texts are.

/** Every line of both texts, in order, with ` `, `-` or `+` before it: the longest common subsequence stays. */
export function lineDifference(before: string, after: string): string {
  const old = before.trimEnd().split('\n');
  const next = after.trimEnd().split('\n');
  const lengths = commonLengths(old, next);
  const lines: string[] = [];
  let row = 0;
  let column = 0;
  while (row < old.length || column < next.length) {
    if (row < old.length && column < next.length && old[row] === next[column]) {
      lines.push(`  ${old[row]}`);
      row += 1;
      column += 1;
    } else if (
      column >= next.length ||
      (row < old.length && at(lengths, row + 1, column) >= at(lengths, row, column + 1))
    ) {
      lines.push(`- ${old[row]}`);
      row += 1;
    } else {
      lines.push(`+ ${next[column]}`);
      column += 1;
    }
  }
  return `${lines.join('\n')}\n`;
}

/** For each pair of ends of the texts, how many lines they have in common. */
function commonLengths(old: readonly string[], next: readonly string[]): readonly (readonly number[])[] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Array<number>(next.length + 1).fill(0));
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = next.length - 1; column >= 0; column -= 1) {
      const cells = lengths[row];
      if (cells === undefined) continue;
      cells[column] =
        old[row] === next[column]
          ? at(lengths, row + 1, column + 1) + 1
          : Math.max(at(lengths, row + 1, column), at(lengths, row, column + 1));
    }
  }
  return lengths;
}

function at(lengths: readonly (readonly number[])[], row: number, column: number): number {
  return lengths[row]?.[column] ?? 0;
}
