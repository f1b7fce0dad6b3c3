// Sets of IP addresses of both families.
// Must not know what the addresses are for.
import { bigintSteps, IntervalAlgebra, type IntervalSet } from './interval-sets.ts';
import { type Family, families, type IpRange, parseCidr } from './ip-ranges.ts';
import { valuesIn } from './result.ts';

/** For each family its addresses, as integers of 32 or 128 bits. */
export type AddressSet = IntervalSet<Family, bigint>;

/** The addresses of a CIDR without those of `except`. */
export interface AddressBlock {
  readonly cidr: string;
  readonly except?: readonly string[];
}

/** The algebra of sets of addresses. */
export const addressSets = new IntervalAlgebra<Family, bigint>(families, bigintSteps);

/** No address at all. */
export const noAddresses: AddressSet = addressSets.of(() => []);

/** The addresses of some ranges. */
export function addressSetOf(ranges: readonly IpRange[]): AddressSet {
  return addressSets.of((family) => ranges.filter((range) => range.family === family));
}

/** The addresses of some CIDRs; texts that are not a CIDR are left out. */
export function addressesOf(cidrs: readonly string[]): AddressSet {
  return addressSetOf(valuesIn(cidrs.map(parseCidr)));
}

/** The addresses of some blocks; texts that are not a CIDR are left out. */
export function addressesOfBlocks(blocks: readonly AddressBlock[]): AddressSet {
  return addressSets.union(
    ...blocks.map(({ cidr, except = [] }) =>
      addressSets.difference(addressesOf([cidr]), addressesOf(except)),
    ),
  );
}

/** How many addresses of a family are in the set. */
export function countAddresses(set: AddressSet, family: Family): bigint {
  return set[family].reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
}
