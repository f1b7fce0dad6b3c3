// Mistakes of ours, and how far each one reaches. In what all namespaces share (the cache, the queue, the lease, a listener, a
// timer), one leaves nothing in memory that can be trusted: the operator ends, and is started anew. In what
// is made of a single namespace, one spoils that namespace alone: it is left as it is, and the others go on, so that no
// object of a tenant can stop the operator. A page that is shown to somebody spoils nothing but itself.
// Must not know how the operator ends, nor what is made of a namespace.
import type { Logger } from 'pino';

/** A mistake of ours that spoils the work on one key, and nothing that is shared. */
export class ContainedMistake extends Error {
  override readonly name = 'ContainedMistake';

  constructor(thrown: unknown) {
    super(describe(thrown), { cause: thrown });
  }
}

/**
 * Runs what changes nothing that is shared, such as the compiler.
 *
 * @throws ContainedMistake where `work` throws, whatever it throws
 */
export function contain<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof ContainedMistake ? error : new ContainedMistake(error);
  }
}

/** Logs mistakes, and tells of the one that ends the operator. */
export class Mistakes {
  readonly #log: Logger;
  readonly #onContained: () => void;
  readonly #first = Promise.withResolvers<Error>();
  /** By key, what was logged last. */
  readonly #told = new Map<string, string>();

  /** @param onContained is called for each contained mistake, each time that it happens */
  constructor(log: Logger, onContained: () => void) {
    this.#log = log;
    this.#onContained = onContained;
  }

  /** Resolves with the first one that is not contained. */
  get first(): Promise<Error> {
    return this.#first.promise;
  }

  /** From now on, what nobody catches is one that is not contained. */
  watchProcess(): void {
    process.on('uncaughtException', (error) => this.report(error));
  }

  /** Takes in one that is not contained. */
  readonly report = (thrown: unknown): void => {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    this.#log.fatal({ error: error.stack ?? error.message }, 'this is a bug in ringfence: exiting');
    this.#first.resolve(error);
  };

  /** Takes in one in the work on `key`, which is logged once, however often it is tried again. */
  contained(key: string, { message, cause }: ContainedMistake): void {
    this.#onContained();
    if (this.#told.get(key) === message) return;
    this.#told.set(key, message);
    const error = cause instanceof Error ? (cause.stack ?? cause.message) : message;
    this.#log.error(
      { key, error },
      'this is a bug in ringfence: the work for this key fails, and is retried',
    );
  }

  /**
   * Wraps a listener that only decides what to look at again, or remembers what is told to people: a mistake in it is
   * contained.
   *
   * @param key what the mistake is logged under
   * @param otherwise what is done instead: look at more than is needed
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

  /** Takes in that work on `key` succeeded. */
  succeeded(key: string): void {
    if (this.#told.delete(key)) this.#log.info({ key }, 'the bug in ringfence no longer occurs here');
  }
}

function describe(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
}
