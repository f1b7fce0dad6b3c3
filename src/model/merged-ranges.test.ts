import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../../test/property-runs.ts';
import { contains, formatCidr, type IpRange, parseCidr } from './ip-ranges.ts';
import { coverRanges, mergeRanges } from './merged-ranges.ts';

function range(cidr: string): IpRange {
  const parsed = parseCidr(cidr);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

const merge = (...cidrs: readonly string[]) => mergeRanges(cidrs.map(range)).map(formatCidr);

/** Prefixes in one small corner of the address space, so that they meet. */
const cidrs = fc.array(
  fc.integer({ min: 24, max: 32 }).chain((prefix) => {
    const step = 2 ** (32 - prefix);
    return fc.integer({ min: 0, max: 256 / step - 1 }).map((index) => `10.0.0.${index * step}/${prefix}`);
  }),
  { maxLength: 40 },
);

const addresses = Array.from({ length: 256 }, (_, index) => range(`10.0.0.${index}/32`));
const covered = (ranges: readonly IpRange[]) =>
  addresses.map((address) => ranges.some((one) => contains(one, address)));

describe('merged ranges', () => {
  test('put two halves together, and their whole with its neighbour', () => {
    expect(merge('10.0.0.0/25', '10.0.1.0/24', '10.0.0.128/25')).toEqual(['10.0.0.0/23']);
    expect(merge('fd00::/65', 'fd00:0:0:0:8000::/65')).toEqual(['fd00::/64']);
  });

  test('do not merge ranges that only touch: the result would have addresses that nobody named', () => {
    expect(merge('10.0.1.0/24', '10.0.2.0/24')).toEqual(['10.0.1.0/24', '10.0.2.0/24']);
    expect(merge('10.0.0.0/24', '10.0.1.0/25')).toEqual(['10.0.0.0/24', '10.0.1.0/25']);
  });

  test('drop what lies in another, and never mix families', () => {
    expect(merge('10.0.0.5/32', '10.0.0.0/8', '::/0')).toEqual(['10.0.0.0/8', '::/0']);
    expect(merge('0.0.0.0/1', '128.0.0.0/1')).toEqual(['0.0.0.0/0']);
  });

  test('are the same addresses as before, in the fewest prefixes, whatever the order', () => {
    fc.assert(
      fc.property(cidrs, (texts) => {
        const ranges = texts.map(range);
        const merged = mergeRanges(ranges);
        expect(covered(merged)).toEqual(covered(ranges));
        expect(mergeRanges(ranges.toReversed())).toEqual(merged);
        for (const [index, one] of merged.entries()) {
          const others = merged.filter((_, other) => other !== index);
          // A prefix could only go if its other half, or something around it, were there.
          expect(others.some((other) => contains(other, one))).toBe(false);
          const whole = one.prefix === 0 ? one : range(wholeOf(one));
          expect(others.some((other) => other.prefix === one.prefix && contains(whole, other))).toBe(false);
        }
      }),
    );
  });
});

function wholeOf({ first, prefix }: IpRange): string {
  const bits = 33 - prefix;
  const start = Number((first >> BigInt(bits)) << BigInt(bits));
  return `10.0.0.${start & 255}/${prefix - 1}`;
}

describe('ranges around others', () => {
  const cidrs = fc.array(
    fc.oneof(
      fc
        .tuple(fc.nat(0xffffffff), fc.integer({ min: 8, max: 32 }))
        .map(([value, prefix]) => ({ family: 4 as const, value: BigInt(value), prefix })),
      fc
        .tuple(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), fc.integer({ min: 16, max: 128 }))
        .map(([value, prefix]) => ({ family: 6 as const, value, prefix })),
    ),
    { minLength: 1, maxLength: 60 },
  );
  const rangesOf = (all: readonly { family: 4 | 6; value: bigint; prefix: number }[]): readonly IpRange[] =>
    all.map(({ family, value, prefix }) => {
      const hostBits = BigInt((family === 4 ? 32 : 128) - prefix);
      const first = (value >> hostBits) << hostBits;
      return { family, prefix, first, last: first + (1n << hostBits) - 1n };
    });

  test('hold all of them, are at most as many as asked for, and do not change if there are few', () => {
    fc.assert(
      fc.property(cidrs, fc.integer({ min: 2, max: 40 }), (all, most) => {
        const ranges = rangesOf(all);
        const covers = coverRanges(ranges, most);
        expect(covers.length).toBeLessThanOrEqual(most);
        expect(ranges.every((range) => covers.some((cover) => contains(cover, range)))).toBe(true);
        expect(mergeRanges(covers)).toEqual(covers);
        const merged = mergeRanges(ranges);
        if (merged.length <= most) expect(covers).toEqual(merged);
        expect(coverRanges([...covers, ...ranges], most)).toEqual(covers);
      }),
      runs(100),
    );
  });

  test('join the nearest first', () => {
    const read = (text: string) => {
      const parsed = parseCidr(text);
      if (!parsed.ok) throw new Error(parsed.error);
      return parsed.value;
    };
    const ranges = ['10.0.0.1/32', '10.0.0.9/32', '52.1.0.7/32', 'fd00::1/128'].map(read);
    expect(coverRanges(ranges, 3).map(formatCidr)).toEqual(['10.0.0.0/28', '52.1.0.7/32', 'fd00::1/128']);
  });
});
