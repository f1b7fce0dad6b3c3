// What pods reach outside of the cluster, and what there reaches them: addresses, cut where policies say different things.
// Must not know other pods.

import { contains, type IpRange, parseAddress, parseMaskedCidr } from '../model/ip-ranges.ts';
import type { Direction } from '../model/network-policy.ts';
import { formatPortSet, isEmpty, type PortSet } from '../model/port-set.ts';
import { everyAddress, mapAddresses } from './address-map.ts';
import type { AddressEnd } from './endpoints.ts';
import type { PodClass } from './pod-classes.ts';
import { isBlock } from './rules.ts';
import { type PolicyIndex, portsOfPair, type Side, sideOf } from './sides.ts';

/** Addresses with which pods may talk. */
export interface OutsidePorts {
  readonly end: AddressEnd;
  /** That of `end.cidr`. */
  readonly range: IpRange;
  /** Never empty. */
  readonly ports: PortSet;
}

/** Addresses of which the policies of some pods say one thing; `range` stands for all of them. */
export interface OutsidePart {
  readonly end: AddressEnd;
  readonly range: IpRange;
}

/** All addresses that these pods reach (Egress), or that reach them (Ingress), in the order of addresses. */
export function outsidePorts(
  pods: PodClass,
  direction: Direction,
  index: PolicyIndex,
): readonly OutsidePorts[] {
  const known = new Map<string, PortSet>();
  const parts = mapAddresses(everyAddress, cutsOf(pods, direction, index), (range) => {
    const side = sideOf(pods, { range }, direction, index);
    const ports =
      direction === 'Egress'
        ? portsOfPair(pods, { range }, side, nowhere)
        : portsOfPair({ range }, pods, nowhere, side);
    return intern(known, formatPortSet(ports), ports);
  });
  return parts
    .filter(({ value }) => !isEmpty(value))
    .map(({ end, range, value }) => ({ end, range, ports: value }));
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
    return intern(known, isHole ? 'hole' : matchedIn(side), { range, isHole });
  }).flatMap(({ end, value }) => (value.isHole ? [] : [{ end, range: value.range }]));
}

/** An address, or a CIDR whose host bits may be set. */
export function readRange(text: string): IpRange {
  const parsed = text.includes('/') ? parseMaskedCidr(text) : parseAddress(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

const nowhere: Side = { standing: 'Outside' };

function cutsOf(pods: PodClass, direction: Direction, index: PolicyIndex): readonly IpRange[] {
  const { rules } = index.isolationOf(pods, direction);
  const blocks = rules.flatMap(({ peers = [] }) => peers.filter(isBlock));
  return blocks.flatMap(({ range, except }) => [range, ...except]);
}

function matchedIn(side: Side): string {
  if (side.standing !== 'Isolated') return side.standing;
  return side.matches.map(({ rule }) => `${rule.policy.name}[${rule.index}]`).join(' ');
}

function intern<T>(known: Map<string, T>, key: string, value: T): T {
  const twin = known.get(key);
  if (twin !== undefined) return twin;
  known.set(key, value);
  return value;
}
