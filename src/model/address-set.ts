// Sets of IP addresses of both families, with the operations that a comparison of rules needs.
// Must not know what the addresses are for; sets of different families never overlap.
import { parseCidr } from './ip-ranges.ts';

/** Consecutive addresses of one family, from `first` to `last`, as integers of 32 or 128 bits. */
export interface AddressSpan {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** Addresses as sorted spans that neither overlap nor touch. */
export type AddressSet = readonly AddressSpan[];

/** The addresses of a CIDR without those of `except`. */
export interface AddressBlock {
  readonly cidr: string;
  readonly except?: readonly string[];
}

/** The addresses of some blocks; texts that are not a CIDR are left out. */
export function addressesOf(blocks: readonly AddressBlock[]): AddressSet {
  return uniteAddresses(
    ...blocks.map(({ cidr, except = [] }) => withoutAddresses(spansOf([cidr]), spansOf(except))),
  );
}

/** Everything that is in one of the sets. */
export function uniteAddresses(...sets: readonly AddressSet[]): AddressSet {
  const united: AddressSpan[] = [];
  for (const span of sets.flat().sort(bySpan)) {
    const last = united.at(-1);
    if (last === undefined || last.family !== span.family || last.last + 1n < span.first) united.push(span);
    else if (span.last > last.last) united[united.length - 1] = { ...last, last: span.last };
  }
  return united;
}

/** What is in `set` and not in `less`. */
export function withoutAddresses(set: AddressSet, less: AddressSet): AddressSet {
  return set.flatMap((span) => {
    const rest: AddressSpan[] = [];
    let { first } = span;
    for (const hole of less) {
      if (hole.family !== span.family || hole.last < first || hole.first > span.last) continue;
      if (hole.first > first) rest.push({ ...span, first, last: hole.first - 1n });
      first = hole.last + 1n;
    }
    return first > span.last ? rest : [...rest, { ...span, first }];
  });
}

/** What is in both sets. */
export function intersectAddresses(a: AddressSet, b: AddressSet): AddressSet {
  return withoutAddresses(a, withoutAddresses(a, b));
}

/** Whether every address of `inner` is one of `outer`. */
export function hasAddresses(outer: AddressSet, inner: AddressSet): boolean {
  return inner.every((part) =>
    outer.some(
      ({ family, first, last }) => family === part.family && first <= part.first && part.last <= last,
    ),
  );
}

/** Whether some address is in both. */
export function addressesMeet(a: AddressSet, b: AddressSet): boolean {
  return a.some((left) =>
    b.some((right) => left.family === right.family && left.first <= right.last && right.first <= left.last),
  );
}

/** How many addresses of a family are in the set. */
export function countAddresses(set: AddressSet, family: 4 | 6): bigint {
  return set.reduce((sum, span) => (span.family === family ? sum + span.last - span.first + 1n : sum), 0n);
}

function spansOf(cidrs: readonly string[]): AddressSet {
  const spans = cidrs.flatMap((cidr) => {
    const parsed = parseCidr(cidr);
    return parsed.ok
      ? [{ family: parsed.value.family, first: parsed.value.first, last: parsed.value.last }]
      : [];
  });
  return uniteAddresses(spans);
}

function bySpan(a: AddressSpan, b: AddressSpan): number {
  if (a.family !== b.family) return a.family - b.family;
  return a.first < b.first ? -1 : a.first > b.first ? 1 : 0;
}
