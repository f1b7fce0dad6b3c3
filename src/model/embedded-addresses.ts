// IPv6 addresses that embed an IPv4 address: a tunnel or a translator on the way forwards the packet
// to the IPv4 address. The only place that knows these forms. Must not know what a range is used for.
import { type AddressSet, addressesOf, addressSets } from './address-set.ts';
import type { Interval } from './interval-sets.ts';
import { once } from './once.ts';

/**
 * The addresses of a set together with every IPv4 address that one of its IPv6 addresses embeds. If a range is too wide to
 * determine the embedded part exactly, the result is wider, never narrower.
 */
export function withEmbedded(addresses: AddressSet): AddressSet {
  const embedded = addresses[6].flatMap((interval) =>
    [...forms(), ...isatapForms(interval)].flatMap((form) => embeddedBy(form, interval)),
  );
  return embedded.length === 0 ? addresses : addressSets.union(addresses, { 4: embedded, 6: [] });
}

/** The bits of an IPv6 address: `shift` from the right, `width` of them. */
interface Field {
  readonly shift: number;
  readonly width: number;
}

/** How the addresses of some range embed an IPv4 address: in one piece, or in several consecutive ones. */
interface Form {
  readonly within: Interval<bigint>;
  readonly fields: readonly Field[];
  /** Whether every bit is inverted. */
  readonly isInverted?: true;
}

const last32: Field = { shift: 0, width: 32 };

const forms = once((): readonly Form[] => [
  // IPv4-compatible and IPv4-mapped addresses (RFC 4291, sections 2.5.5.1 and 2.5.5.2); IPv4-translated ones (RFC 2765, section 2.1).
  form('::/96', [last32]),
  { within: { first: 0xffff_0000_0000n, last: 0xffff_ffff_ffffn }, fields: [last32] },
  form('::ffff:0:0:0/96', [last32]),
  // The well-known prefix of NAT64 (RFC 6052, section 2.1).
  form('64:ff9b::/96', [last32]),
  // The prefix for local use (RFC 8215): the operator of the translator chooses its length, which determines where the address is
  // (RFC 6052, section 2.2: bits 64 to 71 are skipped).
  form('64:ff9b:1::/48', [last32]),
  form('64:ff9b:1::/48', [{ shift: 24, width: 32 }]),
  form('64:ff9b:1::/48', [
    { shift: 64, width: 8 },
    { shift: 32, width: 24 },
  ]),
  form('64:ff9b:1::/48', [
    { shift: 64, width: 16 },
    { shift: 40, width: 16 },
  ]),
  // 6to4 (RFC 3056, section 2).
  form('2002::/16', [{ shift: 80, width: 32 }]),
  // Teredo (RFC 4380, section 4): the server, and the client behind it, inverted.
  form('2001::/32', [{ shift: 64, width: 32 }]),
  { ...form('2001::/32', [last32]), isInverted: true },
  // ISATAP on the own link (RFC 5214, section 6.1); for other networks see below.
  form('fe80::5efe:0:0/96', [last32]),
  form('fe80::200:5efe:0:0/96', [last32]),
]);

/**
 * ISATAP under any other prefix (RFC 5214, section 6.1). Every 64-bit network has such addresses, and they lead to IPv4 of the
 * site that owns the network. So a range counts as ISATAP only if it selects them: if it is smaller than the 80 bits before them.
 */
function isatapForms({ first, last }: Interval<bigint>): readonly Form[] {
  const before = first >> 48n;
  const isSmaller = before === last >> 48n && last - first < (1n << 48n) - 1n;
  if (!isSmaller || ![0n, 0x200n].includes(before & 0xffffn)) return [];
  const start = (before << 48n) + (0x5efen << 32n);
  return [{ within: { first: start, last: start + 0xffffffffn }, fields: [last32] }];
}

function form(cidr: string, fields: readonly Field[]): Form {
  const [within] = addressesOf([cidr])[6];
  if (within === undefined) throw new Error(`\`${cidr}\` is not a range`);
  return { within, fields };
}

function embeddedBy(
  { within, fields, isInverted }: Form,
  interval: Interval<bigint>,
): readonly Interval<bigint>[] {
  const first = interval.first > within.first ? interval.first : within.first;
  const last = interval.last < within.last ? interval.last : within.last;
  return first > last ? [] : [inverted(valuesOf(fields, first, last), isInverted === true)];
}

/** The possible addresses of the fields from `first` to `last`: exact up to the first field that varies, anything after it. */
function valuesOf(fields: readonly Field[], first: bigint, last: bigint): Interval<bigint> {
  let [low, high] = [0n, 0n];
  let isFree = false;
  for (const { shift, width } of fields) {
    const [from, to] = [first >> BigInt(shift), last >> BigInt(shift)];
    const size = 1n << BigInt(width);
    const isWhole = isFree || to - from >= size || to % size < from % size;
    low = low * size + (isWhole ? 0n : from % size);
    high = high * size + (isWhole ? size - 1n : to % size);
    isFree ||= from !== to;
  }
  return { first: low, last: high };
}

function inverted({ first, last }: Interval<bigint>, isInverted: boolean): Interval<bigint> {
  const all = (1n << 32n) - 1n;
  return isInverted ? { first: all - last, last: all - first } : { first, last };
}
