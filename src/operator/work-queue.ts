// A keyed work queue: each key waits at most once, and one worker at a time processes it.
// Three lanes: single changes go first, then what was begun, then further bulk work. Waits (backoff, settling) happen
// here, outside the workers. Must not know what a key means.
import { type BackoffBounds, backoffMs } from '../kube/backoff.ts';
import { RecentKeys } from './recent-keys.ts';

/**
 * `fresh`: somebody changed something and waits for it. `begun`: a worker had it and has to come back to it. `bulk`: everything is
 * reconciled again. First all that is begun is finished: a namespace in the middle of a change may be open.
 */
export type Lane = 'fresh' | 'begun' | 'bulk';

/** In the order in which workers take keys from them. */
const lanes = ['fresh', 'begun', 'bulk'] as const satisfies readonly Lane[];

/** How long single changes are remembered while no worker runs, in milliseconds: longer than a holder of the lease may be silent. */
const standbyMs = 60_000;

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
  readonly #lanes: Readonly<Record<Lane, Set<string>>> = {
    fresh: new Set(),
    begun: new Set(),
    bulk: new Set(),
  };
  /** The keys that workers have, and the lanes that they come from. */
  readonly #working = new Map<string, Lane>();
  readonly #again = new Map<string, Lane>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #failures = new Map<string, number>();
  readonly #idleWorkers: ((key: string | undefined) => void)[] = [];
  /** What was changed while no worker runs; absent when they run. */
  #standby: RecentKeys | undefined;
  readonly #backoff: BackoffBounds;
  readonly #listener: QueueListener | undefined;
  #closed = false;

  constructor(backoff: BackoffBounds, listener?: QueueListener) {
    this.#backoff = backoff;
    this.#listener = listener;
  }

  /** How many keys wait for a worker, without delayed ones. */
  get depth(): number {
    return lanes.reduce((sum, lane) => sum + this.#lanes[lane].size, 0);
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** From now on no worker runs, until `begin`: only the last single changes are remembered, since by then everything is reconciled. */
  standBy(): void {
    this.#standby = new RecentKeys(standbyMs);
  }

  /** Workers run from now on: what was changed last comes first. Whoever calls this adds everything else. */
  begin(): void {
    const recent = this.#standby?.take(performance.now()) ?? [];
    this.#standby = undefined;
    for (const key of recent) this.add(key, 'fresh');
  }

  /** Queues `key` for the next free worker. */
  add(key: string, lane: Lane): void {
    if (this.#closed) return;
    this.#cancelTimer(key);
    if (this.#standby !== undefined) {
      if (lane === 'fresh') this.#standby.add(key, performance.now());
      return;
    }
    this.#listener?.added(key);
    if (this.#working.has(key)) {
      this.#again.set(key, first(lane, this.#again.get(key) ?? lane));
      return;
    }
    const worker = this.#idleWorkers.shift();
    if (worker !== undefined) {
      this.#begin(key, lane);
      worker(key);
      return;
    }
    const waiting = lanes.find((each) => this.#lanes[each].has(key)) ?? lane;
    const sooner = first(lane, waiting);
    if (sooner !== waiting) this.#lanes[waiting].delete(key);
    this.#lanes[sooner].add(key);
  }

  /** Queues `key` after a delay; an earlier `add` replaces it, a later `addAfter` too. */
  addAfter(key: string, ms: number, lane: Lane): void {
    if (this.#closed) return;
    this.#cancelTimer(key);
    this.#timers.set(
      key,
      setTimeout(() => this.add(key, lane), ms),
    );
  }

  /** Queues `key` after a delay, unless it is already delayed: many calls cause one run. */
  addOnceAfter(key: string, ms: number): void {
    if (!this.#timers.has(key)) this.addAfter(key, ms, 'fresh');
  }

  /** Queues a key that a worker has, after a delay: bulk work does not go in front of what somebody waits for, because it comes back. */
  continueAfter(key: string, ms: number): void {
    this.addAfter(key, ms, this.#working.get(key) === 'fresh' ? 'fresh' : 'begun');
  }

  /** Queues `key` again after a failure, with backoff, and never sooner than `atLeastMs`. Returns the delay. */
  retry(key: string, atLeastMs = 0): number {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    this.#listener?.retried(key);
    const ms = backoffMs(failures, this.#backoff, atLeastMs);
    // Failing keys go behind keys that somebody waits for.
    this.addAfter(key, ms, 'begun');
    return ms;
  }

  /** Resets the count of failures of `key`. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** The next key, lane by lane; `undefined` if none waits. */
  take(): string | undefined {
    if (this.#closed) return undefined;
    for (const lane of lanes) {
      for (const key of this.#lanes[lane]) {
        this.#lanes[lane].delete(key);
        this.#begin(key, lane);
        return key;
      }
    }
    return undefined;
  }

  /** The same, but waits for one. `undefined` means that the queue is closed. */
  async next(): Promise<string | undefined> {
    if (this.#closed) return undefined;
    return this.take() ?? new Promise((resolve) => this.#idleWorkers.push(resolve));
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

  #begin(key: string, lane: Lane): void {
    this.#working.set(key, lane);
    this.#listener?.taken(key);
  }

  #cancelTimer(key: string): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
  }
}

/** The lane of the two that workers take keys from first. */
function first(a: Lane, b: Lane): Lane {
  return lanes.indexOf(a) < lanes.indexOf(b) ? a : b;
}
