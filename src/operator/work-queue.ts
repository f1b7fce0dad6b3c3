// A keyed work queue: each key waits at most once, and one worker at a time processes it.
// Two lanes: single changes go before bulk work. Waits (backoff, settling) happen
// here, outside the workers. Must not know what a key means.
import { type BackoffBounds, backoffMs } from '../kube/backoff.ts';

/** `fresh`: somebody changed something and waits for it. `bulk`: everything is reconciled again. */
export type Lane = 'fresh' | 'bulk';

/** Receives what happens to keys. It must not throw. */
export interface QueueListener {
  /** A key waits, or is to be processed once more; it may be reported repeatedly. */
  readonly added: (key: string) => void;
  readonly taken: (key: string) => void;
  readonly done: (key: string) => void;
  readonly retried: (key: string) => void;
}

/** A queue of keys. Modelled on client-go's `util/workqueue`: adding a key that is being processed runs it once more. */
export class WorkQueue {
  readonly #lanes: Readonly<Record<Lane, Set<string>>> = { fresh: new Set(), bulk: new Set() };
  readonly #working = new Set<string>();
  readonly #again = new Map<string, Lane>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #failures = new Map<string, number>();
  readonly #idleWorkers: ((key: string | undefined) => void)[] = [];
  readonly #backoff: BackoffBounds;
  readonly #listener: QueueListener | undefined;
  #closed = false;

  constructor(backoff: BackoffBounds, listener?: QueueListener) {
    this.#backoff = backoff;
    this.#listener = listener;
  }

  /** How many keys wait for a worker, without delayed ones. */
  get depth(): number {
    return this.#lanes.fresh.size + this.#lanes.bulk.size;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Queues `key` for the next free worker. */
  add(key: string, lane: Lane): void {
    if (this.#closed) return;
    this.#cancelTimer(key);
    this.#listener?.added(key);
    if (this.#working.has(key)) {
      if (this.#again.get(key) !== 'fresh') this.#again.set(key, lane);
      return;
    }
    const worker = this.#idleWorkers.shift();
    if (worker !== undefined) {
      this.#take(key);
      worker(key);
      return;
    }
    if (this.#lanes.fresh.has(key)) return;
    this.#lanes[lane].add(key);
    if (lane === 'fresh') this.#lanes.bulk.delete(key);
  }

  /** Queues `key` after a delay; an earlier `add` replaces it, a later `addAfter` too. */
  addAfter(key: string, ms: number, lane: Lane = 'fresh'): void {
    if (this.#closed) return;
    this.#cancelTimer(key);
    this.#timers.set(
      key,
      setTimeout(() => this.add(key, lane), ms),
    );
  }

  /** Queues `key` after a delay, unless it is already delayed: many calls cause one run. */
  addOnceAfter(key: string, ms: number): void {
    if (!this.#timers.has(key)) this.addAfter(key, ms);
  }

  /** Queues `key` again after a failure, with backoff, and never sooner than `atLeastMs`. Returns the delay. */
  retry(key: string, atLeastMs = 0): number {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    this.#listener?.retried(key);
    const ms = backoffMs(failures, this.#backoff, atLeastMs);
    // Failing keys go behind keys that somebody waits for.
    this.addAfter(key, ms, 'bulk');
    return ms;
  }

  /** Resets the count of failures of `key`. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** The next key, fresh ones first; waits for one. `undefined` means that the queue is closed. */
  async next(): Promise<string | undefined> {
    if (this.#closed) return undefined;
    for (const lane of [this.#lanes.fresh, this.#lanes.bulk]) {
      for (const key of lane) {
        lane.delete(key);
        this.#take(key);
        return key;
      }
    }
    return new Promise((resolve) => this.#idleWorkers.push(resolve));
  }

  /** A worker has finished `key`, with any result. */
  done(key: string): void {
    this.#working.delete(key);
    this.#listener?.done(key);
    const lane = this.#again.get(key);
    this.#again.delete(key);
    if (lane !== undefined) this.add(key, lane);
  }

  /** Drops waiting keys and releases the workers; a worker with a key may finish. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    for (const worker of this.#idleWorkers.splice(0)) worker(undefined);
  }

  #take(key: string): void {
    this.#working.add(key);
    this.#listener?.taken(key);
  }

  #cancelTimer(key: string): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
  }
}
