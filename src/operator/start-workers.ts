// When the workers start: when every cache has synced, before which absent does not mean absent, and no other operator is active.
// Must not know what they do.
import type { Logger } from 'pino';
import type { Cache } from '../objects/cache.ts';
import type { Leadership } from './lease.ts';

/** The dependencies. */
export interface AwaitedParts {
  readonly cache: Cache;
  readonly leadership: Leadership;
  readonly log: Logger;
}

/** The workers, which start once. */
export class WorkersStart {
  readonly #parts: AwaitedParts;
  readonly #run: () => Promise<void>;
  readonly #began = performance.now();
  #isSynced = false;
  #finished: Promise<void> | undefined;

  /** @param run runs the workers until they have ended */
  constructor(parts: AwaitedParts, run: () => Promise<void>) {
    this.#parts = parts;
    this.#run = run;
  }

  /** From now on, they start as soon as they may. */
  follow(): void {
    const { cache, leadership } = this.#parts;
    const whenReady = () => this.#startWhenReady();
    // What the server refuses does not have to be waited for.
    cache.listen({ onHealthy: whenReady, onFailure: whenReady });
    leadership.onTaken(whenReady);
  }

  /** Whether the workers run. */
  get running(): boolean {
    return this.#finished !== undefined;
  }

  /** Resolves when they have ended, or at once where they did not start. */
  get finished(): Promise<void> {
    return this.#finished ?? Promise.resolve();
  }

  #startWhenReady(): void {
    const { cache, leadership } = this.#parts;
    if (this.running || !cache.synced) return;
    this.#logSynced();
    if (leadership.leads) this.#finished = this.#run();
  }

  #logSynced(): void {
    if (this.#isSynced) return;
    this.#isSynced = true;
    const { cache, log } = this.#parts;
    const ms = Math.round(performance.now() - this.#began);
    log.info(
      { ms, namespaces: cache.stores.namespaces.size, policies: cache.stores.policies.size },
      'caches synced',
    );
  }
}
