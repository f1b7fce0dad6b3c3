// The watched part of the cluster in memory: a reflector for each kind of object feeds its store.
// Decides when the picture is whole. Must not know what is made of it.
import type { ApiClient } from './api-client.ts';
import { Reflector, type ReflectorListener } from './reflector.ts';
import type { Identified } from './store.ts';
import { Stores } from './stores.ts';

/** A reflector of whatever resource. */
type AnyReflector = Pick<Reflector<Identified>, 'run' | 'synced' | 'lastProgress'>;

/** What is known of the cluster, kept up to date by watches. */
export class Cache extends Stores {
  readonly #reflectors: AnyReflector[] = [];

  /** @param operatorNamespace the namespace that the operator runs in */
  constructor(client: ApiClient, operatorNamespace: string, listener: ReflectorListener) {
    super(operatorNamespace);
    this.each((resource, store) => {
      this.#reflectors.push(new Reflector(client, resource, store, listener));
    });
  }

  /** Whether every store has been equal to the server's once: from then on, absent means absent. */
  get synced(): boolean {
    return this.#reflectors.every((reflector) => reflector.synced);
  }

  /** For how long the watch that was heard of last has been silent, in milliseconds. */
  silentMs(now: number): number {
    return Math.max(...this.#reflectors.map((reflector) => now - reflector.lastProgress));
  }

  /** Keeps the stores up to date until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#reflectors.map((reflector) => reflector.run(signal)));
  }
}
