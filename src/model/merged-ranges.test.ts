import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { contains, formatCidr, type IpRange, parseCidr } from './ip-ranges.ts';
import { mergeRanges } from './merged-ranges.ts';

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

  test('leave alone what only touches: the whole would have addresses that nobody named', () => {
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
