// Requests about single objects of one kind, whose answers go into its store: the only input besides lists and watches.
// Decides what each answer says about the object. Must not know why a request is made, nor retry it.
import type { ObjectKey } from '../model/object-key.ts';
import type { ApiClient, RequestOptions } from './api-client.ts';
import { ApiError } from './errors.ts';
import { receivedList, receivedObject } from './received.ts';
import type { KeptKind } from './reflector.ts';
import type { RawObject } from './resource.ts';
import type { Flight, Identified, RequestPurpose } from './store.ts';

/** What the server stored, and the facts that follow from it. */
export interface Stored<T> {
  readonly object: RawObject;
  /** `undefined` if it can't be decoded. */
  readonly decoded: T | undefined;
}

/** How a write was decided. */
export type DecidedIn = Pick<RequestOptions, 'epoch'>;

/** Sends requests about objects of one kind. */
export class ObjectRequests<T extends Identified> {
  readonly #client: ApiClient;
  readonly #kept: KeptKind<T>;

  constructor(client: ApiClient, kept: KeptKind<T>) {
    this.#client = client;
    this.#kept = kept;
  }

  /**
   * Creates an object.
   *
   * @throws ApiError if it was not created
   */
  create(key: ObjectKey, body: object, decided: DecidedIn = {}): Promise<Stored<T>> {
    const options = { body, ...decided };
    return this.#write(key, 'own write', () => this.#client.request('POST', this.#collection(key), options));
  }

  /**
   * Replaces an object by one with the resource version of the state that it is to replace.
   *
   * @throws ApiError if it was not replaced; then it is read again
   */
  replace(key: ObjectKey, body: object, decided: DecidedIn = {}): Promise<Stored<T>> {
    return this.#write(key, 'own write', () =>
      this.#client.request('PUT', this.#path(key), { body, ...decided }),
    );
  }

  /**
   * Merges a patch (RFC 7396) into the status of an object. Listeners receive what somebody else changed in the meantime.
   *
   * @throws ApiError if it was not patched; then it is read again
   */
  patchStatus(key: ObjectKey, body: object): Promise<Stored<T>> {
    const contentType = 'application/merge-patch+json';
    const path = `${this.#path(key)}/status`;
    return this.#write(key, 'shared write', () => this.#client.request('PATCH', path, { body, contentType }));
  }

  /**
   * Deletes the object in its last seen state. If it has finalizers, it exists until they are done, and counts
   * as being deleted.
   *
   * @throws ApiError if it was not deleted and does still exist; then it is read again
   */
  async delete(
    seen: Pick<Identified, 'namespace' | 'name' | 'uid' | 'resourceVersion'>,
    decided: DecidedIn = {},
  ): Promise<void> {
    const { uid, resourceVersion } = seen;
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid, resourceVersion } };
    try {
      await this.#kept.store.during(seen, 'own write', async (flight) => {
        const answer = await this.#client.request('DELETE', this.#path(seen), { body, ...decided });
        // A `metav1.Status` means that it is deleted.
        if ((answer as { kind?: unknown }).kind === 'Status') flight.deleted(uid);
        else this.#find(flight, receivedObject(answer, this.#kept.resource.kind));
      });
    } catch (error) {
      await this.#readAfter(seen, error);
      if (!isAbsent(error) || this.#kept.store.get(seen)?.uid === uid) throw error;
    }
  }

  /**
   * Reads one object again, as a list of one: an empty list means that it does not exist, while 404 might come from anywhere.
   *
   * @returns the server's object, `undefined` if it has none
   * @throws ApiError if it can't be read
   */
  async read(key: ObjectKey, signal?: AbortSignal): Promise<RawObject | undefined> {
    const { kind, query } = this.#kept.resource;
    const selectors = [query?.fieldSelector, `metadata.name=${key.name}`].flatMap((each) => each ?? []);
    return this.#kept.store.during(key, 'read', async (flight) => {
      const answer = await this.#client.request('GET', this.#collection(key), {
        query: { ...query, fieldSelector: selectors.join(',') },
        signal,
      });
      const object = receivedList(answer, kind).items.find(({ metadata }) => metadata.name === key.name);
      if (object === undefined) {
        this.#kept.decoder.forget(key);
        flight.absent();
      } else {
        this.#find(flight, object);
      }
      return object;
    });
  }

  async #write(key: ObjectKey, purpose: RequestPurpose, send: () => Promise<object>): Promise<Stored<T>> {
    try {
      return await this.#kept.store.during(key, purpose, async (flight) => {
        const object = receivedObject(await send(), this.#kept.resource.kind);
        return { object, decoded: this.#find(flight, object) };
      });
    } catch (error) {
      await this.#readAfter(key, error);
      throw error;
    }
  }

  #find(flight: Flight<T>, object: RawObject): T | undefined {
    const decoded = this.#kept.decoder.decode(object);
    if (decoded !== undefined) flight.found(decoded);
    return decoded;
  }

  /** The cache was wrong when the request was made: a retry must know better. */
  async #readAfter(key: ObjectKey, error: unknown): Promise<void> {
    if (!(error instanceof ApiError) || (error.status !== 404 && error.status !== 409)) return;
    try {
      await this.read(key);
    } catch (failure) {
      // The original error is the one to report; the watch, or the next attempt, finds out.
      if (!(failure instanceof ApiError)) throw failure;
    }
  }

  /** Within the namespace, if the kind has namespaces: then the server finds a name without reading all objects. */
  #collection({ namespace }: ObjectKey): string {
    const { current: path } = this.#kept.served;
    if (namespace === '' || path.includes('/namespaces/')) return path;
    return path.replace(/\/([^/]+)$/, `/namespaces/${namespace}/$1`);
  }

  #path(key: ObjectKey): string {
    return `${this.#collection(key)}/${key.name}`;
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}
