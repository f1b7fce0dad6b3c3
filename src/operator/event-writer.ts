// Sends Events for news about a namespace. Nothing depends on an Event: one that can't be sent is dropped, and a
// missing permission is logged.
// Must not know what is worth an Event.
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import type { ApiClient } from '../kube/api-client.ts';
import { ApiError, classify } from '../kube/errors.ts';
import { wallMicroTime } from '../kube/wall-time.ts';
import { type EventDraft, eventOf } from '../plan/events.ts';
import { withConcurrency } from './bounded-concurrency.ts';
import { FailureLog } from './failure-log.ts';
import type { TrackedNamespace } from './tracked-namespace.ts';

/** All Events fail in the same way. */
const failureKey = 'events';

/** Writes Events. */
export class EventWriter {
  readonly #client: ApiClient;
  readonly #log: Logger;
  readonly #failures: FailureLog;

  constructor(client: ApiClient, log: Logger) {
    this.#client = client;
    this.#log = log;
    this.#failures = new FailureLog(log);
  }

  /** Sends what was not sent for this namespace before. What no longer applies can become news again. */
  async emitNew(namespace: Pick<TrackedNamespace, 'emitted'>, news: readonly EventDraft[]): Promise<void> {
    const before = namespace.emitted;
    namespace.emitted = news.length === 0 ? undefined : new Set(news.map(({ name }) => name));
    await this.emit(news.filter(({ name }) => !before?.has(name)));
  }

  /** Sends a happening, each time that it happens. */
  async emit(news: readonly EventDraft[]): Promise<void> {
    await withConcurrency(news, (each) => this.#send(each));
  }

  async #send(news: EventDraft): Promise<void> {
    const now = wallMicroTime();
    try {
      const path = `/apis/events.k8s.io/v1/namespaces/${news.namespace}/events`;
      await this.#client.request('POST', path, { body: eventOf(news, hostname(), now) });
      this.#failures.succeeded(failureKey);
    } catch (error) {
      // 409: it was sent before a restart.
      if (!(error instanceof ApiError)) throw error;
      if (classify(error) === 'denied') this.#failures.failed(failureKey, error, performance.now());
      if (error.status !== 409)
        this.#log.debug({ namespace: news.namespace, error: error.message }, 'an Event could not be sent');
    }
  }
}
