// Cuts the addresses of a question into parts for which the policies of some pods have different rules.
// Must not know other pods.
import { getOrInsert } from '../model/groups.ts';
import { contains, type IpRange } from '../model/ip-ranges.ts';
import type { Direction } from '../model/network-policy.ts';
import { mapAddresses } from './address-map.ts';
import type { PodClass } from './classes/pod-classes.ts';
import { type AddressEnd, readRange } from './endpoints.ts';
import { isBlock } from './rules.ts';
import { type PairSide, type PolicyIndex, sideOf } from './sides.ts';

/** Addresses that the policies of some pods treat alike; `range` represents all of them. */
export interface OutsidePart {
  readonly end: AddressEnd;
  readonly range: IpRange;
}

/** Some addresses, cut where the policies of these pods have other rules for them. */
export function outsideParts(
  addresses: AddressEnd,
  pods: PodClass,
  direction: Direction,
  index: PolicyIndex,
): readonly OutsidePart[] {
  const holes = (addresses.except ?? []).map(readRange);
  const known = new Map<string, { readonly range: IpRange; readonly isHole: boolean }>();
  const cuts = [...cutsOf(pods, direction, index), ...holes];
  return mapAddresses([readRange(addresses.cidr)], cuts, (range) => {
    const isHole = holes.some((hole) => contains(hole, range));
    const side = sideOf(pods, { range }, direction, index);
    return getOrInsert(known, isHole ? 'hole' : matchedIn(side), () => ({ range, isHole }));
  }).flatMap(({ end, value }) => (value.isHole ? [] : [{ end, range: value.range }]));
}

function cutsOf(pods: PodClass, direction: Direction, index: PolicyIndex): readonly IpRange[] {
  const { rules } = index.isolationOf(pods, direction);
  const blocks = rules.flatMap(({ peers = [] }) => peers.filter(isBlock));
  return blocks.flatMap(({ range, except }) => [range, ...except]);
}

function matchedIn(side: PairSide): string {
  if (side.standing !== 'Isolated') return side.standing;
  return side.matches.map(({ rule }) => `${rule.policy.name}[${rule.index}]`).join(' ');
}
