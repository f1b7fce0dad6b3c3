// A keyed work queue: each key is waiting at most once and worked on by one worker at a time.
// Two lanes: what somebody just changed goes before what is recomputed in bulk. Waits (backoff, settling) happen
// here, outside the workers. Must not know what a key stands for.
import { type BackoffBounds, backoffMs } from '../kube/backoff.ts';

/** `fresh`: somebody changed something and waits for it. `bulk`: everything is looked at again. */
export type Lane = 'fresh' | 'bulk';

/** Hears of what happens to keys. It must not throw. */
export interface QueueListener {
  /** A key waits, or is to be worked on once more; it may have been told of already. */
  readonly added: (key: string) => void;
  readonly taken: (key: string) => void;
  readonly done: (key: string) => void;
  readonly retried: (key: string) => void;
}

/** A queue of keys. Modelled on client-go's `util/workqueue`: an add while a key is worked on runs it once more. */
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

  /** How many keys wait to be worked on, without those that are delayed. */
  get depth(): number {
    return this.#lanes.fresh.size + this.#lanes.bulk.size;
  }

  /** Whether nothing waits and nothing is worked on (delayed keys don't count). */
  get idle(): boolean {
    return this.depth === 0 && this.#working.size === 0;
  }

  /** Asks for `key` to be worked on as soon as a worker is free. */
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

  /** Asks for `key` after a while; an earlier `add` takes its place, a later `addAfter` replaces it. */
  addAfter(key: string, ms: number, lane: Lane = 'fresh'): void {
    if (this.#closed) return;
    this.#cancelTimer(key);
    this.#timers.set(
      key,
      setTimeout(() => this.add(key, lane), ms),
    );
  }

  /** Asks for `key` after a while, unless that is asked for already: many calls make one run. */
  addOnceAfter(key: string, ms: number): void {
    if (!this.#timers.has(key)) this.addAfter(key, ms);
  }

  /** Asks for `key` again after a failure, later each time, and never sooner than `atLeastMs`. Returns the wait. */
  retry(key: string, atLeastMs = 0): number {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    this.#listener?.retried(key);
    const ms = backoffMs(failures, this.#backoff, atLeastMs);
    // What fails goes behind what somebody waits for.
    this.addAfter(key, ms, 'bulk');
    return ms;
  }

  /** Ends the count of failures of `key`. */
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

  /** Tells that a worker has done with `key`, whatever came of it. */
  done(key: string): void {
    this.#working.delete(key);
    this.#listener?.done(key);
    const lane = this.#again.get(key);
    this.#again.delete(key);
    if (lane !== undefined) this.add(key, lane);
  }

  /** Drops what waits and releases the workers; who works on a key may finish. */
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
