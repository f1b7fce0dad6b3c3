// Counts and long lists in the words of a message: `2 routes`, `a, b and 3 more`.
// Must not know what is counted.

/** As in `1 route`, `2 routes`. */
export function count(number: number, thing: string, things = `${thing}s`): string {
  return `${number} ${number === 1 ? thing : things}`;
}

/** As in `1,000`, for pictures and pages. */
export function inGroups(number: number): string {
  return number.toLocaleString('en');
}

/** As in `1,000 workloads`, for pictures and pages. */
export function countInGroups(number: number, thing: string, things = `${thing}s`): string {
  return `${inGroups(number)} ${number === 1 ? thing : things}`;
}

/** As in `and 3 more`. */
export function andMore(number: number): string {
  return `and ${number} more`;
}

/** The first `most` names, and how many more there are, as in `a, b and 3 more`. */
export function nameSome(names: readonly string[], most: number): string {
  const rest = names.length - most;
  return rest > 0 ? `${names.slice(0, most).join(', ')} ${andMore(rest)}` : names.join(', ');
}

/** The same with each name in backticks. */
export function quoteSome(names: readonly string[], most: number): string {
  return nameSome(
    names.map((name) => `\`${name}\``),
    most,
  );
}

/** At most `most` lines: if there are more names, the last line counts the rest. */
export function nameSomeInLines(names: readonly string[], most: number): readonly string[] {
  if (names.length <= most) return names;
  return [...names.slice(0, most - 1), andMore(names.length - most + 1)];
}
