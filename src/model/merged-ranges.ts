// Many ranges as the fewest prefixes that cover exactly the same addresses.
// Must not know what the ranges are for.
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

/**
 * At most `most` ranges of whole prefixes (at least one of each family) that contain all of `ranges`, and as little else as possible:
 * those with the longest common prefixes are merged; a bit of IPv4 counts as four of IPv6.
 */
export function coverRanges(ranges: readonly IpRange[], most: number): readonly IpRange[] {
  const merged = mergeRanges(ranges);
  const gaps = merged.slice(1).flatMap((right, at) => {
    const left = merged[at];
    if (left === undefined || left.family !== right.family) return [];
    return [{ at, shared: commonPrefix(left, right) * (128 / bitsOf[left.family]) }];
  });
  const closed = new Set(
    [...gaps]
      .sort((a, b) => b.shared - a.shared || a.at - b.at)
      .slice(0, Math.max(0, merged.length - most))
      .map(({ at }) => at),
  );
  const covers: IpRange[] = [];
  for (const [index, range] of merged.entries()) {
    const last = covers.at(-1);
    if (last !== undefined && closed.has(index - 1)) covers[covers.length - 1] = around(last, range);
    else covers.push(range);
  }
  return mergeRanges(covers);
}

function commonPrefix(a: IpRange, b: IpRange): number {
  let shared = Math.min(a.prefix, b.prefix);
  while (shared > 0 && startOf(a, shared) !== startOf(b, shared)) shared -= 1;
  return shared;
}

/** The smallest prefix that holds both. */
function around(a: IpRange, b: IpRange): IpRange {
  const prefix = commonPrefix(a, b);
  const first = startOf(a, prefix);
  return { family: a.family, prefix, first, last: first + (1n << BigInt(bitsOf[a.family] - prefix)) - 1n };
}

function startOf({ family, first }: IpRange, prefix: number): bigint {
  const hostBits = BigInt(bitsOf[family] - prefix);
  return (first >> hostBits) << hostBits;
}

/** Orders a range before the ranges that it contains. */
function byAddress(a: IpRange, b: IpRange): number {
  if (a.family !== b.family) return a.family - b.family;
  return a.first === b.first ? a.prefix - b.prefix : a.first < b.first ? -1 : 1;
}

/** Replaces the last two by their union, if they are its halves. Returns whether they were. */
function mergeLast(merged: IpRange[]): boolean {
  const [left, right] = merged.slice(-2);
  if (left === undefined || right === undefined || left.family !== right.family) return false;
  const size = 1n << BigInt(bitsOf[left.family] - left.prefix);
  const areHalves =
    left.prefix === right.prefix && left.first + size === right.first && (left.first & size) === 0n;
  if (areHalves) merged.splice(-2, 2, { ...left, prefix: left.prefix - 1, last: right.last });
  return areHalves;
}
