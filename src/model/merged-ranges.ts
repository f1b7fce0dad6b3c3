// Many ranges as the fewest prefixes that cover the same addresses: not one address more.
// Must not know what the ranges are of.
import { contains, type IpRange } from './ip-ranges.ts';

const bitsOf = { 4: 32, 6: 128 } as const;

/** The fewest ranges of whole prefixes with exactly the addresses of `ranges`; IPv4 first, then by address. */
export function mergeRanges(ranges: readonly IpRange[]): readonly IpRange[] {
  const merged: IpRange[] = [];
  for (const range of [...ranges].sort(byAddress)) {
    const last = merged.at(-1);
    if (last !== undefined && contains(last, range)) continue;
    merged.push(range);
    while (mergeLast(merged));
  }
  return merged;
}

/** A range that holds another comes before it. */
function byAddress(a: IpRange, b: IpRange): number {
  if (a.family !== b.family) return a.family - b.family;
  return a.first === b.first ? a.prefix - b.prefix : a.first < b.first ? -1 : 1;
}

/** Puts their whole in the place of the last two, where they are its halves. Returns whether they were. */
function mergeLast(merged: IpRange[]): boolean {
  const [left, right] = merged.slice(-2);
  if (left === undefined || right === undefined || left.family !== right.family) return false;
  const size = 1n << BigInt(bitsOf[left.family] - left.prefix);
  const areHalves =
    left.prefix === right.prefix && left.first + size === right.first && (left.first & size) === 0n;
  if (areHalves) merged.splice(-2, 2, { ...left, prefix: left.prefix - 1, last: right.last });
  return areHalves;
}
