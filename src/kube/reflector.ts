// Keeps a store equal to the API server: list, then watch, forever, whatever happens in between.
// Generic over resources; must not know what the objects mean. Never gives up, never blocks: after a person's fix
// (a CRD is installed, a permission granted), the next attempt succeeds.
import { formatKey } from '../model/object-key.ts';
import { AbsentKinds } from './absent-kinds.ts';
import type { ApiClient } from './api-client.ts';
import { backoffMs, waitFor } from './backoff.ts';
import { Continuity } from './continuity.ts';
import type { Decoder } from './decoder.ts';
import { ApiError, classify, type ErrorClass, errorFromStatus, isUnsupported } from './errors.ts';
import { pagesOf } from './pages.ts';
import { type ReceivedEvent, receivedEvent, receivedList } from './received.ts';
import { identify, type RawMetadata, type RawObject, type Resource } from './resource.ts';
import type { ServedPath } from './served-path.ts';
import { compareVersions, type Identified, type Store, type Versioned } from './store.ts';

/** The reports of a reflector. */
export interface ReflectorListener {
  /** Its store equals the server's state, as far as is known. */
  readonly onHealthy: (resource: string) => void;
  /** Its watch has been open for a while: one that breaks whenever it is opened does not count. */
  readonly onSteady?: (resource: string) => void;
  readonly onFailure: (resource: string, error: ApiError) => void;
  /** The cluster no longer knows a required kind, or knows it again. */
  readonly onGone?: (resource: string, isGone: boolean) => void;
  /** A list is of an older version than the cache: etcd was restored. */
  readonly onTurnedBack?: (resource: string) => void;
  /** It was listed again after the server was unavailable: nobody has seen what happened in between. */
  readonly onRelisted?: (resource: string) => void;
  /** An object appeared in the watch, not in a list: it was created since the last list. */
  readonly onCreated?: (resource: string, created: CreatedObject) => void;
}

/** The facts about a created object. */
export type CreatedObject = Pick<RawMetadata, 'name' | 'uid' | 'creationTimestamp'>;

/** A kind and its store. */
export interface KeptKind<T extends Identified> {
  readonly resource: Resource<T>;
  readonly store: Store<T>;
  readonly decoder: Decoder<T>;
  /** The path at which the server serves it. */
  readonly served: ServedPath;
}

/** How long a watch may be silent, in milliseconds: the API server sends a bookmark about once a minute. */
const watchIdleMs = 150_000;
const backoff = { baseMs: 200, capMs: 15_000 } as const;
// After this many refusals other than 410, a version is given up.
const triesPerVersion = 3;
// How often to look for an absent required kind, and for the first time for an optional one that there was.
const goneKindMs = 2_000;
// A watch that breaks sooner than this counts as one more failure in a row.
const steadyMs = 2_000;
// A starting API server refuses everything for about this long.
const patienceMs = 2_000;
// The server's clock may run a little faster than ours.
const clockToleranceMs = 2_000;
/** Ends the initial events of a watch-list (KEP-3157). */
const initialEventsEnd = 'k8s.io/initial-events-end';

type ObjectEvent = Exclude<ReceivedEvent, { type: 'ERROR' }>;

/** Failures in a row, of which the last one had this class. */
interface Streak {
  readonly failures: number;
  readonly kind: ErrorClass | undefined;
}

const noFailure: Streak = { failures: 0, kind: undefined };

/** The options of a reflector. */
export interface ReflectorOptions {
  /** After this much silence, in milliseconds, a watch counts as broken. */
  readonly idleMs?: number | undefined;
  /** Looks for the kind while the cluster does not have it; if unset: the reflector has its own. */
  readonly absentKinds?: AbsentKinds;
}

/** List and watch of one resource into one store. */
export class Reflector<T extends Identified> {
  readonly #client: ApiClient;
  readonly #kept: KeptKind<T>;
  readonly #listener: ReflectorListener;
  readonly #idleMs: number;
  readonly #absentKinds: AbsentKinds;
  readonly #continuity = new Continuity();
  #resourceVersion: string | undefined;
  /** The last known version, also if it is no longer valid. */
  #lastVersion: string | undefined;
  /** Cancels the current request. */
  #attempt = new AbortController();
  #watchListSupported = true;
  #synced = false;
  /** How long watches that continued from this version have been open without an event. */
  #silentMs = 0;
  /** Whether the last attempt ended in silence. */
  #inSilence = false;
  #gone = false;
  /** How often in a row the server did not know an optional kind. */
  #absences = 0;
  #absentSince: number | undefined;
  #refusedSince: number | undefined;
  #lastProgress = performance.now();
  #lastHeard = performance.now();

  constructor(
    client: ApiClient,
    kept: KeptKind<T>,
    listener: ReflectorListener,
    options: ReflectorOptions = {},
  ) {
    this.#client = client;
    this.#kept = kept;
    this.#listener = listener;
    this.#idleMs = options.idleMs ?? watchIdleMs;
    this.#absentKinds = options.absentKinds ?? new AbsentKinds(client);
  }

  /** Whether the store has equalled the server's state at least once. */
  get synced(): boolean {
    return this.#synced;
  }

  /** Whether the cluster no longer knows this required kind: its objects are unknown. */
  get gone(): boolean {
    return this.#gone;
  }

  /** Whether the server answers, but has refused this kind for a while. */
  get refused(): boolean {
    return this.#refusedSince !== undefined && performance.now() - this.#refusedSince >= patienceMs;
  }

  /**
   * When it last received an event, or finished an attempt without one: by `performance.now()`. A watch that is open and silent is no
   * progress, however often it is opened.
   */
  get lastProgress(): number {
    return this.#lastProgress;
  }

  /** When it last received something from the server, by `performance.now()`; at first, when it was created. */
  get lastHeard(): number {
    return this.#lastHeard;
  }

  /** See `KnownHistory`. */
  get intactSince(): number | undefined {
    return this.#continuity.intactSince;
  }

  /** See `KnownHistory`; also absent before the first list. */
  get brokenSince(): number | undefined {
    return this.#synced ? this.#continuity.brokenSince : undefined;
  }

  /** When the cluster was last found not to have this optional kind; absent if it has it, or is about to be asked. */
  get absentSince(): number | undefined {
    return this.#continuity.isBroken ? undefined : this.#absentSince;
  }

  /** Looks at once for an absent kind: the server was unavailable, and may have it now. */
  doubt(): void {
    this.#continuity.doubt();
    this.#kept.served.doubt();
    this.relist();
  }

  /** Increases when the kind was listed again after the server was unavailable. */
  get epoch(): number {
    return this.#continuity.epoch;
  }

  /** Whether the watch has reached a version of the list. */
  hasPassed(version: Versioned): boolean {
    const resourceVersion = this.#resourceVersion;
    return resourceVersion !== undefined && compareVersions({ resourceVersion }, version) >= 0;
  }

  /** Lists again at once, whatever is awaited: the cache does not have the server's state. */
  relist(): void {
    this.#resourceVersion = undefined;
    this.#attempt.abort();
  }

  /** Runs until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    let streak = noFailure;
    while (!signal.aborted) {
      const started = performance.now();
      const attempt = this.#begin();
      try {
        await this.#listAndWatch(AbortSignal.any([signal, attempt]));
        // A proxy that ends every stream at once must not be asked in a tight loop.
        if (performance.now() - started < steadyMs)
          throw new ApiError(0, '', 'the watch ended right after it began');
        streak = noFailure;
      } catch (error) {
        if (signal.aborted) return;
        const before = performance.now() - started < steadyMs ? streak : noFailure;
        streak = goOn(before, classify(error));
        if (error instanceof ApiError && !attempt.aborted) await this.#recover(error, streak, before, signal);
      }
    }
  }

  #begin(): AbortSignal {
    // Events before the abort may have advanced the version.
    if (this.#attempt.signal.aborted) this.#resourceVersion = undefined;
    this.#attempt = new AbortController();
    return this.#attempt.signal;
  }

  async #recover(
    error: ApiError,
    { failures, kind }: Streak,
    before: Streak,
    signal: AbortSignal,
  ): Promise<void> {
    const woken = AbortSignal.any([signal, this.#attempt.signal]);
    if (!this.#inSilence) this.#lastProgress = performance.now();
    this.#inSilence = false;
    if (kind === 'gone' && this.#kept.resource.optional) {
      this.#resourceVersion = undefined;
      if (!this.#kept.served.miss()) await this.#waitForKind(woken);
      return;
    }
    this.#absences = 0;
    if (kind === 'gone') this.#loseKind();
    if (kind === 'expired' || (error.status > 0 && failures >= triesPerVersion))
      this.#resourceVersion = undefined;
    // An expired version is not the server's fault: list again at once, once.
    if (kind === 'expired' && before.kind !== 'expired') return;
    this.#refusedSince = kind === 'unreachable' ? undefined : (this.#refusedSince ?? performance.now());
    this.#listener.onFailure(this.#kept.resource.name, error);
    const bounds = this.#gone ? { ...backoff, capMs: goneKindMs } : backoff;
    await waitFor(backoffMs(failures, bounds, error.retryAfterMs), woken);
  }

  /**
   * The cluster no longer knows a required kind: somebody deleted its CRD, and with it, unseen, all of its objects.
   * Nothing is known of it until it is listed again.
   */
  #loseKind(): void {
    this.#resourceVersion = undefined;
    this.#continuity.listed();
    if (!this.#synced || this.#gone) return;
    this.#gone = true;
    this.#keepLost();
    this.#listener.onGone?.(this.#kept.resource.name, true);
  }

  /** What is still known of the objects of a kind that the cluster no longer knows. */
  #keepLost(): void {
    const { store, resource } = this.#kept;
    for (const known of resource.lost === undefined ? [] : store.all()) {
      const left = resource.lost?.(known);
      if (left !== undefined && left !== known) store.accept(left);
    }
  }

  /**
   * The cluster has no such kind: it is looked for from time to time. If there were objects of it until now, one answer
   * proves nothing: it might come from a gateway.
   */
  async #waitForKind(signal: AbortSignal): Promise<void> {
    if (this.#kept.store.size > 0 && this.#absences === 0) {
      this.#absences = 1;
      await waitFor(goneKindMs, signal);
      return;
    }
    if (this.#synced && this.#kept.resource.lost !== undefined) this.#keepLost();
    else {
      this.#kept.store.beginList();
      this.#endList(new Set());
    }
    this.#synced = true;
    this.#refusedSince = undefined;
    do {
      this.#complete('absent');
      this.#heard();
      this.#listener.onHealthy(this.#kept.resource.name);
      this.#listener.onSteady?.(this.#kept.resource.name);
      this.#absences += 1;
      if (await this.#absentKinds.nextLook(this.#kept.resource, this.#absences, signal)) return;
    } while (!signal.aborted);
  }

  async #listAndWatch(signal: AbortSignal): Promise<void> {
    if (this.#continuity.isBroken) this.#resourceVersion = undefined;
    if (this.#resourceVersion === undefined && this.#watchListSupported) {
      try {
        await this.#watch(signal, { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' });
        return;
      } catch (error) {
        if (!isUnsupported(error)) throw error;
        this.#watchListSupported = false;
      }
    }
    if (this.#resourceVersion === undefined) await this.#listPages(signal);
    await this.#watch(signal, { resourceVersion: this.#resourceVersion });
  }

  /** The fallback if the server has no watch-list: pages, of which only one at a time is in memory. */
  async #listPages(signal: AbortSignal): Promise<void> {
    const listed = new Set<string>();
    const { kind, query } = this.#kept.resource;
    let version: string | undefined;
    const pages = pagesOf(async (page) =>
      receivedList(
        await this.#client.request('GET', this.#kept.served.current, {
          query: { ...page, ...query },
          signal,
        }),
        kind,
      ),
    );
    for await (const page of pages) {
      if (version === undefined) this.#kept.store.beginList();
      for (const item of page.items) this.#list(item, listed);
      version = page.version;
      this.#heard();
    }
    this.#endList(listed);
    this.#complete('listed');
    if (version !== undefined) this.#comeTo(version, { listed: true });
  }

  #comeTo(resourceVersion: string, { listed }: { readonly listed: boolean }): void {
    const before = this.#lastVersion;
    this.#resourceVersion = resourceVersion;
    this.#lastVersion = resourceVersion;
    if (!listed || before === undefined) return;
    if (compareVersions({ resourceVersion }, { resourceVersion: before }) < 0)
      this.#listener.onTurnedBack?.(this.#kept.resource.name);
  }

  /** The store has the server's state. */
  #complete(by: 'absent' | 'listed' | 'watched'): void {
    const { isBroken } = this.#continuity;
    if (by === 'watched') this.#continuity.watched();
    else this.#continuity.listed();
    this.#absentSince = by === 'absent' ? performance.now() : undefined;
    if (isBroken) this.#listener.onRelisted?.(this.#kept.resource.name);
  }

  #endList(listed: ReadonlySet<string>): void {
    this.#kept.store.keepOnly(listed);
    this.#kept.decoder.keepOnly(listed);
  }

  /**
   * One watch request, from its first event to its orderly end.
   *
   * A watch that continues from a version and then stays silent gives the version up. After a restore of etcd, the version may lie in
   * the future, and the API server waits for it in silence; from a healthy one, bookmarks arrive about once a minute.
   */
  async #watch(
    signal: AbortSignal,
    from: {
      sendInitialEvents?: boolean;
      resourceVersionMatch?: string;
      resourceVersion?: string | undefined;
    },
  ): Promise<void> {
    const { name, query } = this.#kept.resource;
    const started = performance.now();
    const timeoutSeconds = 300 + Math.floor(Math.random() * 300);
    let health: NodeJS.Timeout | undefined;
    let opened: number | undefined;
    let isWatched = false;
    const synced = () => {
      const wasGone = this.#gone;
      this.#complete('watched');
      isWatched = true;
      this.#synced = true;
      this.#gone = false;
      this.#absences = 0;
      if (wasGone) this.#listener.onGone?.(name, false);
      this.#refusedSince = undefined;
      this.#kept.served.found();
      this.#listener.onHealthy(name);
      health = setTimeout(() => this.#listener.onSteady?.(name), steadyMs);
    };
    const lines = this.#client.lines(this.#kept.served.current, {
      query: {
        watch: true,
        allowWatchBookmarks: true,
        timeoutSeconds,
        ...query,
        ...from,
      },
      signal,
      idleMs: this.#idleMs,
      onOpen: () => {
        opened = performance.now();
        if (from.sendInitialEvents) return;
        // The server may have taken long to accept it.
        if (this.#continuity.isBroken) this.relist();
        else synced();
      },
    });
    try {
      await this.#follow(lines, from.sendInitialEvents ? new Set() : undefined, synced);
      if (performance.now() - started < timeoutSeconds * 1000 - clockToleranceMs) this.#endedEarly();
    } catch (error) {
      if (opened === undefined && from.resourceVersion !== undefined) this.#continuity.failed(error);
      throw error;
    } finally {
      clearTimeout(health);
      if (isWatched) this.#continuity.ended();
      if (opened !== undefined && this.#lastHeard < opened) this.#wasSilent(performance.now() - opened);
    }
  }

  /**
   * The server ended a watch in order, but before its time: it does so some time after the schema of a custom resource has
   * changed. Until then it sent objects in the old schema, and it does not send these versions again.
   */
  #endedEarly(): void {
    if (this.#kept.resource.custom) this.#resourceVersion = undefined;
  }

  #wasSilent(openMs: number): void {
    this.#silentMs += openMs;
    this.#inSilence = openMs >= steadyMs;
    // A timer may fire a little early.
    if (this.#silentMs > this.#idleMs * 0.9) this.#resourceVersion = undefined;
  }

  /** @param initial if the initial events are a list: its content so far */
  async #follow(
    lines: AsyncIterable<string>,
    initial: Set<string> | undefined,
    synced: () => void,
  ): Promise<void> {
    let isFirst = true;
    let listed = initial;
    for await (const line of lines) {
      this.#heard();
      const event = receivedEvent(line, this.#kept.resource.kind);
      if (event.type === 'ERROR') throw errorFromStatus(event.object);
      if (listed !== undefined && isFirst) this.#kept.store.beginList();
      isFirst = false;
      const { resourceVersion } = event.object.metadata;
      if (listed === undefined) {
        this.#apply(event);
        this.#comeTo(resourceVersion, { listed: false });
      } else if (!this.#goesOn(event, listed)) {
        this.#endList(listed);
        listed = undefined;
        this.#comeTo(resourceVersion, { listed: true });
        synced();
      }
    }
    if (listed !== undefined) throw new ApiError(0, '', 'the watch ended before its initial events did');
  }

  /** Handles an event before the list is complete; returns whether the list continues. */
  #goesOn(event: ObjectEvent, listed: Set<string>): boolean {
    if (event.type === 'BOOKMARK') return event.object.metadata.annotations?.[initialEventsEnd] !== 'true';
    if (event.type === 'DELETED') this.#unlist(event.object, listed);
    else this.#list(event.object, listed);
    return true;
  }

  #heard(): void {
    this.#silentMs = 0;
    this.#lastHeard = performance.now();
    this.#lastProgress = this.#lastHeard;
  }

  #list(object: RawObject, listed: Set<string>): void {
    listed.add(formatKey(identify(object)));
    const next = this.#kept.decoder.decode(object);
    if (next !== undefined) this.#kept.store.accept(next);
  }

  /** The initial events come from the API server's cache; changes since then arrive before they end. */
  #unlist(object: RawObject, listed: Set<string>): void {
    listed.delete(formatKey(identify(object)));
    this.#remove(object);
  }

  #remove(object: RawObject): void {
    const gone = identify(object);
    this.#kept.decoder.forget(gone);
    this.#kept.store.remove(gone);
  }

  #apply(event: ObjectEvent): void {
    if (event.type === 'BOOKMARK') return;
    if (event.type === 'DELETED') {
      this.#remove(event.object);
      return;
    }
    if (event.type === 'ADDED') this.#listener.onCreated?.(this.#kept.resource.name, event.object.metadata);
    const next = this.#kept.decoder.decode(event.object);
    if (next !== undefined) this.#kept.store.observe(next);
  }
}

/**
 * A server that was unreachable and then answers with another error, for example because it has just started, does not have to wait for
 * as long as while it was unavailable.
 */
function goOn(before: Streak, kind: ErrorClass): Streak {
  const returned = before.kind === 'unreachable' && kind !== 'unreachable';
  return { failures: returned ? 1 : before.failures + 1, kind };
}
