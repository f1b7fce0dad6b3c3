import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type AddressSet,
  addressesMeet,
  addressesOf,
  countAddresses,
  hasAddresses,
  uniteAddresses,
  withoutAddresses,
} from './address-set.ts';

const of = (...cidrs: readonly string[]) => addressesOf(cidrs.map((cidr) => ({ cidr })));

/** Ranges of a corner of 16 addresses in each family, so that they often meet. */
const cidr = fc
  .tuple(fc.constantFrom(4, 6), fc.integer({ min: 0, max: 4 }), fc.nat({ max: 15 }))
  .map(([family, bits, at]) => {
    const first = (at >> bits) << bits;
    return family === 4 ? `10.0.0.${first}/${32 - bits}` : `fd00::${first.toString(16)}/${128 - bits}`;
  });
const set = fc.array(cidr, { maxLength: 4 }).map((cidrs) => of(...cidrs));
const everyAddress = ['10.0.0.', 'fd00::'].flatMap((start) =>
  Array.from({ length: 16 }, (_, at) =>
    start.includes(':') ? of(`${start}${at.toString(16)}/128`) : of(`${start}${at}/32`),
  ),
);
const has = (all: AddressSet, address: AddressSet) => hasAddresses(all, address);

describe('a set of addresses', () => {
  test('is the same whatever ranges it is made of', () => {
    expect(of('0.0.0.0/1', '128.0.0.0/1')).toEqual(of('0.0.0.0/0'));
    expect(of('10.0.0.0/8', '10.1.0.0/16')).toEqual(of('10.0.0.0/8'));
    expect(of('fd00::/8', '10.0.0.0/8')).toEqual(of('10.0.0.0/8', 'fd00::/8'));
  });

  test('has no address of an exception', () => {
    const block = addressesOf([{ cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '10.3.0.0/16'] }]);
    expect(addressesMeet(block, of('10.1.0.0/16'))).toBe(false);
    expect(has(block, of('10.2.0.0/16'))).toBe(true);
    expect(has(block, of('10.0.0.0/8'))).toBe(false);
    expect(countAddresses(block, 4)).toBe(2n ** 24n - 2n * 2n ** 16n);
  });

  test('knows no range that is none: it holds nothing', () => {
    expect(of('10.0.0.1/8', '::ffff:10.0.0.0/104', 'anything')).toEqual([]);
  });

  test('keeps the families apart', () => {
    expect(addressesMeet(of('0.0.0.0/0'), of('::/0'))).toBe(false);
    expect(countAddresses(of('0.0.0.0/0', '::/0'), 4)).toBe(2n ** 32n);
    expect(countAddresses(of('0.0.0.0/0', '::/0'), 6)).toBe(2n ** 128n);
  });

  test('obeys the algebra of sets, address by address', () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        for (const address of everyAddress) {
          expect(has(uniteAddresses(a, b), address)).toBe(has(a, address) || has(b, address));
          expect(has(withoutAddresses(a, b), address)).toBe(has(a, address) && !has(b, address));
        }
        expect(hasAddresses(a, b)).toBe(everyAddress.every((address) => !has(b, address) || has(a, address)));
        expect(addressesMeet(a, b)).toBe(everyAddress.some((address) => has(a, address) && has(b, address)));
        const count = countAddresses(a, 4) + countAddresses(a, 6);
        expect(count).toBe(BigInt(everyAddress.filter((address) => has(a, address)).length));
      }),
    );
  });
});
