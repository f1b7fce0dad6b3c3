// Whether writes may be sent: only while this process is the active one, not after its shutdown has begun, and not if they were decided
// before the watches were interrupted.
// Every write passes the gate when it has its connection, right before it is sent: a process that was suspended for a while, or
// whose requests wait for a connection, checks the clock before it sends. Must not know what is written, nor why not.

/** A write was not sent, or was cancelled, because this process may not write now. Nobody has to report or retry it. */
export class WritesClosedError extends Error {
  override readonly name = 'WritesClosedError';

  constructor() {
    super('this process may not write now');
  }
}

/** The facts that writes are decided from. */
export interface WatchedFacts {
  /** Whether the server may have another history now, of which not everything is known yet. */
  readonly cutOff: boolean;
  /** Increases when the server may have had another history before: what was decided in an earlier epoch is out of date. */
  readonly epoch: number;
}

/** All writes to the API server pass it. Once closed, it stays closed. */
export class WriteGate {
  readonly #mayWrite: () => boolean;
  readonly #aborted = new AbortController();
  #facts: WatchedFacts = { cutOff: false, epoch: 0 };
  #closed = false;

  /** @param mayWrite whether this process may write at this moment; called before every write */
  constructor(mayWrite: () => boolean) {
    this.#mayWrite = mayWrite;
  }

  /** From now on, writes are decided from these facts. */
  follow(facts: WatchedFacts): void {
    this.#facts = facts;
  }

  /** The current epoch of the facts. */
  get epoch(): number {
    return this.#facts.epoch;
  }

  /** Aborts when running writes have to be cancelled. */
  get aborted(): AbortSignal {
    return this.#aborted.signal;
  }

  /**
   * @param epoch the epoch in which the write was decided
   * @throws WritesClosedError if it may not be sent now
   */
  check(epoch: number): void {
    const isOutdated = this.#facts.cutOff || epoch !== this.#facts.epoch;
    if (this.#closed || isOutdated || !this.#mayWrite()) throw new WritesClosedError();
  }

  /** From now on no write is sent; running ones may be answered. */
  close(): void {
    this.#closed = true;
  }

  /** Closes it, and cancels running writes: the server may still execute them. */
  abort(): void {
    this.close();
    this.#aborted.abort();
  }
}
