// The last known state of one kind of object, indexed by namespace, fed by lists, watches and our own writes.
// Decides which of two states is newer; must not know what the objects mean.
import { compareText, formatKey, type ObjectKey } from '../model/object-key.ts';

/** What every stored object has. */
export interface Identified extends ObjectKey {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** A difference that matters: added (`previous` absent), changed, or removed (`next` absent). */
export interface Change<T> {
  readonly previous: T | undefined;
  readonly next: T | undefined;
}

/** Hears of every difference that matters. It must not throw and must not wait. */
export type ChangeListener<T> = (change: Change<T>) => void;

/** The known objects of one kind. */
export class Store<T extends Identified> {
  readonly #byNamespace = new Map<string, Map<string, T>>();
  readonly #same: (a: T, b: T) => boolean;
  readonly #listeners: ChangeListener<T>[] = [];
  /** Our own deletions that the watch has not told of yet. */
  readonly #deleted = new Map<string, Identified>();
  #size = 0;

  /** @param same whether a change from one state to the other is of no interest to listeners */
  constructor(same: (a: T, b: T) => boolean) {
    this.#same = same;
  }

  get size(): number {
    return this.#size;
  }

  onChange(listener: ChangeListener<T>): void {
    this.#listeners.push(listener);
  }

  get(key: ObjectKey): T | undefined {
    return this.#byNamespace.get(key.namespace)?.get(key.name);
  }

  /** The objects of one namespace, by name (`''`: those without a namespace). */
  inNamespace(namespace: string): ReadonlyMap<string, T> {
    return this.#byNamespace.get(namespace) ?? new Map();
  }

  /** Every object, by namespace and then by name. */
  get byNamespace(): ReadonlyMap<string, ReadonlyMap<string, T>> {
    return this.#byNamespace;
  }

  /** Every object, ordered by namespace and name. */
  all(): T[] {
    return [...this.#byNamespace.keys()]
      .sort(compareText)
      .flatMap((namespace) =>
        [...this.inNamespace(namespace).values()].sort((a, b) => compareText(a.name, b.name)),
      );
  }

  /** Takes in a state seen in a watch, unless what is known is newer: it may come after the answer to a write. */
  observe(next: T): void {
    if (!this.#isStale(next)) this.accept(next);
  }

  /** Takes in the answer to our own write: listeners don't hear of it, since whoever wrote it knows. */
  record(next: T): void {
    if (!this.#isStale(next)) this.#put(next);
  }

  /** Takes in a state of a list: a list is always believed, also after a restore turned versions back. */
  accept(next: T): void {
    const previous = this.get(next);
    this.#put(next);
    if (previous === undefined || previous.uid !== next.uid || !this.#same(previous, next)) {
      this.#notify({ previous, next });
    }
  }

  /** Takes in that an object is gone, unless another of its name has come since. */
  remove(gone: Identified): void {
    const key = formatKey(gone);
    if (this.#deleted.get(key)?.uid === gone.uid) this.#deleted.delete(key);
    const previous = this.#take(gone);
    if (previous !== undefined) this.#notify({ previous, next: undefined });
  }

  /** Takes in that our own deletion was answered, without telling listeners. */
  recordRemoval(gone: Identified): void {
    if (this.#take(gone) !== undefined) this.#deleted.set(formatKey(gone), gone);
  }

  /** Ends a list: whatever is known and was not in it is gone. */
  keepOnly(listed: ReadonlySet<string>): void {
    this.#deleted.clear();
    for (const known of this.all()) {
      if (!listed.has(formatKey(known))) this.remove(known);
    }
  }

  #take(gone: Identified): T | undefined {
    const previous = this.get(gone);
    if (previous === undefined || previous.uid !== gone.uid) return undefined;
    const siblings = this.#byNamespace.get(gone.namespace);
    siblings?.delete(gone.name);
    if (siblings?.size === 0) this.#byNamespace.delete(gone.namespace);
    this.#size -= 1;
    return previous;
  }

  /**
   * Whether `next` is from before what is known. Resource versions of one kind compare as numbers (KEP-5504). After our
   * own deletion, only what is newer than the state that we deleted counts: it waits for a finalizer.
   */
  #isStale(next: T): boolean {
    const version = BigInt(next.resourceVersion);
    const previous = this.get(next);
    if (previous !== undefined) return BigInt(previous.resourceVersion) > version;
    const deleted = this.#deleted.get(formatKey(next));
    return deleted?.uid === next.uid && BigInt(deleted.resourceVersion) >= version;
  }

  #put(next: T): void {
    let siblings = this.#byNamespace.get(next.namespace);
    if (siblings === undefined) {
      siblings = new Map();
      this.#byNamespace.set(next.namespace, siblings);
    }
    if (!siblings.has(next.name)) this.#size += 1;
    siblings.set(next.name, next);
  }

  #notify(change: Change<T>): void {
    for (const listener of this.#listeners) listener(change);
  }
}
