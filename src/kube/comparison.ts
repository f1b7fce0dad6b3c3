// Compares the cache of a kind with the server from time to time: this is the only way to find an event that a watch
// lost. It reads metadata in pages, and whole objects only if they differ; these go into the store, whose
// listeners receive them like any other change. Must not know what the objects mean. It writes nothing.
import type { ObjectKey } from '../model/object-key.ts';
import type { ApiClient } from './api-client.ts';
import { waitFor } from './backoff.ts';
import { ApiError, classify } from './errors.ts';
import type { ObjectRequests } from './object-requests.ts';
import { pagesOf } from './pages.ts';
import { type ReceivedList, receivedMetadataList } from './received.ts';
import type { KeptKind, Reflector } from './reflector.ts';
import { identify } from './resource.ts';
import { isLost, isSameState, Snapshot, type Suspect } from './snapshot.ts';
import type { Identified } from './store.ts';

/** Receives the results of comparisons, by resource. */
export interface ComparisonListener {
  /** @param differences the objects of which an event was lost; the cache has their current state now */
  readonly onCompared?: (resource: string, differences: readonly ObjectKey[]) => void;
  /** A comparison could not be made. */
  readonly onNotCompared?: (resource: string, error: ApiError) => void;
}

/** A kind that is compared. */
export interface ComparedKind<T extends Identified> extends KeptKind<T> {
  readonly requests: ObjectRequests<T>;
  readonly reflector: Reflector<T>;
}

/** When a kind is compared, in milliseconds. */
export interface ComparisonTimes {
  /** Before the first comparison. */
  readonly firstMs: number;
  /** From one to the next, give or take a tenth. */
  readonly everyMs: number;
}

// Bookmarks arrive about every minute. An event that a watch does not deliver within this time is lost.
const catchUpMs = 180_000;
const catchUpPollMs = 250;
const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/** The comparisons of one kind. */
export class Comparison<T extends Identified> {
  readonly #client: ApiClient;
  readonly #kind: ComparedKind<T>;

  constructor(client: ApiClient, kind: ComparedKind<T>) {
    this.#client = client;
    this.#kind = kind;
  }

  /** Compares again and again, until `signal` aborts. */
  async run(times: ComparisonTimes, listener: ComparisonListener, signal: AbortSignal): Promise<void> {
    const { name } = this.#kind.resource;
    await waitFor(times.firstMs, signal);
    while (!signal.aborted) {
      try {
        const differences = await this.compare(signal);
        if (differences !== undefined) listener.onCompared?.(name, differences);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (!signal.aborted) listener.onNotCompared?.(name, error);
      }
      await waitFor(times.everyMs * (0.9 + Math.random() / 5), signal);
    }
  }

  /**
   * Compares once, and corrects the cache.
   *
   * @returns the objects of which an event was lost; `undefined` if there is nothing to compare
   * @throws ApiError if the server can't be asked
   */
  async compare(signal: AbortSignal): Promise<readonly ObjectKey[] | undefined> {
    if (!this.#isComparable) return undefined;
    const found = await this.#list(signal);
    if (found === undefined) return undefined;
    if (found.suspects.length > 0) await this.#catchUp(found.snapshot, signal);
    const differences: ObjectKey[] = [];
    for (const suspect of found.suspects) {
      if (signal.aborted || !this.#isComparable) return undefined;
      if (await this.#isDifferent(suspect, found.snapshot, signal)) differences.push(suspect.key);
    }
    return differences;
  }

  /** Before a kind is listed, and if the cluster no longer knows it, nothing can differ. */
  get #isComparable(): boolean {
    const { synced, gone } = this.#kind.reflector;
    return synced && !gone;
  }

  /** Lists all metadata; `undefined` if the cluster does not have an optional kind. */
  async #list(signal: AbortSignal) {
    const suspects: Suspect[] = [];
    const add = (suspect: Suspect | undefined) => suspect !== undefined && suspects.push(suspect);
    let snapshot: Snapshot | undefined;
    try {
      for await (const page of this.#pages(signal)) {
        snapshot ??= new Snapshot(page.version);
        if (page.version !== snapshot.version.resourceVersion)
          throw new ApiError(200, 'Unexpected', 'the pages of a list are of different versions');
        for (const item of page.items) {
          const listed = identify(item);
          add(snapshot.add(listed, this.#kind.decoder.known(listed)));
        }
      }
    } catch (error) {
      if (this.#kind.resource.optional && classify(error) === 'gone') return undefined;
      throw error;
    }
    if (snapshot === undefined) return undefined;
    for (const siblings of this.#kind.store.byNamespace.values()) {
      for (const known of siblings.values()) add(snapshot.check(known));
    }
    return { snapshot, suspects };
  }

  #pages(signal: AbortSignal): AsyncGenerator<ReceivedList> {
    const { resource, served } = this.#kind;
    return pagesOf(async (page) =>
      receivedMetadataList(
        await this.#client.request('GET', served.current, {
          query: { ...page, ...resource.query },
          accept: metadataOnly,
          signal,
        }),
      ),
    );
  }

  /** Waits until the watch has reached the version of the list. */
  async #catchUp({ version }: Snapshot, signal: AbortSignal): Promise<void> {
    const started = performance.now();
    while (!signal.aborted && !this.#kind.reflector.hasPassed(version)) {
      if (performance.now() - started > catchUpMs) return;
      await waitFor(catchUpPollMs, signal);
    }
  }

  /** Whether an event was lost; then the store receives the server's state. */
  async #isDifferent(suspect: Suspect, snapshot: Snapshot, signal: AbortSignal): Promise<boolean> {
    const { decoder, requests, reflector } = this.#kind;
    const { key } = suspect;
    const known = decoder.known(key);
    if (!snapshot.contradicts(suspect, known)) return false;
    const object = await requests.read(key, signal);
    const stored = object && identify(object);
    if (!isLost(suspect, known, stored)) return false;
    // The store keeps states that look newer, as after a restore of etcd: then only a list is trusted.
    if (isSameState(decoder.known(key), known)) reflector.relist();
    return true;
  }
}
