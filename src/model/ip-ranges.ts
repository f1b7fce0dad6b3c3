// IP ranges of both families: the addresses of a CIDR, and whether one contains another.
// Must not know what a range is used for; ranges of different families never overlap.
import { containsInterval, type Interval } from './interval-sets.ts';
import { failure, type Result, success } from './result.ts';

/** The IP families. A host's address in one family says nothing about the other. */
export const families = [4, 6] as const;

/** An IP family. */
export type Family = (typeof families)[number];

/** The addresses of one CIDR, from `first` to `last`, as integers of 32 or 128 bits. */
export interface IpRange extends Interval<bigint> {
  readonly family: Family;
  readonly prefix: number;
}

/** How many bits an address of a family has. */
export const bitsOf = { 4: 32, 6: 128 } as const;

/**
 * Reads a CIDR as the API server does (Go's `netip.ParsePrefix`: no leading zeros, no zone), and refuses what it
 * only warns about: host bits (KEP-4858) and IPv4-mapped IPv6.
 */
export function parseCidr(text: string): Result<IpRange, string> {
  const masked = parseMaskedCidr(text);
  if (!masked.ok) return masked;
  const address = parseAddress(text.split('/')[0] ?? '');
  if (address.ok && address.value.first === masked.value.first) return masked;
  return failure(`\`${text}\` has host bits set: write \`${formatCidr(masked.value)}\``);
}

/**
 * Reads the CIDR of an `ipBlock` as it may be stored. API servers before Kubernetes 1.36 take leading zeros, which they read as
 * decimal, and IPv4-mapped IPv6, which they read as IPv4; newer ones keep what is there (KEP-4858).
 */
export function parseStoredCidr(text: string): Result<IpRange, string> {
  const [address = '', prefix = ''] = text.replace(/(^|[.:/])0+(?=[\da-f])/gi, '$1').split('/');
  const mapped = address.includes(':') ? readIPv6(address) : undefined;
  const isMapped = mapped !== undefined && mapped >> 32n === mappedPrefix && /^\d+$/.test(prefix);
  if (!isMapped) return parseMaskedCidr(`${address}/${prefix}`);
  const bits = Number(prefix) - bitsOf[6] + bitsOf[4];
  const plain = formatAddress(4, mapped & 0xffff_ffffn);
  return bits < 0 ? success(rangeAround(6, mapped, Number(prefix))) : parseMaskedCidr(`${plain}/${bits}`);
}

/** Reads a CIDR and masks its host bits. */
export function parseMaskedCidr(text: string): Result<IpRange, string> {
  const [address, prefixText, ...rest] = text.split('/');
  const parsed = parseAddress(address ?? '');
  if (!parsed.ok || rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(prefixText ?? '')) {
    return failure(parsed.ok || !text.includes('/') ? notCidr(text) : parsed.error);
  }
  const prefix = Number(prefixText);
  const { family, first } = parsed.value;
  if (prefix > bitsOf[family]) return failure(notCidr(text));
  return success(rangeAround(family, first, prefix));
}

/** The addresses with the same first bits as `address`. */
function rangeAround(family: Family, address: bigint, prefix: number): IpRange {
  const hostBits = (1n << BigInt(bitsOf[family] - prefix)) - 1n;
  const network = address & ~hostBits;
  return { family, prefix, first: network, last: network | hostBits };
}

/**
 * Reads one address as a range of one, as the API server does (Go's `netip.ParseAddr`: no leading zeros in IPv4; no zone).
 * IPv4-mapped IPv6 is refused, because CNIs disagree about it.
 */
export function parseAddress(text: string): Result<IpRange, string> {
  const family = text.includes(':') ? 6 : 4;
  const value = family === 6 ? readIPv6(text) : readIPv4(text);
  if (value === undefined) {
    return failure(`\`${text}\` is not an IP address: write one like \`10.0.0.1\` or \`fd00::1\``);
  }
  if (family === 6 && value >> 32n === mappedPrefix) {
    const mapped = formatAddress(4, value & 0xffff_ffffn);
    return failure(`\`${text}\` is an IPv4-mapped IPv6 address: write \`${mapped}\``);
  }
  return success({ family, prefix: bitsOf[family], first: value, last: value });
}

/** The first 96 bits of an IPv4-mapped IPv6 address, `::ffff:0:0/96` (RFC 4291, section 2.5.5.2). */
const mappedPrefix = 0xffffn;

/** The value of four decimal octets without leading zeros; `undefined` for any other text. A cluster has very many addresses. */
function readIPv4(text: string): bigint | undefined {
  let [value, octet, digits, dots] = [0, 0, 0, 0];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === dot) {
      if (digits === 0) return undefined;
      [value, octet, digits, dots] = [value * 256 + octet, 0, 0, dots + 1];
      continue;
    }
    const isLeadingZero = digits > 0 && octet === 0;
    if (code < zero || code > nine || isLeadingZero) return undefined;
    octet = octet * 10 + code - zero;
    digits += 1;
    if (octet > 255) return undefined;
  }
  return dots === 3 && digits > 0 ? BigInt(value * 256 + octet) : undefined;
}

const [dot, zero, nine] = [0x2e, 0x30, 0x39];

/** The value of eight groups, where `::` stands for one or more of them; `undefined` for any other text. */
function readIPv6(text: string): bigint | undefined {
  const sides = text.split('::');
  const groups = sides.map((side, index) => groupsOf(side, index === sides.length - 1));
  const [head, tail] = groups;
  if (groups.length > 2 || head === undefined) return undefined;
  if (tail === undefined) return head.length === 8 ? valueOfGroups(head) : undefined;
  const missing = 8 - head.length - tail.length;
  return missing < 1 ? undefined : valueOfGroups([...head, ...Array<string>(missing).fill('0'), ...tail]);
}

/** The hexadecimal groups of one side of `::`. At the end of the address, an IPv4 address may replace two of them. */
function groupsOf(side: string, isLast: boolean): readonly string[] {
  if (side === '') return [];
  const groups = side.split(':');
  const embedded = isLast ? readIPv4(groups.at(-1) ?? '') : undefined;
  if (embedded === undefined) return groups;
  return [...groups.slice(0, -1), (embedded >> 16n).toString(16), (embedded & 0xffffn).toString(16)];
}

function valueOfGroups(groups: readonly string[]): bigint | undefined {
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  const numbers = groups.map((group) => Number.parseInt(group, 16));
  // Two groups at a time: a sum of bigints is slow.
  let value = 0n;
  for (let index = 0; index < numbers.length; index += 2) {
    value = (value << 32n) | BigInt((numbers[index] ?? 0) * 0x1_0000 + (numbers[index + 1] ?? 0));
  }
  return value;
}

/** Whether every address of `inner` is one of `outer`; ranges of two families never contain each other. */
export function contains(outer: IpRange, inner: IpRange): boolean {
  return outer.family === inner.family && containsInterval(outer, inner);
}

/** Orders by family, then by first address, then the larger range first. */
export function compareRanges(a: IpRange, b: IpRange): number {
  if (a.family !== b.family) return a.family - b.family;
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return a.prefix - b.prefix;
}

/** The canonical text of a range, as in `10.0.0.0/8`. */
export function formatCidr(range: IpRange): string {
  return `${formatAddress(range.family, range.first)}/${range.prefix}`;
}

/** The canonical text of one address, an integer of 32 or 128 bits (RFC 5952 for IPv6, without IPv4 inside). */
export function formatAddress(family: Family, value: bigint): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
  const digits = value.toString(16).padStart(32, '0');
  const text = (digits.match(/.{4}/g) ?? []).map((group) => group.replace(/^0{1,3}/, '')).join(':');
  // `::` replaces the longest run of zeros, the first one if there are several; a single zero is written.
  const runs = [...text.matchAll(/\b0(:0)+\b/g)];
  const longest = Math.max(0, ...runs.map(([run]) => run.length));
  const run = runs.find(([zeros]) => zeros.length === longest);
  if (run === undefined) return text;
  return `${text.slice(0, run.index).replace(/:$/, '')}::${text.slice(run.index + longest).replace(/^:/, '')}`;
}

function notCidr(text: string): string {
  return `\`${text}\` is not a CIDR: write one like \`10.0.0.0/8\` or \`fd00::/8\``;
}
