// Addresses that belong to no pod, cut into as few parts as possible so that each part has one value.
// Must not know what the values mean.
import { compareRanges, contains, formatCidr, type IpRange } from '../model/ip-ranges.ts';
import { type AddressEnd, readRange } from './endpoints.ts';

/** Addresses, by the CIDRs that cut them: two CIDRs contain each other or have nothing in common, so these are trees. */
interface Part {
  readonly range: IpRange;
  readonly inner: Part[];
}

/** A part whose own addresses (those in no inner part) have a value; absent if it has no own addresses. */
interface Valued<T> {
  readonly range: IpRange;
  readonly value: T | undefined;
  readonly inner: readonly Valued<T>[];
}

/** Addresses that all have the same value. */
export interface AddressValue<T> {
  readonly end: AddressEnd;
  /** The part of `end.cidr`. */
  readonly range: IpRange;
  readonly value: T;
}

/** Every address of each family. */
export const everyAddress: readonly IpRange[] = ['0.0.0.0/0', '::/0'].map(readRange);

/**
 * Cuts ranges into parts of one value each, ordered by family and address.
 *
 * @param whole disjoint ranges, to be cut
 * @param cuts ranges that each have one value, apart from the smaller cuts inside them
 * @param ownValueOf the value of the addresses of a range that are in no smaller range; equal values are the same object
 */
export function mapAddresses<T>(
  whole: readonly IpRange[],
  cuts: readonly IpRange[],
  ownValueOf: (range: IpRange) => T,
): readonly AddressValue<T>[] {
  const inside = cuts.filter((cut) => whole.some((range) => contains(range, cut)));
  return treesOf([...whole, ...inside]).flatMap((tree) => endsOf(evaluate(tree, ownValueOf)));
}

function treesOf(ranges: readonly IpRange[]): readonly Part[] {
  const roots: Part[] = [];
  const path: Part[] = [];
  for (const range of [...ranges].sort(compareRanges)) {
    let outer = path.at(-1);
    while (outer !== undefined && !contains(outer.range, range)) {
      path.pop();
      outer = path.at(-1);
    }
    if (outer !== undefined && compareRanges(outer.range, range) === 0) continue;
    const part: Part = { range, inner: [] };
    (outer?.inner ?? roots).push(part);
    path.push(part);
  }
  return roots;
}

function evaluate<T>({ range, inner }: Part, ownValueOf: (range: IpRange) => T): Valued<T> {
  const parts = inner.map((part) => evaluate(part, ownValueOf));
  if (!isFilled(range, inner)) return { range, value: ownValueOf(range), inner: parts };
  // Other parts fill this one. It gets an entry of its own only if all of them have the same value.
  const [first, ...others] = parts.map(({ value }) => value);
  const value = others.every((other) => other === first) ? first : undefined;
  return { range, value, inner: parts };
}

function isFilled(range: IpRange, inner: readonly Part[]): boolean {
  const filled = inner.reduce((sum, part) => sum + sizeOf(part.range), 0n);
  return filled === sizeOf(range);
}

function sizeOf({ first, last }: IpRange): bigint {
  return last - first + 1n;
}

/** A part with its value, and those within it that have another one. */
function endsOf<T>(part: Valued<T>): readonly AddressValue<T>[] {
  const { range, value } = part;
  if (value === undefined) return part.inner.flatMap(endsOf);
  const others = part.inner.flatMap((inner) => othersIn(inner, value));
  const except = others.map((other) => formatCidr(other.range));
  const end = { cidr: formatCidr(range), ...(except.length === 0 ? {} : { except }) };
  return [{ end, range, value }, ...others.flatMap(endsOf)];
}

/** The outermost parts that have another value. */
function othersIn<T>(part: Valued<T>, value: T): readonly Valued<T>[] {
  if (part.value !== value && part.value !== undefined) return [part];
  return part.inner.flatMap((inner) => othersIn(inner, value));
}
