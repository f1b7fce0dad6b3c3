import { describe, expect, test } from '@jest/globals';
import { addressesOf, addressesOfBlocks, addressSets, countAddresses, noAddresses } from './address-set.ts';

describe('a set of addresses', () => {
  test('is the same whatever ranges it is made of', () => {
    expect(addressesOf(['0.0.0.0/1', '128.0.0.0/1'])).toEqual(addressesOf(['0.0.0.0/0']));
    expect(addressesOf(['10.0.0.0/8', '10.1.0.0/16'])).toEqual(addressesOf(['10.0.0.0/8']));
    expect(addressesOf(['fd00::/8', '10.0.0.0/8'])).toEqual(addressesOf(['10.0.0.0/8', 'fd00::/8']));
  });

  test('has no address of an exception', () => {
    const block = addressesOfBlocks([{ cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '10.3.0.0/16'] }]);
    expect(addressSets.overlap(block, addressesOf(['10.1.0.0/16']))).toBe(false);
    expect(addressSets.covers(block, addressesOf(['10.2.0.0/16']))).toBe(true);
    expect(addressSets.covers(block, addressesOf(['10.0.0.0/8']))).toBe(false);
    expect(countAddresses(block, 4)).toBe(2n ** 24n - 2n * 2n ** 16n);
  });

  test('has no empty ranges: an empty set holds nothing', () => {
    expect(addressesOf(['10.0.0.1/8', '::ffff:10.0.0.0/104', 'anything'])).toEqual(noAddresses);
  });

  test('keeps the families apart', () => {
    expect(addressSets.overlap(addressesOf(['0.0.0.0/0']), addressesOf(['::/0']))).toBe(false);
    expect(countAddresses(addressesOf(['0.0.0.0/0', '::/0']), 4)).toBe(2n ** 32n);
    expect(countAddresses(addressesOf(['0.0.0.0/0', '::/0']), 6)).toBe(2n ** 128n);
  });
});
