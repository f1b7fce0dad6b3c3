// Reports failing work to people: one line when a kind of failure begins, one when it ends, for any number of keys
// and retries. Failures that pass at once are not reported. Must not know what a key means.
import type { Logger } from 'pino';
import { type ApiError, classify, type ErrorClass } from '../kube/errors.ts';
import { grantPermission } from '../plan/failure.ts';

/** Failures that people should know about; the watches report the others, or they pass. */
const hints: Partial<Record<ErrorClass, string>> = {
  unauthorized:
    'the API server does not accept our credentials: check the kubeconfig or the service account token',
  denied: `a permission is missing: ${grantPermission}`,
  invalid: 'the API server refuses a write: retrying with backoff',
  retry: 'the API server fails: retrying with backoff',
};

// An API server that has just started refuses everything for about this long, until it knows its roles.
const patienceMs = 2_000;

/** Since when a key has failed in one way, by `performance.now()`. */
interface Failing {
  readonly kind: ErrorClass;
  readonly since: number;
}

/** Logs the beginning and the end of failures. */
export class FailureLog {
  readonly #log: Logger;
  readonly #failing = new Map<string, Failing>();
  readonly #reported = new Set<ErrorClass>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Work on `key` failed at `now`, by `performance.now()`. */
  failed(key: string, error: ApiError, now: number): void {
    const kind = classify(error);
    const hint = hints[kind];
    if (hint === undefined) return;
    const before = this.#failing.get(key);
    const since = before?.kind === kind ? before.since : now;
    this.#failing.set(key, { kind, since });
    if (before !== undefined && before.kind !== kind) this.#endUnlessAny(before.kind, key);
    if (this.#reported.has(kind) || now - since < patienceMs) return;
    this.#reported.add(kind);
    this.#log.warn({ key, status: error.status, error: error.message }, hint);
  }

  /** Work on `key` succeeded. */
  succeeded(key: string): void {
    const before = this.#failing.get(key);
    if (before === undefined) return;
    this.#failing.delete(key);
    this.#endUnlessAny(before.kind, key);
  }

  #endUnlessAny(kind: ErrorClass, key: string): void {
    if (!this.#reported.has(kind) || [...this.#failing.values()].some((failing) => failing.kind === kind))
      return;
    this.#reported.delete(kind);
    this.#log.info({ key }, 'writes work again');
  }
}
