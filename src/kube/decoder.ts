// Decodes objects of one kind as they arrive, and contains a decoder that throws: that is a bug that one stored
// object triggers, and no object of a tenant may stop the operator. From then on, the object counts as unreadable.
// Must not know what follows from an object.
import { formatKey, type ObjectKey } from '../model/object-key.ts';
import { identify, type RawObject, type Resource } from './resource.ts';
import { compareVersions, type Identified, type Store } from './store.ts';

/** An object that can't be decoded, and why. */
export interface UnreadableObject extends Identified {
  readonly message: string;
}

/** Receives each object that could not be decoded. */
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
   * The facts of an object. If it can't be decoded, these are the facts in its metadata; `undefined` for a kind whose metadata
   * do not contain enough: then the last state of the object stays in force.
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
      // Another object has the name now: the facts of the previous one do not apply.
      if (known !== undefined && known.uid !== identity.uid) this.#store.remove(known);
      return this.#resource.unreadable?.(object, message);
    }
  }

  /** The last received version of an object, also if it can't be decoded. */
  known(key: ObjectKey): Identified | undefined {
    const stored = this.#store.get(key);
    const unreadable = this.#unreadable.size > 0 ? this.#unreadable.get(formatKey(key)) : undefined;
    if (stored === undefined || unreadable === undefined) return stored ?? unreadable;
    return compareVersions(stored, unreadable) < 0 ? unreadable : stored;
  }

  /** An object is deleted. */
  forget(key: ObjectKey): void {
    if (this.#unreadable.size > 0) this.#unreadable.delete(formatKey(key));
  }

  /** Every object that was not listed is deleted. */
  keepOnly(listed: ReadonlySet<string>): void {
    for (const key of this.#unreadable.keys()) if (!listed.has(key)) this.#unreadable.delete(key);
  }
}
