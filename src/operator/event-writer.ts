// Sends Events for what is new in a namespace. Nothing depends on an Event: one that can't be sent is dropped, and a
// permission that is missing is told.
// Must not know what is worth telling.
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import type { ApiClient } from '../kube/api-client.ts';
import { ApiError, classify } from '../kube/errors.ts';
import { wallMicroTime } from '../kube/wall-time.ts';
import { eventOf, type News } from '../plan/events.ts';
import { withConcurrency } from './bounded-concurrency.ts';
import { FailureLog } from './failure-log.ts';

/** All Events fail alike. */
const failureKey = 'events';

/** Writes Events. */
export class EventWriter {
  readonly #client: ApiClient;
  readonly #log: Logger;
  readonly #failures: FailureLog;
  /** By namespace, the names of what was told last. */
  readonly #told = new Map<string, ReadonlySet<string>>();

  constructor(client: ApiClient, log: Logger) {
    this.#client = client;
    this.#log = log;
    this.#failures = new FailureLog(log);
  }

  /** Tells what was not told of this namespace before. What is no longer so can become news again. */
  async tell(namespace: string, news: readonly News[]): Promise<void> {
    const told = this.#told.get(namespace);
    const isNew = news.filter(({ name }) => !told?.has(name));
    if (news.length === 0) this.#told.delete(namespace);
    else this.#told.set(namespace, new Set(news.map(({ name }) => name)));
    await withConcurrency(isNew, (each) => this.#send(each));
  }

  /** Sends what happened, each time that it happens. */
  async announce(news: readonly News[]): Promise<void> {
    await withConcurrency(news, (each) => this.#send(each));
  }

  /** Forgets what was told of a namespace that is gone: its Events went with it. */
  forget(namespace: string): void {
    this.#told.delete(namespace);
  }

  async #send(news: News): Promise<void> {
    const now = wallMicroTime();
    try {
      const path = `/apis/events.k8s.io/v1/namespaces/${news.namespace}/events`;
      await this.#client.request('POST', path, { body: eventOf(news, hostname(), now) });
      this.#failures.succeeded(failureKey);
    } catch (error) {
      // 409: it was told before a restart.
      if (!(error instanceof ApiError)) throw error;
      if (classify(error) === 'denied') this.#failures.failed(failureKey, error, performance.now());
      if (error.status !== 409)
        this.#log.debug({ namespace: news.namespace, error: error.message }, 'an event was not sent');
    }
  }
}
