// The watched part of the cluster in memory: a reflector for each kind of object feeds its store.
// Decides when the picture is whole. Must not know what is made of it.
import type { ApiClient } from './api-client.ts';
import { Reflector, type ReflectorListener } from './reflector.ts';
import type { Identified } from './store.ts';
import { type AnyResource, Stores } from './stores.ts';

/** A reflector of whatever resource. */
type AnyReflector = Pick<Reflector<Identified>, 'run' | 'synced' | 'refused' | 'lastProgress' | 'lastHeard'>;

/** What is known of the cluster, kept up to date by watches. */
export class Cache extends Stores {
  readonly #reflectors = new Map<AnyResource, AnyReflector>();
  #synced = false;

  /** @param operatorNamespace the namespace that the operator runs in */
  constructor(client: ApiClient, operatorNamespace: string, listener: ReflectorListener) {
    super(operatorNamespace);
    this.each((resource, store) => {
      this.#reflectors.set(resource, new Reflector(client, resource, store, listener));
    });
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

  /** By resource: for how long nothing was heard of it, in milliseconds. */
  ages(now: number): ReadonlyMap<string, number> {
    return new Map([...this.#reflectors].map(([{ name }, { lastHeard }]) => [name, now - lastHeard]));
  }

  /** For how long the watch that was heard of last has been silent, in milliseconds. */
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
