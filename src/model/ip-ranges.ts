// IP ranges of both families: what a CIDR covers, and whether one covers another.
// Must not know what a range is used for; ranges of two families never meet.
import ipaddr from 'ipaddr.js';
import { failure, type Result, success } from './result.ts';

/** The addresses of one CIDR, from `first` to `last`, as integers of 32 or 128 bits. */
export interface IpRange {
  readonly family: 4 | 6;
  readonly prefix: number;
  readonly first: bigint;
  readonly last: bigint;
}

const bitsOf = { 4: 32, 6: 128 } as const;

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

/** Reads a CIDR whose host bits may be set and are masked, as the API server still takes them in an `ipBlock`. */
export function parseMaskedCidr(text: string): Result<IpRange, string> {
  const [address, prefixText, ...rest] = text.split('/');
  const parsed = parseAddress(address ?? '');
  if (!parsed.ok || rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(prefixText ?? '')) {
    return failure(parsed.ok || !text.includes('/') ? notCidr(text) : parsed.error);
  }
  const prefix = Number(prefixText);
  const { family, first } = parsed.value;
  if (prefix > bitsOf[family]) return failure(notCidr(text));
  const hostBits = (1n << BigInt(bitsOf[family] - prefix)) - 1n;
  const network = first & ~hostBits;
  return success({ family, prefix, first: network, last: network | hostBits });
}

/** Reads one address as a range of one; IPv4-mapped IPv6 is refused, because CNIs disagree about it. */
export function parseAddress(text: string): Result<IpRange, string> {
  // The library looks by trial and error, and errors are slow: it is not asked whether IPv6 is IPv4.
  if (!text.includes(':') && ipaddr.IPv4.isValidFourPartDecimal(text)) {
    return success(single(4, ipaddr.IPv4.parse(text)));
  }
  if (!text.includes(':') || text.includes('%') || !ipaddr.IPv6.isValid(text) || hasOddTail(text)) {
    return failure(`\`${text}\` is not an IP address: write one like \`10.0.0.1\` or \`fd00::1\``);
  }
  const address = ipaddr.IPv6.parse(text);
  if (address.isIPv4MappedAddress()) {
    return failure(`\`${text}\` is an IPv4-mapped IPv6 address: write \`${address.toIPv4Address()}\``);
  }
  return success(single(6, address));
}

/** The library takes leading zeros in the IPv4 tail of an IPv6 address; Go, and so the API server, refuses them. */
function hasOddTail(text: string): boolean {
  const tail = text.slice(text.lastIndexOf(':') + 1);
  return tail.includes('.') && !ipaddr.IPv4.isValidFourPartDecimal(tail);
}

/** Whether every address of `inner` is one of `outer`; ranges of two families never contain each other. */
export function contains(outer: IpRange, inner: IpRange): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
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

function single(family: 4 | 6, address: ipaddr.IPv4 | ipaddr.IPv6): IpRange {
  const value = address.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return { family, prefix: bitsOf[family], first: value, last: value };
}

/** The canonical text of one address, an integer of 32 or 128 bits. */
export function formatAddress(family: 4 | 6, value: bigint): string {
  const length = bitsOf[family] / 8;
  const bytes = Array.from({ length }, (_, index) =>
    Number((value >> BigInt((length - 1 - index) * 8)) & 0xffn),
  );
  return ipaddr.fromByteArray(bytes).toString();
}

function notCidr(text: string): string {
  return `\`${text}\` is not a CIDR: write one like \`10.0.0.0/8\` or \`fd00::/8\``;
}
