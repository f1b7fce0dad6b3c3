// The last known state of one kind of object, indexed by namespace, fed by lists, watches and answers to our own requests.
// Decides which of two states is newer; must not know what the objects mean.
//
// Why it ends equal to the server, however late messages arrive: an answer is the state at one moment after its request
// began. The store accepts it unless something that arrived since then is of a later moment:
// - a list (the request began before the list's first data arrived, so the list, or the watch after it, says more);
// - a deletion of that uid, which is final;
// - a state of that name with the same or a higher resource version (they compare as numbers within a kind, KEP-5504).
// Dropping an answer is always safe, since the watch also reports its content; accepting an old one would not be.
// The property in store.model.test.ts runs this over interleavings of all of them.
import { compareText, formatKey, type ObjectKey } from '../model/object-key.ts';

/** What every stored object has. */
export interface Identified extends ObjectKey {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** A state of an object, or of a list. */
export type Versioned = Pick<Identified, 'resourceVersion'>;

/** A difference that matters: added (`previous` absent), changed, or removed (`next` absent). */
export interface Change<T> {
  readonly previous: T | undefined;
  readonly next: T | undefined;
}

/** Receives every relevant difference. It must not throw and must not wait. */
export type ChangeListener<T> = (change: Change<T>) => void;

/**
 * What a request is for. Listeners don't receive what an own write does, also if a watch reports it before the answer arrives. A
 * shared write is of an object that others write, too: listeners receive it.
 */
export type RequestPurpose = 'read' | 'shared write' | 'own write';

/** A running request about one object, and what its answer does to the store. */
export interface Flight<T> {
  /** Accepts the state in the answer. Listeners receive it unless it is our own write. */
  readonly found: (next: T) => void;
  /** Accepts that there is no object of this name: the object that was known when the request began is deleted. */
  readonly absent: () => void;
  /** Accepts that our own deletion is done; listeners don't receive it. */
  readonly deleted: (uid: string) => void;
}

/** What has to be remembered of a request until it is answered. */
interface FlightState<T> {
  readonly key: ObjectKey;
  /** The known state when it began. */
  readonly known: T | undefined;
  /** How many lists had begun by then. */
  readonly lists: number;
  /** The uids under this name that were reported as deleted since. */
  readonly deleted: Set<string>;
  readonly purpose: RequestPurpose;
  /** What came since, and is perhaps our own write: the answer tells. */
  readonly held: Change<T>[];
  /** What our own write did: the state that it left, or the uid that it deleted. */
  wrote?: T | string;
}

/** The known objects of one kind. */
export class Store<T extends Identified> {
  readonly #byNamespace = new Map<string, Map<string, T>>();
  readonly #same: (a: T, b: T) => boolean;
  readonly #listeners: ChangeListener<T>[] = [];
  readonly #observers: ChangeListener<T>[] = [];
  readonly #flights = new Map<string, Set<FlightState<T>>>();
  /** The uids of our own deletions that the watch has not reported yet. */
  readonly #deleted = new Set<string>();
  /** How many lists have begun. */
  #lists = 0;
  #size = 0;

  /** @param same whether a change from one state to the other is irrelevant to listeners */
  constructor(same: (a: T, b: T) => boolean) {
    this.#same = same;
  }

  get size(): number {
    return this.#size;
  }

  onChange(listener: ChangeListener<T>): void {
    this.#listeners.push(listener);
  }

  /** Receives every newer state of a known object, also if nothing relevant differs. */
  onUpdate(observer: ChangeListener<T>): void {
    this.#observers.push(observer);
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

  /** Accepts a state from a watch, unless the known one is newer: it may arrive after the answer to a write. */
  observe(next: T): void {
    if (this.#deleted.has(next.uid)) return;
    const previous = this.get(next);
    if (previous === undefined || compareVersions(previous, next) <= 0) this.accept(next);
  }

  /** Accepts a state from a list: a list is always trusted, also after a restore turned versions back. */
  accept(next: T): void {
    const previous = this.get(next);
    this.#put(next);
    if (previous?.uid === next.uid) for (const observe of this.#observers) observe({ previous, next });
    if (this.#isRelevant({ previous, next })) this.#notify({ previous, next });
  }

  /** Accepts the deletion of an object from a watch, unless another one has the name by now. */
  remove(gone: Identified): void {
    this.#deleted.delete(gone.uid);
    if (this.#flights.size > 0) {
      for (const { deleted } of this.#flights.get(formatKey(gone)) ?? []) deleted.add(gone.uid);
    }
    this.#removeKnown(gone);
  }

  /**
   * Sends a request about one object. Only `flight` may accept its answer.
   *
   * @returns what `send` returns
   */
  async during<R>(
    key: ObjectKey,
    purpose: RequestPurpose,
    send: (flight: Flight<T>) => Promise<R>,
  ): Promise<R> {
    const state: FlightState<T> = {
      ...{ key, purpose, known: this.get(key), lists: this.#lists, deleted: new Set(), held: [] },
    };
    const name = formatKey(key);
    const siblings = this.#flights.get(name) ?? new Set();
    this.#flights.set(name, siblings.add(state));
    try {
      return await send({
        found: (next) => this.#found(state, next),
        absent: () => this.#absent(state),
        deleted: (uid) => this.#deletedByUs(state, uid),
      });
    } finally {
      siblings.delete(state);
      if (siblings.size === 0) this.#flights.delete(name);
      this.#release(state);
    }
  }

  /** The first data of a list arrived: no earlier request can say anything new. */
  beginList(): void {
    this.#lists += 1;
    this.#deleted.clear();
  }

  /** Ends a list: every known object that was not in it is deleted. */
  keepOnly(listed: ReadonlySet<string>): void {
    for (const known of this.all()) {
      if (!listed.has(formatKey(known))) this.#removeKnown(known);
    }
  }

  #found(flight: FlightState<T>, next: T): void {
    const isOurs = flight.purpose === 'own write';
    if (isOurs) flight.wrote = next;
    if (this.#isOvertaken(flight) || flight.deleted.has(next.uid) || this.#deleted.has(next.uid)) return;
    const previous = this.get(next);
    if (previous !== undefined && compareVersions(previous, next) >= 0) return;
    if (isOurs) this.#put(next);
    else this.accept(next);
  }

  #absent(flight: FlightState<T>): void {
    const { key, known } = flight;
    if (known === undefined || this.#isOvertaken(flight)) return;
    const now = this.get(key);
    if (now?.uid === known.uid && now.resourceVersion === known.resourceVersion) this.#removeKnown(known);
  }

  #deletedByUs(flight: FlightState<T>, uid: string): void {
    flight.wrote = uid;
    if (this.#isOvertaken(flight) || flight.deleted.has(uid)) return;
    this.#deleted.add(uid);
    this.#take({ ...flight.key, uid });
  }

  #isOvertaken({ lists }: FlightState<T>): boolean {
    return lists !== this.#lists;
  }

  #removeKnown(gone: ObjectKey & { readonly uid: string }): void {
    const previous = this.#take(gone);
    if (previous !== undefined) this.#notify({ previous, next: undefined });
  }

  #take(gone: ObjectKey & { readonly uid: string }): T | undefined {
    const previous = this.get(gone);
    if (previous === undefined || previous.uid !== gone.uid) return undefined;
    const siblings = this.#byNamespace.get(gone.namespace);
    siblings?.delete(gone.name);
    if (siblings?.size === 0) this.#byNamespace.delete(gone.namespace);
    this.#size -= 1;
    return previous;
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
    const flight = this.#writing(change);
    if (flight === undefined) for (const listener of this.#listeners) listener(change);
    else flight.held.push(change);
  }

  /** Our own write of the object, if one is under way. */
  #writing({ previous, next }: Change<T>): FlightState<T> | undefined {
    const key = next ?? previous;
    if (this.#flights.size === 0 || key === undefined) return undefined;
    return this.#flights
      .get(formatKey(key))
      ?.values()
      .find(({ purpose }) => purpose === 'own write');
  }

  /** Listeners receive what came during our own write, unless it is what we wrote. */
  #release({ held, wrote }: FlightState<T>): void {
    for (const change of held) if (!this.#isOwnDoing(change, wrote)) this.#notify(change);
  }

  /** A restore gives versions anew, but not with the same content. */
  #isOwnDoing({ previous, next }: Change<T>, wrote: FlightState<T>['wrote']): boolean {
    if (typeof wrote === 'string') return next === undefined && previous?.uid === wrote;
    if (wrote === undefined || next === undefined) return false;
    return (
      next.resourceVersion === wrote.resourceVersion && !this.#isRelevant({ previous: next, next: wrote })
    );
  }

  #isRelevant({ previous, next }: Change<T>): boolean {
    if (previous === undefined || next === undefined) return previous !== next;
    return previous.uid !== next.uid || !this.#same(previous, next);
  }
}

/** Orders two states of one kind by age: below 0 if the first is older. */
export function compareVersions(a: Versioned, b: Versioned): number {
  const [left, right] = [BigInt(a.resourceVersion), BigInt(b.resourceVersion)];
  return left < right ? -1 : left > right ? 1 : 0;
}
