// Whether writes may be sent: only while this process is the one that may write, and not once it ends.
// Every write passes here when it has its connection, right before it is sent: a process that was stopped for a while, or
// whose requests queue for a connection, looks at the clock before it sends. Must not know what is written, nor why not.

/** A write was not sent, or was broken off, because this process may not write now. Nobody has to be told, or to try again. */
export class WritesClosedError extends Error {
  override readonly name = 'WritesClosedError';

  constructor() {
    super('this process may not write now');
  }
}

/** The one way of writes to the API server. Once closed, it stays closed. */
export class WriteGate {
  readonly #mayWrite: () => boolean;
  readonly #aborted = new AbortController();
  #closed = false;

  /** @param mayWrite whether this process may write at this moment; asked before every write */
  constructor(mayWrite: () => boolean) {
    this.#mayWrite = mayWrite;
  }

  /** Aborts when writes that are under way have to be broken off. */
  get aborted(): AbortSignal {
    return this.#aborted.signal;
  }

  /** @throws WritesClosedError where no write may be sent now */
  check(): void {
    if (this.#closed || !this.#mayWrite()) throw new WritesClosedError();
  }

  /** From now on no write is sent; those that are under way may be answered. */
  close(): void {
    this.#closed = true;
  }

  /** Closes it, and breaks off what is under way: the server may still carry it out. */
  abort(): void {
    this.close();
    this.#aborted.abort();
  }
}
