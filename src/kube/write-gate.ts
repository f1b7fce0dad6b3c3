// Whether writes may be sent: only while this process is the active one, and not after its shutdown has begun.
// Every write passes the gate when it has its connection, right before it is sent: a process that was suspended for a while, or
// whose requests wait for a connection, checks the clock before it sends. Must not know what is written, nor why not.

/** A write was not sent, or was cancelled, because this process may not write now. Nobody has to report or retry it. */
export class WritesClosedError extends Error {
  override readonly name = 'WritesClosedError';

  constructor() {
    super('this process may not write now');
  }
}

/** All writes to the API server pass it. Once closed, it stays closed. */
export class WriteGate {
  readonly #conditions: (() => boolean)[];
  readonly #aborted = new AbortController();
  #closed = false;

  /** @param mayWrite whether this process may write at this moment; called before every write */
  constructor(mayWrite: () => boolean) {
    this.#conditions = [mayWrite];
  }

  /** From now on this has to hold, too: it is asked before every write. */
  require(mayWrite: () => boolean): void {
    this.#conditions.push(mayWrite);
  }

  /** Aborts when running writes have to be cancelled. */
  get aborted(): AbortSignal {
    return this.#aborted.signal;
  }

  /** @throws WritesClosedError if no write may be sent now */
  check(): void {
    if (this.#closed || !this.#conditions.every((mayWrite) => mayWrite())) throw new WritesClosedError();
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
