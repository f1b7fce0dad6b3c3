// Counted things for people.

/** As in `1 route`, `2 routes`. */
export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}
