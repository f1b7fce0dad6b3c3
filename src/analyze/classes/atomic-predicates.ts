// The atomic predicates of some policies: the labels, port names and borders of address ranges that they mention. No policy
// can distinguish two pods of a namespace with the same predicates. Must not know pods.

import { getOrInsert } from '../../model/groups.ts';
import type { IpRange } from '../../model/ip-ranges.ts';
import { directions } from '../../model/network-policy.ts';
import type { LabelSelector, Labels } from '../../model/selectors.ts';
import type { PolicyFacts } from '../facts.ts';
import type { RulePort } from '../rule-ports.ts';
import { RuleReader } from '../rule-reader.ts';
import { isBlock, type ParsedPeer } from '../rules.ts';

/** Everything that some policies distinguish pods by. */
export interface AtomicPredicates {
  /** For each label key the values that policies name; all other values are equivalent, and differ from a missing label. */
  readonly labels: ReadonlyMap<string, ReadonlySet<string>>;
  readonly portNames: ReadonlySet<string>;
  /** For each family the first addresses of the parts into which CIDRs cut it, ascending. */
  readonly borders: Readonly<Record<4 | 6, readonly bigint[]>>;
}

/** The predicates of all these policies together. */
export function predicatesOf(
  policies: readonly PolicyFacts[],
  reader: RuleReader = new RuleReader(),
): AtomicPredicates {
  const labels = new Map<string, Set<string>>();
  const portNames = new Set<string>();
  const borders = { 4: new Set<bigint>(), 6: new Set<bigint>() } as const;
  const addLabels = (selector: LabelSelector) => {
    for (const { key, values } of requirementsOf(selector)) addValues(labels, key, values);
  };
  const addPeer = (peer: ParsedPeer) => {
    if (!isBlock(peer)) addLabels(peer.podSelector);
    else for (const range of [peer.range, ...peer.except]) addBorders(borders[range.family], range);
  };
  const addPorts = (ports: readonly RulePort[]) => {
    for (const { port } of ports) if (typeof port === 'string') portNames.add(port);
  };
  const [addSelectorOnce, addPeerOnce, addPortsOnce] = [
    firstTime(addLabels),
    firstTime(addPeer),
    firstTime(addPorts),
  ];
  for (const policy of policies) {
    addSelectorOnce(reader.podsOf(policy));
    for (const direction of directions) {
      for (const { peers = [], ports } of reader.rulesOf(policy, direction)) {
        for (const peer of peers) addPeerOnce(peer);
        if (ports !== undefined) addPortsOnce(ports);
      }
    }
  }
  return { labels, portNames, borders: { 4: ascending(borders[4]), 6: ascending(borders[6]) } };
}

/** The function, which does nothing for an object that it was called with before. */
function firstTime<T extends object>(act: (value: T) => void): (value: T) => void {
  const seen = new Set<T>();
  return (value) => {
    if (seen.has(value)) return;
    seen.add(value);
    act(value);
  };
}

/** All of these predicates together. */
export function unitePredicates(...parts: readonly AtomicPredicates[]): AtomicPredicates {
  const labels = new Map<string, Set<string>>();
  for (const predicates of parts)
    for (const [key, values] of predicates.labels) addValues(labels, key, values);
  const bordersOf = (family: 4 | 6) => ascending(new Set(parts.flatMap(({ borders }) => borders[family])));
  return {
    labels,
    portNames: new Set(parts.flatMap(({ portNames }) => [...portNames])),
    borders: { 4: bordersOf(4), 6: bordersOf(6) },
  };
}

/** The part of its family in which an address lies: addresses of one part are in the same CIDRs. */
export function partOf({ borders }: AtomicPredicates, { family, first }: IpRange): number {
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

/** A text that is equal for pods whose labels no policy can distinguish. */
export function labelsSeen({ labels: seen }: AtomicPredicates, labels: Labels): string {
  const parts: string[] = [];
  for (const key of Object.keys(labels)) {
    const values = seen.get(key);
    const value = labels[key];
    if (values !== undefined && value !== undefined)
      parts.push(JSON.stringify([key, values.has(value) ? value : null]));
  }
  return parts.sort().join();
}

function requirementsOf({ matchLabels = {}, matchExpressions = [] }: LabelSelector) {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => ({ key, values: [value] })),
    ...matchExpressions.map(({ key, values = [] }) => ({ key, values })),
  ];
}

function addValues(labels: Map<string, Set<string>>, key: string, values: Iterable<string>): void {
  const known = getOrInsert(labels, key, () => new Set());
  for (const value of values) known.add(value);
}

function addBorders(borders: Set<bigint>, { first, last }: IpRange): void {
  borders.add(first).add(last + 1n);
}

function ascending(numbers: ReadonlySet<bigint>): readonly bigint[] {
  return [...numbers].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
