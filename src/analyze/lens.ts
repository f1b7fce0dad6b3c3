// What policies look at: label keys, names of ports, borders of address ranges. Two pods of a namespace that don't differ
// in it can't be told apart by any of the policies. Must not know pods.

import type { IpRange } from '../model/ip-ranges.ts';
import { directions } from '../model/network-policy.ts';
import type { LabelSelector } from '../model/selectors.ts';
import type { PolicyFacts } from './facts.ts';
import { isBlock, type RulePeer, rulesOf } from './rules.ts';

/** What some policies look at. */
export interface Lens {
  readonly labelKeys: ReadonlySet<string>;
  readonly portNames: ReadonlySet<string>;
  /** For each family the first addresses of the parts into which CIDRs cut it, ascending. */
  readonly borders: Readonly<Record<4 | 6, readonly bigint[]>>;
}

/** What these policies look at, all together. */
export function lensOf(policies: readonly PolicyFacts[]): Lens {
  const labelKeys = new Set<string>();
  const portNames = new Set<string>();
  const borders = { 4: new Set<bigint>(), 6: new Set<bigint>() } as const;
  const addKeys = (selector: LabelSelector) => {
    for (const key of keysOf(selector)) labelKeys.add(key);
  };
  const addPeer = (peer: RulePeer) => {
    if (!isBlock(peer)) addKeys(peer.podSelector);
    else for (const range of [peer.range, ...peer.except]) addBorders(borders[range.family], range);
  };
  for (const policy of policies) {
    addKeys(policy.spec.podSelector);
    for (const { peers = [], ports = [] } of directions.flatMap((direction) => rulesOf(policy, direction))) {
      peers.forEach(addPeer);
      for (const { port } of ports) if (typeof port === 'string') portNames.add(port);
    }
  }
  return { labelKeys, portNames, borders: { 4: ascending(borders[4]), 6: ascending(borders[6]) } };
}

/** What all of these lenses look at. */
export function uniteLenses(...lenses: readonly Lens[]): Lens {
  const bordersOf = (family: 4 | 6) => ascending(new Set(lenses.flatMap(({ borders }) => borders[family])));
  return {
    labelKeys: new Set(lenses.flatMap(({ labelKeys }) => [...labelKeys])),
    portNames: new Set(lenses.flatMap(({ portNames }) => [...portNames])),
    borders: { 4: bordersOf(4), 6: bordersOf(6) },
  };
}

/** The part of its family in which an address lies: addresses of one part are in the same CIDRs. */
export function partOf({ borders }: Lens, { family, first }: IpRange): number {
  return countBelow(borders[family], first + 1n);
}

/** How many of some ascending numbers are below a bound. */
export function countBelow(numbers: readonly bigint[], bound: bigint): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? 0n) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

function keysOf({ matchLabels = {}, matchExpressions = [] }: LabelSelector): readonly string[] {
  return [...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)];
}

function addBorders(borders: Set<bigint>, { first, last }: IpRange): void {
  borders.add(first).add(last + 1n);
}

function ascending(numbers: ReadonlySet<bigint>): readonly bigint[] {
  return [...numbers].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
