// Many ranges as the fewest prefixes that cover the same addresses, or few prefixes that cover a little more.
// Must not know what the ranges are for.
import { addressSetOf } from './address-set.ts';
import type { Interval } from './interval-sets.ts';
import { bitsOf, type Family, families, type IpRange } from './ip-ranges.ts';

/** The fewest ranges of whole prefixes with exactly the addresses of `ranges`; IPv4 first, then by address. */
export function mergeRanges(ranges: readonly IpRange[]): readonly IpRange[] {
  const set = addressSetOf(ranges);
  return families.flatMap((family) => set[family].flatMap((interval) => prefixesOf(family, interval)));
}

/** From the start, each time the largest prefix that begins there and ends within. */
function prefixesOf(family: Family, { first, last }: Interval<bigint>): readonly IpRange[] {
  const prefixes: IpRange[] = [];
  let start = first;
  while (start <= last) {
    let range: IpRange = { family, prefix: bitsOf[family], first: start, last: start };
    for (
      let wider = range;
      wider.first === start && wider.last <= last;
      wider = prefixAt(range, range.prefix - 1)
    ) {
      range = wider;
      if (range.prefix === 0) break;
    }
    prefixes.push(range);
    start = range.last + 1n;
  }
  return prefixes;
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
    if (last !== undefined && closed.has(index - 1)) {
      covers[covers.length - 1] = prefixAt(last, commonPrefix(last, range));
    } else covers.push(range);
  }
  return mergeRanges(covers);
}

/** The length of the longest prefix that holds both. */
function commonPrefix(a: IpRange, b: IpRange): number {
  let shared = Math.min(a.prefix, b.prefix);
  while (shared > 0 && prefixAt(a, shared).first !== prefixAt(b, shared).first) shared -= 1;
  return shared;
}

/** The prefix of this length in which a range begins. */
function prefixAt({ family, first }: IpRange, prefix: number): IpRange {
  const hostBits = BigInt(bitsOf[family] - prefix);
  const start = (first >> hostBits) << hostBits;
  return { family, prefix, first: start, last: start + (1n << hostBits) - 1n };
}
