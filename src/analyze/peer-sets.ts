// The pods that peers of rules mean, each distinct peer evaluated once: thousands of policies name the same few peers.
// Must not know what is allowed to them.
import { canonicalJson } from '../model/network-policy.ts';
import { type LabelSelector, type Labels, selects, selectsEverything } from '../model/selectors.ts';
import { countBelow } from './lens.ts';
import type { PodClass } from './pod-classes.ts';
import { type Block, isBlock, type PodPeer, type RulePeer } from './rules.ts';
import { type Family, isIn } from './sides.ts';

/** Classes of pods that a peer means, by index, ascending. */
export interface PeerSet {
  readonly index: number;
  readonly members: readonly number[];
  /** Where the peer means addresses: in this family alone are these pods meant. */
  readonly block?: Block;
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
  readonly #byLabel = new Map<string, PodClass[]>();
  readonly #addresses: Readonly<Record<Family, Addresses>>;
  readonly #labelsOf: (namespace: string) => Labels;
  readonly #namespaces = new Map<string, ReadonlySet<string>>();
  readonly #ids = new Map<string, PeerSet>();
  readonly #read = new Map<RulePeer, PeerSet>();
  readonly #sets: PeerSet[] = [];

  /** @param labelsOf the labels of a namespace */
  constructor(classes: readonly PodClass[], labelsOf: (namespace: string) => Labels) {
    this.#classes = classes;
    this.#labelsOf = labelsOf;
    // A pod in the host's network is none for a selector.
    const selectable = classes.filter(({ hostNetwork }) => !hostNetwork);
    this.#byNamespace = Map.groupBy(selectable, ({ namespace }) => namespace);
    for (const podClass of selectable) {
      for (const [key, value] of Object.entries(podClass.labels)) {
        const label = `${key}=${value}`;
        const others = this.#byLabel.get(label);
        if (others === undefined) this.#byLabel.set(label, [podClass]);
        else others.push(podClass);
      }
    }
    this.#addresses = { 4: sortAddresses(classes, 4), 6: sortAddresses(classes, 6) };
  }

  /** Every set that was asked for, by index. */
  get all(): readonly PeerSet[] {
    return this.#sets;
  }

  /** The pods that a peer means; the same set for peers that are written the same. */
  of(peer: RulePeer): PeerSet {
    const known = this.#read.get(peer);
    if (known !== undefined) return known;
    const set = this.#intern(keyOf(peer), () =>
      isBlock(peer) ? { members: this.#inBlock(peer), block: peer } : { members: this.#selected(peer) },
    );
    this.#read.set(peer, set);
    return set;
  }

  /** Every pod, also those that no selector selects. */
  everyPod(): PeerSet {
    return this.#intern('every pod', () => ({ members: this.#classes.map(({ index }) => index) }));
  }

  #intern(key: string, evaluate: () => Omit<PeerSet, 'index'>): PeerSet {
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const set = { index: this.#sets.length, ...evaluate() };
    this.#sets.push(set);
    this.#ids.set(key, set);
    return set;
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

  /** The pods of some namespaces, or the fewer that carry a label that the selector asks for. */
  #candidates(namespaces: ReadonlySet<string>, { matchLabels = {} }: LabelSelector): readonly PodClass[] {
    const [label] = Object.entries(matchLabels);
    const inNamespaces = () => [...namespaces].flatMap((name) => this.#byNamespace.get(name) ?? []);
    if (label === undefined) return inNamespaces();
    const carriers = this.#byLabel.get(`${label[0]}=${label[1]}`) ?? [];
    if (carriers.length > namespaces.size) return inNamespaces();
    return carriers.filter(({ namespace }) => namespaces.has(namespace));
  }

  #namespacesOf(selector: LabelSelector): ReadonlySet<string> {
    const key = canonicalJson(selector);
    const known = this.#namespaces.get(key);
    if (known !== undefined) return known;
    const all = [...this.#byNamespace.keys()];
    const found = new Set(
      selectsEverything(selector) ? all : all.filter((name) => selects(selector, this.#labelsOf(name))),
    );
    this.#namespaces.set(key, found);
    return found;
  }

  #inBlock(block: Block): readonly number[] {
    const { family, first, last } = block.range;
    const { values, classes } = this.#addresses[family];
    const inRange = classes.slice(countBelow(values, first), countBelow(values, last + 1n));
    const inBlock = inRange.filter(({ addresses }) =>
      addresses.some((address) => address.family === family && isIn(block, address)),
    );
    return [...new Set(inBlock.map(({ index }) => index))].sort((a, b) => a - b);
  }
}

function keyOf(peer: RulePeer): string {
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
