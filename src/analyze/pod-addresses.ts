// Whether pods whose addresses are not known may have addresses of a block.
// Must not know policies.
import { addressesOf, addressSetOf, addressSets } from '../model/address-set.ts';
import { formatCidr, parseAddress } from '../model/ip-ranges.ts';
import { once } from '../model/once.ts';
import { valuesIn } from '../model/result.ts';
import type { AnalysisInput } from './facts.ts';
import type { ParsedBlock } from './rules.ts';

/** Whether some pod of the cluster network may have an address of a block. */
export type MayHoldPods = (block: ParsedBlock) => boolean;

/** Services have addresses of their own, and a CNI gives pods addresses of its ranges, as far as both are known. */
export function podAddresses({ services, ranges = {} }: AnalysisInput): MayHoldPods {
  const ofServices = once(() => {
    const addresses = services.flatMap(({ clusterIPs = [] }) => clusterIPs);
    const single = valuesIn(addresses.map(parseAddress)).map(formatCidr);
    return addressesOf([...single, ...(ranges.services ?? [])]);
  });
  const { pods } = ranges;
  const ofPods = pods && addressesOf(pods);
  return ({ range, except }) => {
    const block = addressSets.difference(addressSetOf([range]), addressSetOf(except));
    const left = addressSets.difference(block, ofServices());
    return ofPods === undefined ? !addressSets.isEmpty(left) : addressSets.overlap(left, ofPods);
  };
}
