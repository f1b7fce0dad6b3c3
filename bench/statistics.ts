// Percentiles.
// Must not know of what.

/**
 * The percentile of at least one value by nearest rank: the smallest value that so many percent of all values don't
 * exceed. It is always a value that was measured: p99 of 100 values is the second largest.
 *
 * @param percent above 0, at most 100
 * @throws RangeError if there are no values
 */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.ceil((percent / 100) * sorted.length) - 1];
  if (value === undefined) throw new RangeError('no percentile of no values');
  return value;
}
