// Bugs in the operator, and how far each one reaches. After a bug in what all namespaces share (the cache, the queue, the lease, a
// listener, a timer), nothing in memory is trustworthy: the operator ends, and is restarted. A bug in what
// is computed for a single namespace affects only that namespace: it is left as it is, and the others continue, so that no
// object of a tenant can stop the operator. A bug in an HTTP page affects only that page.
// Must not know how the operator ends, nor what is computed for a namespace.
import type { Logger } from 'pino';

/** A bug that affects the work on one key, and nothing that is shared. */
export class ContainedMistake extends Error {
  override readonly name = 'ContainedMistake';

  constructor(thrown: unknown) {
    super(describe(thrown), { cause: thrown });
  }
}

/**
 * Runs code that changes nothing shared, such as the compiler.
 *
 * @throws ContainedMistake if `work` throws, whatever it throws
 */
export function contain<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof ContainedMistake ? error : new ContainedMistake(error);
  }
}

/** Logs bugs, and reports the one that ends the operator. */
export class Mistakes {
  readonly #log: Logger;
  readonly #onContained: () => void;
  readonly #first = Promise.withResolvers<Error>();
  /** By key, what was logged last. */
  readonly #reported = new Map<string, string>();

  /** @param onContained called each time that a bug is contained */
  constructor(log: Logger, onContained: () => void) {
    this.#log = log;
    this.#onContained = onContained;
  }

  /** Resolves with the first one that is not contained. */
  get first(): Promise<Error> {
    return this.#first.promise;
  }

  /** From now on, an uncaught error counts as not contained. */
  watchProcess(): void {
    process.on('uncaughtException', (error) => this.report(error));
  }

  /** A bug that is not contained. */
  readonly report = (thrown: unknown): void => {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    this.#log.fatal({ error: error.stack ?? error.message }, 'this is a bug in ringfence: exiting');
    this.#first.resolve(error);
  };

  /** A bug in the work on `key`, which is logged once for any number of retries. */
  contained(key: string, { message, cause }: ContainedMistake): void {
    this.#onContained();
    if (this.#reported.get(key) === message) return;
    this.#reported.set(key, message);
    const error = cause instanceof Error ? (cause.stack ?? cause.message) : message;
    this.#log.error(
      { key, error },
      'this is a bug in ringfence: the work for this key fails, and is retried',
    );
  }

  /**
   * Wraps a listener that only decides what to reconcile, or remembers what is reported to people: a bug in it is
   * contained.
   *
   * @param key the key under which the bug is logged
   * @param otherwise what to do instead: reconcile more than is needed
   */
  guarded<T>(key: string, listen: (value: T) => void, otherwise: (value: T) => void): (value: T) => void {
    return (value) => {
      try {
        listen(value);
      } catch (error) {
        otherwise(value);
        this.contained(key, new ContainedMistake(error));
      }
    };
  }

  /** Work on `key` succeeded. */
  succeeded(key: string): void {
    if (this.#reported.delete(key)) this.#log.info({ key }, 'the bug in ringfence no longer occurs here');
  }
}

function describe(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
}
