// The pods that the peers of rules select. Each distinct peer is evaluated once, because thousands of policies name the same
// few. Must not know what is allowed to these pods.
import { getOrInsert } from '../../model/groups.ts';
import type { Family } from '../../model/ip-ranges.ts';
import { canonicalJson } from '../../model/network-policy.ts';
import { type LabelSelector, type Labels, selects } from '../../model/selectors.ts';
import { isBlock, type ParsedBlock, type ParsedPeer, type PodPeer } from '../rules.ts';
import { isIn } from '../sides.ts';
import { countBelow } from './atomic-predicates.ts';
import { LabelIndex } from './label-index.ts';
import type { PodClass } from './pod-classes.ts';

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
  readonly #byNamespace: ReadonlyMap<string, readonly PodClass[]>;
  readonly #byLabels: LabelIndex<PodClass>;
  readonly #namespaces: LabelIndex<{ readonly name: string; readonly labels: Labels }>;
  readonly #addresses: Readonly<Record<Family, Addresses>>;
  readonly #selectedNamespaces = new Map<string, ReadonlySet<string>>();
  readonly #ids = new Map<string, PeerSet>();
  readonly #read = new Map<ParsedPeer, PeerSet>();

  /** @param labelsOf the labels of a namespace */
  constructor(classes: readonly PodClass[], labelsOf: (namespace: string) => Labels) {
    this.#classes = classes;
    // A selector does not match pods in the host network.
    const selectable = classes.filter(({ hostNetwork }) => !hostNetwork);
    this.#byLabels = new LabelIndex(selectable);
    this.#byNamespace = Map.groupBy(selectable, ({ namespace }) => namespace);
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
    return candidates
      .filter(({ labels }) => selects(podSelector, labels))
      .map(({ index }) => index)
      .sort((a, b) => a - b);
  }

  /** The pods of some namespaces, or the fewer with a label that the selector requires. */
  #candidates(namespaces: ReadonlySet<string>, podSelector: LabelSelector): readonly PodClass[] {
    const carriers = this.#byLabels.candidates(podSelector);
    if (carriers.length <= namespaces.size)
      return carriers.filter(({ namespace }) => namespaces.has(namespace));
    return [...namespaces].flatMap((name) => this.#byNamespace.get(name) ?? []);
  }

  #namespacesOf(selector: LabelSelector): ReadonlySet<string> {
    return getOrInsert(
      this.#selectedNamespaces,
      canonicalJson(selector),
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
