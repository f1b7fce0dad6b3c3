// The watched part of the cluster in memory: a reflector for each kind of object feeds its store.
// Decides when the cache is complete. Must not know how it is used.
import { AbsentKinds } from '../kube/absent-kinds.ts';
import type { ApiClient } from '../kube/api-client.ts';
import { Comparison, type ComparisonListener, type ComparisonTimes } from '../kube/comparison.ts';
import { intactSince, isCutOff, type KnownHistory } from '../kube/continuity.ts';
import { Decoder, type UnreadableListener, type UnreadableObject } from '../kube/decoder.ts';
import { ObjectRequests } from '../kube/object-requests.ts';
import { Reflector, type ReflectorListener } from '../kube/reflector.ts';
import type { Resource } from '../kube/resource.ts';
import { ServedPath } from '../kube/served-path.ts';
import type { Identified } from '../kube/store.ts';
import { wallMs } from '../kube/wall-time.ts';
import { ClusterFacts } from './cluster-facts.ts';
import type { AnyKind } from './kinds.ts';
import { namespaces, networkPolicies, platformNetworkProfiles } from './policy-resources.ts';
import { visitStores } from './stores.ts';

const indispensable: ReadonlySet<string> = new Set(
  [namespaces, networkPolicies, platformNetworkProfiles].map(({ name }) => name),
);

/** A reflector for any resource. */
type AnyReflector = Pick<
  Reflector<Identified>,
  | 'run'
  | 'synced'
  | 'gone'
  | 'refused'
  | 'epoch'
  | keyof KnownHistory
  | 'lastProgress'
  | 'absentSince'
  | 'doubt'
>;

/** Every report about the cache. */
interface CacheEvents extends Required<ReflectorListener>, Required<ComparisonListener> {
  readonly onUnreadable: UnreadableListener;
}

/** Receives reports about the cache. */
export type CacheListener = Partial<CacheEvents>;

/** The options of the cache. */
export interface CacheOptions {
  /** See `Reflector`. */
  readonly idleMs?: number;
  /** How often each kind is compared with the server, in milliseconds; if unset: never. */
  readonly compareMs?: number;
}

/** The comparisons of any kind. */
type AnyComparison = Pick<Comparison<Identified>, 'run'>;

/** The state of the cluster, kept up to date by watches. */
export class Cache extends ClusterFacts {
  readonly #reflectors = new Map<AnyKind, AnyReflector>();
  readonly #requests = new Map<AnyKind, unknown>();
  readonly #decoders = new Map<AnyKind, { readonly unreadable: Iterable<UnreadableObject> }>();
  readonly #comparisons: AnyComparison[] = [];
  readonly #listeners: CacheListener[] = [];
  readonly #events = broadcastTo(this.#listeners);
  readonly #compareMs: number | undefined;
  #synced = false;

  /** @param operatorNamespace the operator's own namespace */
  constructor(client: ApiClient, operatorNamespace: string, { idleMs, compareMs }: CacheOptions = {}) {
    super(operatorNamespace, () => client.serverClock.timeMs(performance.now()) ?? wallMs());
    this.#compareMs = compareMs;
    const absentKinds = new AbsentKinds(client);
    visitStores(this.stores, (resource, store) => {
      const decoder = new Decoder(resource, store, this.#events.onUnreadable);
      const kept = { resource, store, decoder, served: new ServedPath(resource) };
      const requests = new ObjectRequests(client, kept);
      const reflector = new Reflector(client, kept, this.#events, { idleMs, absentKinds });
      this.#decoders.set(resource, decoder);
      this.#requests.set(resource, requests);
      this.#reflectors.set(resource, reflector);
      this.#comparisons.push(new Comparison(client, { ...kept, requests, reflector }));
    });
    this.listen({ onRelisted: () => this.#doubtAbsence() });
  }

  /** After the server was unavailable, a kind that it did not have before is looked for, too: a restore of etcd may bring it back. */
  #doubtAbsence(): void {
    const reflectors = [...this.#reflectors.values()];
    const since = intactSince(reflectors);
    for (const reflector of reflectors) {
      const { absentSince } = reflector;
      if (absentSince !== undefined && absentSince < since) reflector.doubt();
    }
  }

  /** From now on, `listener` receives reports. */
  listen(listener: CacheListener): void {
    this.#listeners.push(listener);
  }

  /** Requests about single objects of a kind, whose answers the cache accepts. */
  requests<T extends Identified>(resource: Resource<T>): ObjectRequests<T> {
    return this.#requests.get(resource) as ObjectRequests<T>;
  }

  /** The required kinds that the cluster no longer knows: their objects are unknown. */
  get goneKinds(): readonly string[] {
    return [...this.#reflectors].filter(([, { gone }]) => gone).map(([{ name }]) => name);
  }

  /** Whether it is unknown which namespaces and policies exist, or what the platform asks for: then nothing may be written. */
  get blind(): boolean {
    return this.goneKinds.some((name) => indispensable.has(name));
  }

  /**
   * Whether the server was unavailable, and not everything has been listed since: it may have another history now, so nothing may be
   * written from this one.
   */
  get cutOff(): boolean {
    return isCutOff([...this.#reflectors.values()], performance.now());
  }

  /** Increases when a kind was listed again after the server was unavailable: earlier decisions are out of date. */
  get epoch(): number {
    return this.#reflectors.values().reduce((sum, { epoch }) => sum + epoch, 0);
  }

  /** The objects that can't be decoded, by resource. */
  get unreadable(): ReadonlyMap<string, readonly UnreadableObject[]> {
    return new Map([...this.#decoders].map(([{ name }, { unreadable }]) => [name, [...unreadable]]));
  }

  /**
   * Whether every store has equalled the server's state once: from then on, absent means absent. Facts that are kept
   * over restarts do not have to be waited for if the server refuses them.
   */
  get synced(): boolean {
    this.#synced ||= [...this.#reflectors].every(
      ([{ remembered = false }, { synced, refused }]) => synced || (remembered && refused),
    );
    return this.#synced;
  }

  /** By resource: how long nothing was received, in milliseconds. @param now by `performance.now()` */
  ages(now: number): ReadonlyMap<string, number> {
    return new Map([...this.#reflectors].map(([{ name }, { lastHeard }]) => [name, now - lastHeard]));
  }

  /** How long the most recently active watch has been silent, in milliseconds. @param now by `performance.now()` */
  silentMs(now: number): number {
    return Math.max(...[...this.#reflectors.values()].map((reflector) => now - reflector.lastProgress));
  }

  /** Keeps the stores up to date until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([
      ...[...this.#reflectors.values()].map((reflector) => reflector.run(signal)),
      ...this.#comparisons.map((comparison, index) => this.#compare(comparison, index, signal)),
    ]);
  }

  async #compare(comparison: AnyComparison, index: number, signal: AbortSignal): Promise<void> {
    if (this.#compareMs === undefined) return;
    await comparison.run(timesOf(index, this.#comparisons.length, this.#compareMs), this.#events, signal);
  }

  protected override get isWatched(): boolean {
    return true;
  }

  /** An interrupted list proves nothing. */
  protected override isKnown(resource: AnyKind): boolean {
    return this.#reflectors.get(resource)?.synced === true;
  }
}

function broadcastTo(listeners: readonly CacheListener[]): CacheEvents {
  const all = (call: (listener: CacheListener) => void) => listeners.forEach(call);
  return {
    onHealthy: (...event) => all((each) => each.onHealthy?.(...event)),
    onSteady: (...event) => all((each) => each.onSteady?.(...event)),
    onFailure: (...event) => all((each) => each.onFailure?.(...event)),
    onGone: (...event) => all((each) => each.onGone?.(...event)),
    onTurnedBack: (...event) => all((each) => each.onTurnedBack?.(...event)),
    onRelisted: (...event) => all((each) => each.onRelisted?.(...event)),
    onCreated: (...event) => all((each) => each.onCreated?.(...event)),
    onCompared: (...event) => all((each) => each.onCompared?.(...event)),
    onNotCompared: (...event) => all((each) => each.onNotCompared?.(...event)),
    onUnreadable: (...event) => all((each) => each.onUnreadable?.(...event)),
  };
}

/** Each kind has its turn at another time, and each operator too. Right after a start, everything has just been listed. */
function timesOf(index: number, kinds: number, everyMs: number): ComparisonTimes {
  return { firstMs: (everyMs * (1 + index + Math.random())) / (kinds + 1), everyMs };
}
