import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import {
  contains,
  formatAddress,
  formatCidr,
  type IpRange,
  parseAddress,
  parseCidr,
  parseMaskedCidr,
  parseStoredCidr,
} from './ip-ranges.ts';

function range(cidr: string): IpRange {
  const parsed = parseCidr(cidr);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

describe('a CIDR', () => {
  test('covers the addresses from its first to its last', () => {
    expect(range('10.0.0.0/8')).toEqual({ family: 4, prefix: 8, first: 0x0a000000n, last: 0x0affffffn });
    expect(range('fd00::/126')).toEqual({
      family: 6,
      prefix: 126,
      first: 0xfdn << 120n,
      last: (0xfdn << 120n) + 3n,
    });
  });

  test.each(['0.0.0.0/0', '::/0', '192.0.2.1/32', '2001:db8::1/128', '::/80'])('can be %s', (cidr) => {
    expect(formatCidr(range(cidr))).toBe(cidr);
  });

  test.each([
    ['10.0.0.1/8', 'write `10.0.0.0/8`'],
    ['fd00::1/8', 'write `fd00::/8`'],
    ['10.0.0.0/33', 'is not a CIDR'],
    ['fd00::/129', 'is not a CIDR'],
    ['10.0.0.0/08', 'is not a CIDR'],
    ['10.0.0.0/', 'is not a CIDR'],
    ['10.0.0.0', 'is not a CIDR'],
    ['10.0.0.0/8/8', 'is not a CIDR'],
    ['10.0.0.0/255.0.0.0', 'is not a CIDR'],
    ['', 'is not a CIDR'],
    ['010.0.0.0/8', 'is not an IP address'],
    ['10.0.0/24', 'is not an IP address'],
    ['shop/8', 'is not an IP address'],
    ['fe80::%eth0/64', 'is not an IP address'],
    ['::ffff:10.0.0.0/104', 'write `10.0.0.0`'],
  ])('is refused as `%s`, and the message says why', (cidr, reason) => {
    expect(parseCidr(cidr)).toEqual({ ok: false, error: expect.stringContaining(reason) });
  });

  const cidr = fc.oneof(
    fc.tuple(fc.constant(32), fc.bigInt({ min: 0n, max: (1n << 32n) - 1n }), fc.integer({ min: 0, max: 32 })),
    // Below 2^127, where no IPv4-mapped address lies but by a chance of 1 in 2^96.
    fc.tuple(
      fc.constant(128),
      fc.bigInt({ min: 1n << 125n, max: (1n << 127n) - 1n }),
      fc.integer({ min: 8, max: 128 }),
    ),
  );
  const rangeOf = ([bits, address, prefix]: [number, bigint, number]): IpRange => {
    const hosts = (1n << BigInt(bits - prefix)) - 1n;
    return { family: bits === 32 ? 4 : 6, prefix, first: address & ~hosts, last: address | hosts };
  };

  test('reads back as what was written, in both families', () => {
    fc.assert(
      fc.property(cidr.map(rangeOf), (written) => expect(range(formatCidr(written))).toEqual(written)),
    );
  });

  test('is one of 2^n addresses of its family', () => {
    fc.assert(
      fc.property(cidr.map(rangeOf), ({ family, prefix, first, last }) => {
        expect(last - first + 1n).toBe(1n << BigInt((family === 4 ? 32 : 128) - prefix));
      }),
    );
  });
});

describe('an address', () => {
  test('is a range of one', () => {
    expect(parseAddress('10.0.0.1')).toEqual({ ok: true, value: range('10.0.0.1/32') });
    expect(parseAddress('fd00::1')).toEqual({ ok: true, value: range('fd00::1/128') });
  });

  test('is refused as IPv4-mapped IPv6, because CNIs disagree about it', () => {
    expect(parseAddress('::ffff:10.0.0.1')).toEqual({
      ok: false,
      error: expect.stringContaining('write `10.0.0.1`'),
    });
  });

  test('with an IPv4 tail is read as the address that it is', () => {
    expect(parseAddress('64:ff9b::1.2.3.4')).toEqual(parseAddress('64:ff9b::102:304'));
    expect(parseAddress('::1.2.3.4')).toEqual(parseAddress('::102:304'));
  });

  // What Go's net/netip reads and what inet_pton reads is the same, except for zones and IPv4-mapped addresses.
  const piece = fc.oneof(
    fc.constantFrom(':', '::', '.', '1.2.3.4', '0', '00', '256', '255', 'ffff', '00001', '%eth0', '/', ' '),
    fc.stringMatching(/^[0-9a-f]{1,4}$/),
  );
  const almostAddress = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    fc.ipV4(),
    fc.ipV6(),
  );

  test('is read exactly if the system reads it too', () => {
    fc.assert(
      fc.property(almostAddress, (text) => {
        const parsed = parseAddress(text);
        const isOurs = !text.includes('%') && (parsed.ok || !parsed.error.includes('IPv4-mapped'));
        expect(parsed.ok ? parsed.value.family : 0).toBe(isOurs ? isIP(text) : 0);
      }),
      { numRuns: 2000 },
    );
  });

  test('is written as RFC 5952 says', () => {
    const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const value = groups.reduce((sum, part) => (sum << 16n) | BigInt(part), 0n);
        expect(formatAddress(6, value)).toBe(new ipaddr.IPv6(groups).toRFC5952String());
      }),
    );
    expect(formatAddress(6, 0x10n << 112n)).toBe('10::');
    expect(formatAddress(6, (0x10n << 112n) | (1n << 64n) | 0x20n)).toBe('10:0:0:1::20');
  });
});

// Written by test/agreement/go-addresses/main.go, which says what its columns are.
const table = new URL('../../test/agreement/go-addresses/table.json', import.meta.url);
const verdicts: readonly (readonly [text: string, address: string, prefix: string])[] = JSON.parse(
  readFileSync(table, 'utf8'),
);

describe("Go's net/netip, which the API server reads addresses with, and we", () => {
  const hexOf = ({ family, first }: IpRange) => first.toString(16).padStart(family === 4 ? 8 : 32, '0');

  test('read the same texts as an address, and the same address', () => {
    const ours = verdicts.map(([text]) => {
      const parsed = parseAddress(text);
      return [text, parsed.ok ? hexOf(parsed.value) : ''];
    });
    expect(ours).toEqual(verdicts.map(([text, address]) => [text, address]));
  });

  test('read the same texts as a range, and the same range', () => {
    const ours = verdicts.map(([text]) => {
      const parsed = parseMaskedCidr(text);
      return [text, parsed.ok ? `${hexOf(parsed.value)}/${parsed.value.prefix}` : ''];
    });
    expect(ours).toEqual(verdicts.map(([text, , prefix]) => [text, prefix]));
  });

  test('are compared on hundreds of texts, many of which are valid', () => {
    expect(verdicts.length).toBeGreaterThan(400);
    expect(verdicts.filter(([, address, prefix]) => address !== '' || prefix !== '').length).toBeGreaterThan(
      100,
    );
  });
});

describe('a stored CIDR', () => {
  const read = (text: string) => {
    const parsed = parseStoredCidr(text);
    return parsed.ok ? formatCidr(parsed.value) : parsed.error;
  };

  // What Go's `net.ParseCIDR` with leading zeros, as `k8s.io/utils/net` has it, makes of them.
  test.each([
    ['10.0.012.0/24', '10.0.12.0/24'],
    ['010.00.000.0/08', '10.0.0.0/8'],
    ['10.0.0.5/24', '10.0.0.0/24'],
    ['0.0.0.0/00', '0.0.0.0/0'],
    ['00001:0::/064', '1::/64'],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
    ['::ffff:10.0.012.5/120', '10.0.12.0/24'],
    ['::ffff:0:0/96', '0.0.0.0/0'],
    ['::ffff:0:0/95', '::fffe:0:0/95'],
    ['fd00::/8', 'fd00::/8'],
  ])('%s counts as %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  test.each(['10.0.0.0', '10.0.0.0/33', '0x10.0.0.0/8', '10.0.0/24', '::ffff:10.0.0.0/129', '10.0.0.0/+8'])(
    '%s is none',
    (text) => {
      expect(parseStoredCidr(text).ok).toBe(false);
    },
  );
});

describe('one range contains another', () => {
  test.each([
    ['10.0.0.0/8', '10.1.0.0/16', true],
    ['10.0.0.0/8', '10.0.0.0/8', true],
    ['10.1.0.0/16', '10.0.0.0/8', false],
    ['10.0.0.0/8', '11.0.0.0/16', false],
    ['::/0', 'fd00::/8', true],
  ])('%s and %s: %s', (outer, inner, expected) => {
    expect(contains(range(outer), range(inner))).toBe(expected);
  });

  test('never across the families', () => {
    expect(contains(range('::/0'), range('10.0.0.0/8'))).toBe(false);
    expect(contains(range('0.0.0.0/0'), range('::/128'))).toBe(false);
  });
});
