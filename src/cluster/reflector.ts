// Keeps a store equal to what the API server has: list, then watch, for ever, whatever happens in between.
// Generic over resources; must not know what the objects mean. Never gives up, never blocks: a person's mend
// (a CRD installed, a permission granted) is noticed by the next try.
import { formatKey } from '../model/object-key.ts';
import type { ApiClient } from './api-client.ts';
import { backoffMs, waitFor } from './backoff.ts';
import { ApiError, classify, type ErrorClass, errorFromStatus, isUnsupported } from './errors.ts';
import { type Paths, ServedPath } from './served-path.ts';
import type { Identified, Store } from './store.ts';

/** A kind of object to watch, and how one is read. */
export interface Resource<T extends Identified> extends Paths {
  readonly kind: string;
  /** The plural with its group, as RBAC and people name it: `networkpolicies.networking.k8s.io`. */
  readonly name: string;
  /** The path of all objects of the kind, over all namespaces. Older versions are asked where the kind is optional. */
  readonly path: string;
  /** Which of them are asked for; left out: all. */
  readonly query?: { readonly labelSelector?: string; readonly fieldSelector?: string };
  /** A kind that a cluster may not have, now or later: then there are none of it. */
  readonly optional?: true;
  /** What is found out from it is remembered over restarts: where it can't be read, nobody has to wait for it. */
  readonly remembered?: true;
  /** Reads one object and keeps only what is needed. It must not throw. */
  readonly reduce: (object: RawObject) => T;
}

/** An object as it came over the wire. */
export interface RawObject {
  readonly metadata: RawMetadata;
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** What the API server puts into every object's metadata, as far as we read it. */
export interface RawMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly { readonly uid: string; readonly controller?: boolean }[];
}

/** What every stored object has. */
export function identify({ metadata }: RawObject): Identified {
  const { namespace = '', name, uid, resourceVersion } = metadata;
  return { namespace, name, uid, resourceVersion };
}

/** What a reflector tells of itself. */
export interface ReflectorListener {
  /** Its store is equal to the server's, as far as is known. */
  readonly onHealthy: (resource: string) => void;
  /** Its watch has stood for a while: one that breaks as often as it is opened is not well. */
  readonly onSteady?: (resource: string) => void;
  readonly onFailure: (resource: string, error: ApiError) => void;
  /** An object appeared in the watch, not in a list: it was created since the last look. */
  readonly onCreated?: (resource: string, created: CreatedObject) => void;
}

/** What is told of an object that was created. */
export type CreatedObject = Pick<RawMetadata, 'name' | 'uid' | 'creationTimestamp'>;

interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: RawObject;
}

const pageSize = 500;
// The API server sends a bookmark about once a minute; twice that in silence is a dead connection.
const idleMs = 150_000;
const backoff = { baseMs: 200, capMs: 15_000 } as const;
// A version that the server refuses in another way than by 410 is given up after so many answers.
const triesPerVersion = 3;
// An optional kind that is absent is looked for this often.
const absentKindMs = 10_000;
// What breaks after less time than this counts on from the failure before.
const steadyMs = 2_000;
// A starting API server refuses everything for about so long.
const patienceMs = 2_000;
/** Ends the initial events of a watch-list (KEP-3157). */
const initialEventsEnd = 'k8s.io/initial-events-end';

/** Failures in a row, of which the last one was of this kind. */
interface Streak {
  readonly failures: number;
  readonly kind: ErrorClass | undefined;
}

const noFailure: Streak = { failures: 0, kind: undefined };

/** List and watch of one resource into one store. */
export class Reflector<T extends Identified> {
  readonly #client: ApiClient;
  readonly #resource: Resource<T>;
  readonly #store: Store<T>;
  readonly #listener: ReflectorListener;
  readonly #served: ServedPath;
  #resourceVersion: string | undefined;
  #watchListSupported = true;
  #synced = false;
  #refusedSince: number | undefined;
  #lastProgress = performance.now();
  #lastHeard = performance.now();

  constructor(client: ApiClient, resource: Resource<T>, store: Store<T>, listener: ReflectorListener) {
    this.#client = client;
    this.#resource = resource;
    this.#store = store;
    this.#listener = listener;
    this.#served = new ServedPath(resource);
  }

  /** Whether the store has been equal to the server's at least once. */
  get synced(): boolean {
    return this.#synced;
  }

  /** Whether the server answers, and has refused for a while to tell. */
  get refused(): boolean {
    return this.#refusedSince !== undefined && performance.now() - this.#refusedSince >= patienceMs;
  }

  /** When it last heard of the server, or tried to, by `performance.now()`. */
  get lastProgress(): number {
    return this.#lastProgress;
  }

  /** When it last heard of the server, by `performance.now()`; at first, when it was made. */
  get lastHeard(): number {
    return this.#lastHeard;
  }

  /** Runs until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    let streak = noFailure;
    while (!signal.aborted) {
      const started = performance.now();
      this.#lastProgress = started;
      try {
        await this.#listAndWatch(signal);
        // A proxy that ends every stream at once must not be asked in a tight loop.
        if (performance.now() - started < steadyMs)
          throw new ApiError(0, '', 'the watch ended as soon as it had begun');
        streak = noFailure;
      } catch (error) {
        if (signal.aborted) return;
        const before = performance.now() - started < steadyMs ? streak : noFailure;
        streak = goOn(before, classify(error));
        if (error instanceof ApiError) await this.#recover(error, streak, before, signal);
      }
    }
  }

  async #recover(
    error: ApiError,
    { failures, kind }: Streak,
    before: Streak,
    signal: AbortSignal,
  ): Promise<void> {
    if (kind === 'gone' && this.#resource.optional) {
      this.#resourceVersion = undefined;
      if (!this.#served.miss()) await this.#waitForKind(signal);
      return;
    }
    if (kind === 'expired' || (error.status > 0 && failures >= triesPerVersion))
      this.#resourceVersion = undefined;
    // An expired version is no fault of the server: list again at once, once.
    if (kind === 'expired' && before.kind !== 'expired') return;
    this.#refusedSince = kind === 'unreachable' ? undefined : (this.#refusedSince ?? performance.now());
    this.#listener.onFailure(this.#resource.name, error);
    await waitFor(backoffMs(failures, backoff, error.retryAfterMs), signal);
  }

  /** The cluster has no such kind: it is looked for again now and then. */
  async #waitForKind(signal: AbortSignal): Promise<void> {
    this.#store.keepOnly(new Set());
    this.#synced = true;
    this.#refusedSince = undefined;
    this.#heard();
    this.#listener.onHealthy(this.#resource.name);
    this.#listener.onSteady?.(this.#resource.name);
    await waitFor(absentKindMs * (0.75 + Math.random() / 2), signal);
  }

  async #listAndWatch(signal: AbortSignal): Promise<void> {
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

  /** The fallback where the server has no watch-list: pages, of which only one at a time is in memory. */
  async #listPages(signal: AbortSignal): Promise<void> {
    const listed = new Set<string>();
    let next: string | undefined;
    let version: string;
    do {
      const page = (await this.#client.request('GET', this.#served.current, {
        query: { limit: pageSize, continue: next, ...this.#resource.query },
        signal,
      })) as { metadata: { resourceVersion: string; continue?: string }; items: RawObject[] };
      for (const item of page.items) this.#list(item, listed);
      version = page.metadata.resourceVersion;
      next = page.metadata.continue || undefined;
      this.#heard();
    } while (next !== undefined);
    this.#store.keepOnly(listed);
    this.#resourceVersion = version;
  }

  /** One watch request, from its first event to its orderly end. */
  async #watch(
    signal: AbortSignal,
    from: {
      sendInitialEvents?: boolean;
      resourceVersionMatch?: string;
      resourceVersion?: string | undefined;
    },
  ): Promise<void> {
    const { name, query } = this.#resource;
    let health: NodeJS.Timeout | undefined;
    const synced = () => {
      this.#synced = true;
      this.#refusedSince = undefined;
      this.#served.found();
      this.#listener.onHealthy(name);
      health = setTimeout(() => this.#listener.onSteady?.(name), steadyMs);
    };
    const lines = this.#client.lines(this.#served.current, {
      query: {
        watch: true,
        allowWatchBookmarks: true,
        timeoutSeconds: 300 + Math.floor(Math.random() * 300),
        ...query,
        ...from,
      },
      signal,
      idleMs,
      onOpen: () => {
        this.#heard();
        if (!from.sendInitialEvents) synced();
      },
    });
    try {
      await this.#follow(lines, from.sendInitialEvents ? new Set() : undefined, synced);
    } finally {
      clearTimeout(health);
    }
  }

  /** @param listed where the initial events are a list: what it holds so far */
  async #follow(
    lines: AsyncIterable<string>,
    listed: Set<string> | undefined,
    synced: () => void,
  ): Promise<void> {
    for await (const line of lines) {
      this.#heard();
      const event = parseEvent(line);
      if (event.type === 'ERROR') throw errorFromStatus(event.object);
      if (listed === undefined) {
        this.#apply(event);
      } else if (event.type === 'DELETED') {
        this.#unlist(event.object, listed);
      } else if (event.type !== 'BOOKMARK') {
        this.#list(event.object, listed);
      } else if (event.object.metadata.annotations?.[initialEventsEnd] === 'true') {
        this.#store.keepOnly(listed);
        listed = undefined;
        synced();
      }
      if (listed === undefined) this.#resourceVersion = event.object.metadata.resourceVersion;
    }
    if (listed !== undefined) throw new ApiError(0, '', 'the watch ended before its initial events did');
  }

  #heard(): void {
    this.#lastHeard = performance.now();
    this.#lastProgress = this.#lastHeard;
  }

  #list(object: RawObject, listed: Set<string>): void {
    const next = this.#resource.reduce(object);
    listed.add(formatKey(next));
    this.#store.accept(next);
  }

  /** The initial events come from the API server's cache; what changed since then is told of before they end. */
  #unlist(object: RawObject, listed: Set<string>): void {
    const gone = this.#resource.reduce(object);
    listed.delete(formatKey(gone));
    this.#store.remove(gone);
  }

  #apply(event: WatchEvent): void {
    if (event.type === 'BOOKMARK') return;
    const next = this.#resource.reduce(event.object);
    if (event.type === 'DELETED') {
      this.#store.remove(next);
      return;
    }
    if (event.type === 'ADDED') this.#listener.onCreated?.(this.#resource.name, event.object.metadata);
    this.#store.observe(next);
  }
}

/**
 * What is unreachable and then answers in another way, such as a server that has just started, does not have to wait for
 * as long as it did when it was away.
 */
function goOn(before: Streak, kind: ErrorClass): Streak {
  const returned = before.kind === 'unreachable' && kind !== 'unreachable';
  return { failures: returned ? 1 : before.failures + 1, kind };
}

/** A portal or a gateway may answer a watch with anything at all, and with status 200. */
function parseEvent(line: string): WatchEvent {
  try {
    const event = JSON.parse(line) as Partial<WatchEvent> | null;
    if (event?.type === 'ERROR' || typeof event?.object?.metadata === 'object') return event as WatchEvent;
  } catch {
    // told below
  }
  throw new ApiError(0, '', `the watch sent a line that is no event: ${line.slice(0, 200)}`);
}
