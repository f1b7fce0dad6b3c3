// Decodes objects of one kind as they arrive, and contains a decoder that throws: that is a mistake of ours, which one stored
// object brings to light, and no object of a tenant may stop the operator. The object counts as unreadable from then on.
// Must not know what follows from an object.
import { formatKey, type ObjectKey } from '../model/object-key.ts';
import { identify, type RawObject, type Resource } from './resource.ts';
import { compareVersions, type Identified, type Store } from './store.ts';

/** An object that can't be decoded, and why. */
export interface UnreadableObject extends Identified {
  readonly message: string;
}

/** Hears of each object that could not be decoded. */
export type UnreadableListener = (resource: string, object: ObjectKey, error: Error) => void;

/** The decoder of one kind. */
export class Decoder<T extends Identified> {
  readonly #resource: Resource<T>;
  readonly #store: Store<T>;
  readonly #onUnreadable: UnreadableListener | undefined;
  readonly #unreadable = new Map<string, UnreadableObject>();

  constructor(resource: Resource<T>, store: Store<T>, onUnreadable?: UnreadableListener) {
    this.#resource = resource;
    this.#store = store;
    this.#onUnreadable = onUnreadable;
  }

  /** The objects that can't be decoded now. */
  get unreadable(): Iterable<UnreadableObject> {
    return this.#unreadable.values();
  }

  /**
   * What is to be known of an object. Where it can't be decoded, that is what its metadata tell; for a kind of which they
   * don't tell enough it is `undefined`, and the last state of the object holds.
   */
  decode(object: RawObject): T | undefined {
    const identity = identify(object);
    try {
      const decoded = this.#resource.reduce(object);
      if (this.#unreadable.size > 0) this.#unreadable.delete(formatKey(identity));
      return decoded;
    } catch (error) {
      const { message } = error as Error;
      const { namespace, name } = identity;
      this.#unreadable.set(formatKey(identity), { ...identity, message });
      this.#onUnreadable?.(this.#resource.name, { namespace, name }, error as Error);
      const known = this.#store.get(identity);
      // Another object has come under the name: what was known of the one before it does not hold.
      if (known !== undefined && known.uid !== identity.uid) this.#store.remove(known);
      return this.#resource.unreadable?.(object, message);
    }
  }

  /** Which state of an object was taken in last, also where it can't be decoded. */
  known(key: ObjectKey): Identified | undefined {
    const stored = this.#store.get(key);
    const unreadable = this.#unreadable.size > 0 ? this.#unreadable.get(formatKey(key)) : undefined;
    if (stored === undefined || unreadable === undefined) return stored ?? unreadable;
    return compareVersions(stored, unreadable) < 0 ? unreadable : stored;
  }

  /** An object is gone. */
  forget(key: ObjectKey): void {
    if (this.#unreadable.size > 0) this.#unreadable.delete(formatKey(key));
  }

  /** Whatever was not listed is gone. */
  keepOnly(listed: ReadonlySet<string>): void {
    for (const key of this.#unreadable.keys()) if (!listed.has(key)) this.#unreadable.delete(key);
  }
}
