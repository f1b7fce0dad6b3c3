// An address that holds another one leads to it, whatever form it has.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../../test/property-runs.ts';
import { addressesOf, addressSets, noAddresses } from './address-set.ts';
import { withEmbedded } from './embedded-addresses.ts';

const set = (...cidrs: readonly string[]) => addressesOf(cidrs);
const reached = (cidr: string) => ({ ...withEmbedded(set(cidr)), 6: [] });

describe('an IPv6 address', () => {
  test.each([
    ['IPv4-compatible', '::a00:a/128'],
    ['IPv4-translated', '::ffff:0:a00:a/128'],
    ['behind the well-known prefix', '64:ff9b::a00:a/128'],
    ['behind a local prefix of 96 bits', '64:ff9b:1::a00:a/128'],
    ['behind a local prefix of 64 bits', '64:ff9b:1:2:a:0:a00::/128'],
    ['behind a local prefix of 56 bits', '64:ff9b:1:20a:0:a::/128'],
    ['behind a local prefix of 48 bits', '64:ff9b:1:a00:0:a00::/128'],
    ['6to4', '2002:a00:a::1/128'],
    ['Teredo, the client', '2001:0:102:304:0:0:f5ff:fff5/128'],
    ['Teredo, the server', '2001:0:a00:a::1/128'],
    ['ISATAP on the link', 'fe80::5efe:a00:a/128'],
    ['ISATAP on the link, a global address', 'fe80::200:5efe:a00:a/128'],
    ['ISATAP of a site', '2600:1:2:3:0:5efe:a00:a/128'],
  ])('%s reaches the IPv4 address that it holds', (_, cidr) => {
    expect(addressSets.covers(withEmbedded(set(cidr)), set(cidr, '10.0.0.10/32'))).toBe(true);
  });

  test('IPv4-mapped reaches it too, in a range that holds such addresses', () => {
    expect(reached('::/80')).toEqual(set('0.0.0.0/0'));
  });

  test.each(['2600::/12', '2001:db8::/32', 'fd00::/8', '64:ff9b:2::/48', '2600:1:2:3::/64', '2600:1::/80'])(
    'of %s holds none',
    (cidr) => {
      expect(reached(cidr)).toEqual(noAddresses);
    },
  );

  test.each([
    ['::/0', '0.0.0.0/0'],
    ['2000::/4', '0.0.0.0/0'],
    ['2002::/16', '0.0.0.0/0'],
    ['2002:a00::/24', '10.0.0.0/8'],
    ['64:ff9b::c0a8:0/112', '192.168.0.0/16'],
    ['fe80::/64', '0.0.0.0/0'],
  ])('range %s reaches %s', (cidr, embedded) => {
    expect(reached(cidr)).toEqual(set(embedded));
  });

  test('leaves IPv4 as it is', () => {
    expect(withEmbedded(set('10.0.0.0/8'))).toEqual(set('10.0.0.0/8'));
  });
});

test('whatever range holds an address reaches what that holds', () => {
  const bases = fc.constantFrom('0', '64ff9b', '64ff9b0001', '2002', '20010000', 'fe80');
  const address = fc.tuple(bases, fc.bigInt({ min: 0n, max: (1n << 128n) - 1n })).map(([base, random]) => {
    const bits = BigInt(base.length * 4);
    // `64ff9b` stands for 0064:ff9b.
    const head = base.startsWith('64')
      ? BigInt(`0x${base}`) << (120n - bits)
      : BigInt(`0x${base}`) << (128n - bits);
    return head | (random & ((1n << (120n - bits)) - 1n));
  });
  fc.assert(
    fc.property(address, fc.integer({ min: 0, max: 128 }), (value, length) => {
      const size = 1n << BigInt(128 - length);
      const first = value - (value % size);
      const wide = withEmbedded({ 4: [], 6: [{ first, last: first + size - 1n }] });
      // ISATAP of a site counts in small ranges alone.
      const single = { ...withEmbedded({ 4: [], 6: [{ first: value, last: value }] }), 6: [] };
      const isSite = length <= 80 && (value >> 32n) % (1n << 32n) === 0x5efen;
      expect(isSite || addressSets.covers(wide, single)).toBe(true);
      expect(addressSets.covers(set('0.0.0.0/0'), single)).toBe(true);
    }),
    runs(300),
  );
});
