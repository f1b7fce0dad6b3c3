// When the workers start: when every cache has synced, since before that an absent object may exist, and no other operator is active.
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

  /** From now on, each event after which they may start is checked. */
  startWhenReady(): void {
    const { cache, leadership } = this.#parts;
    const start = () => this.#startIfReady();
    // The cache does not wait for what the server refuses.
    cache.listen({ onHealthy: start, onFailure: start });
    leadership.onTaken(start);
  }

  /** Whether the workers run. */
  get running(): boolean {
    return this.#finished !== undefined;
  }

  /** Resolves when they have ended, or at once if they never started. */
  get finished(): Promise<void> {
    return this.#finished ?? Promise.resolve();
  }

  #startIfReady(): void {
    const { cache, leadership } = this.#parts;
    if (this.running || !cache.synced) return;
    this.#claim();
    if (leadership.leads) this.#finished = this.#run();
  }

  /** The caches are synced: from now on we may lead. */
  #claim(): void {
    if (this.#isSynced) return;
    this.#isSynced = true;
    const { cache, leadership, log } = this.#parts;
    const ms = Math.round(performance.now() - this.#began);
    log.info(
      { ms, namespaces: cache.stores.namespaces.size, policies: cache.stores.policies.size },
      'caches synced',
    );
    leadership.claim();
  }
}
