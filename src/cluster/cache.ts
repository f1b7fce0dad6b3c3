// The watched part of the cluster in memory: a reflector for each kind of object feeds its store.
// Decides when the picture is whole. Must not know what is made of it.
import type { ApiClient } from './api-client.ts';
import { Decoder, type UnreadableListener, type UnreadableObject } from './decoder.ts';
import { ObjectRequests } from './object-requests.ts';
import { Reflector, type ReflectorListener } from './reflector.ts';
import type { Resource } from './resource.ts';
import { namespaces, networkPolicies, platformNetworkProfiles } from './resources.ts';
import type { Identified } from './store.ts';
import { type AnyResource, Stores } from './stores.ts';

const indispensable: ReadonlySet<string> = new Set(
  [namespaces, networkPolicies, platformNetworkProfiles].map(({ name }) => name),
);

/** A reflector of whatever resource. */
type AnyReflector = Pick<
  Reflector<Identified>,
  'run' | 'synced' | 'gone' | 'refused' | 'lastProgress' | 'lastHeard'
>;

/** Hears of what happens to the picture. */
export interface CacheListener extends ReflectorListener {
  readonly onUnreadable?: UnreadableListener;
}

/** What is known of the cluster, kept up to date by watches. */
export class Cache extends Stores {
  readonly #reflectors = new Map<AnyResource, AnyReflector>();
  readonly #requests = new Map<AnyResource, unknown>();
  readonly #decoders = new Map<AnyResource, { readonly unreadable: Iterable<UnreadableObject> }>();
  #synced = false;

  /**
   * @param operatorNamespace the namespace that the operator runs in
   * @param idleMs see `Reflector`
   */
  constructor(client: ApiClient, operatorNamespace: string, listener: CacheListener, idleMs?: number) {
    super(operatorNamespace);
    this.each((resource, store) => {
      const decoder = new Decoder(resource, store, listener.onUnreadable);
      const kept = { resource, store, decoder };
      this.#decoders.set(resource, decoder);
      this.#requests.set(resource, new ObjectRequests(client, resource, store, decoder));
      this.#reflectors.set(resource, new Reflector(client, kept, listener, idleMs));
    });
  }

  /** Requests about single objects of a kind, whose answers the picture takes in. */
  requests<T extends Identified>(resource: Resource<T>): ObjectRequests<T> {
    return this.#requests.get(resource) as ObjectRequests<T>;
  }

  /** The kinds that the cluster does not know any more, although Ringfence can't be without: what there is of them is unknown. */
  get goneKinds(): readonly string[] {
    return [...this.#reflectors].filter(([, { gone }]) => gone).map(([{ name }]) => name);
  }

  /** Whether it is not known which namespaces and policies there are, or what the platform asks for: then nothing may be written. */
  get blind(): boolean {
    return this.goneKinds.some((name) => indispensable.has(name));
  }

  /** The objects that can't be decoded, by resource. */
  get unreadable(): ReadonlyMap<string, readonly UnreadableObject[]> {
    return new Map([...this.#decoders].map(([{ name }, { unreadable }]) => [name, [...unreadable]]));
  }

  /**
   * Whether every store has been equal to the server's once: from then on, absent means absent. What is remembered from
   * before does not have to be waited for where the server refuses it.
   */
  get synced(): boolean {
    this.#synced ||= [...this.#reflectors].every(
      ([{ remembered = false }, { synced, refused }]) => synced || (remembered && refused),
    );
    return this.#synced;
  }

  /** By resource: for how long nothing was heard of it, in milliseconds. @param now by `performance.now()` */
  ages(now: number): ReadonlyMap<string, number> {
    return new Map([...this.#reflectors].map(([{ name }, { lastHeard }]) => [name, now - lastHeard]));
  }

  /** For how long the watch that was heard of last has been silent, in milliseconds. @param now by `performance.now()` */
  silentMs(now: number): number {
    return Math.max(...[...this.#reflectors.values()].map((reflector) => now - reflector.lastProgress));
  }

  /** Keeps the stores up to date until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([...this.#reflectors.values()].map((reflector) => reflector.run(signal)));
  }

  protected override get isLive(): boolean {
    return true;
  }

  /** A list that broke off half-way is no knowledge. */
  protected override isKnown(resource: AnyResource): boolean {
    return this.#reflectors.get(resource)?.synced === true;
  }
}
