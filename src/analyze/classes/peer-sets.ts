// The pods that the peers of rules select. Each distinct peer is evaluated once, because thousands of policies name the same
// few. Must not know what is allowed to these pods.
import { getOrInsert } from '../../model/groups.ts';
import type { Family } from '../../model/ip-ranges.ts';
import { canonicalJson } from '../../model/network-policy.ts';
import type { LabelSelector, Labels } from '../../model/selectors.ts';
import { isBlock, type ParsedBlock, type ParsedPeer, type PodPeer } from '../rules.ts';
import { isIn } from '../sides.ts';
import { countBelow } from './atomic-predicates.ts';
import { LabelIndex } from './label-index.ts';
import type { LabelSelections } from './label-selections.ts';
import type { PodClass, Pods } from './pod-classes.ts';

/** Classes of pods that a peer means, by index, ascending. */
export interface PeerSet {
  readonly index: number;
  readonly members: readonly number[];
  /** The only family in which the peer matches these pods, if it is a block of addresses. */
  readonly block?: ParsedBlock;
}

/** The addresses of classes in one family, ascending. */
interface Addresses {
  readonly values: readonly bigint[];
  readonly classes: readonly PodClass[];
}

/** Evaluates peers over classes of pods. */
export class PeerSets {
  readonly #classes: readonly PodClass[];
  readonly #selections: LabelSelections;
  readonly #byNamespace: ReadonlyMap<string, readonly PodClass[]>;
  readonly #byLabelSet: ReadonlyMap<number, readonly PodClass[]>;
  readonly #labelSets: LabelIndex<{ readonly index: number; readonly labels: Labels }>;
  readonly #namespaces: LabelIndex<{ readonly name: string; readonly labels: Labels }>;
  readonly #addresses: Readonly<Record<Family, Addresses>>;
  readonly #selectedNamespaces = new Map<LabelSelector, ReadonlySet<string>>();
  readonly #carriers = new Map<LabelSelector, readonly PodClass[]>();
  readonly #ids = new Map<string, PeerSet>();
  readonly #read = new Map<ParsedPeer, PeerSet>();

  /** @param labelsOf the labels of a namespace */
  constructor(
    { classes, labelSets }: Pods,
    selections: LabelSelections,
    labelsOf: (namespace: string) => Labels,
  ) {
    this.#classes = classes;
    this.#selections = selections;
    // A selector does not match pods in the host network.
    const selectable = classes.filter(({ hostNetwork }) => !hostNetwork);
    this.#byNamespace = Map.groupBy(selectable, ({ namespace }) => namespace);
    this.#byLabelSet = Map.groupBy(selectable, ({ labelSet }) => labelSet);
    this.#labelSets = new LabelIndex(labelSets.map((labels, index) => ({ index, labels })));
    const names = [...this.#byNamespace.keys()];
    this.#namespaces = new LabelIndex(names.map((name) => ({ name, labels: labelsOf(name) })));
    this.#addresses = { 4: sortAddresses(classes, 4), 6: sortAddresses(classes, 6) };
  }

  /** The pods of a peer; the same set for peers with the same text. */
  of(peer: ParsedPeer): PeerSet {
    return getOrInsert(this.#read, peer, () =>
      this.#intern(keyOf(peer), () =>
        isBlock(peer) ? { members: this.#inBlock(peer), block: peer } : { members: this.#selected(peer) },
      ),
    );
  }

  /** Every pod, including those that no selector selects. */
  everyPod(): PeerSet {
    return this.#intern('every pod', () => ({ members: this.#classes.map(({ index }) => index) }));
  }

  #intern(key: string, evaluate: () => Omit<PeerSet, 'index'>): PeerSet {
    return getOrInsert(this.#ids, key, () => ({ index: this.#ids.size, ...evaluate() }));
  }

  #selected({ namespace, namespaceSelector, podSelector }: PodPeer): readonly number[] {
    const candidates =
      namespace !== undefined
        ? (this.#byNamespace.get(namespace) ?? [])
        : this.#candidates(this.#namespacesOf(namespaceSelector ?? {}), podSelector);
    const selection = this.#selections.of(podSelector);
    const members = candidates.filter(({ labelSet }) => selection.has(labelSet)).map(({ index }) => index);
    return members.sort((a, b) => a - b);
  }

  /** The pods of some namespaces, or the fewer that the selector selects anywhere. */
  #candidates(namespaces: ReadonlySet<string>, podSelector: LabelSelector): readonly PodClass[] {
    if (namespaces.size > 1) {
      const carriers = this.#carriersOf(podSelector);
      if (carriers.length <= namespaces.size)
        return carriers.filter(({ namespace }) => namespaces.has(namespace));
    }
    return [...namespaces].flatMap((name) => this.#byNamespace.get(name) ?? []);
  }

  #carriersOf(podSelector: LabelSelector): readonly PodClass[] {
    return getOrInsert(this.#carriers, podSelector, () =>
      this.#labelSets.select(podSelector).flatMap(({ index }) => this.#byLabelSet.get(index) ?? []),
    );
  }

  #namespacesOf(selector: LabelSelector): ReadonlySet<string> {
    return getOrInsert(
      this.#selectedNamespaces,
      selector,
      () => new Set(this.#namespaces.select(selector).map(({ name }) => name)),
    );
  }

  #inBlock(block: ParsedBlock): readonly number[] {
    const { family, first, last } = block.range;
    const { values, classes } = this.#addresses[family];
    const inRange = classes.slice(countBelow(values, first), countBelow(values, last + 1n));
    const inBlock = inRange.filter(({ addresses }) =>
      addresses.some((address) => address.family === family && isIn(block, address)),
    );
    return [...new Set(inBlock.map(({ index }) => index))].sort((a, b) => a - b);
  }
}

function keyOf(peer: ParsedPeer): string {
  if (!isBlock(peer)) return canonicalJson(peer);
  const texts = [peer.range, ...peer.except].map(
    ({ family, first, prefix }) => `${family} ${first}/${prefix}`,
  );
  return texts.join(' ');
}

function sortAddresses(classes: readonly PodClass[], family: Family): Addresses {
  const all = classes
    .flatMap((podClass) =>
      podClass.addresses
        .filter((address) => address.family === family)
        .map(({ first }) => ({ first, podClass })),
    )
    .sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  return { values: all.map(({ first }) => first), classes: all.map(({ podClass }) => podClass) };
}
