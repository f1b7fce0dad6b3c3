// Sees at once what becomes of the Lease: a watch, kept open as well as it can be. Whoever follows the Lease also reads it from time to
// time, so a watch that is missing or silent costs time and nothing else. Must not know what follows from what it sees.
import type { ApiClient } from '../kube/api-client.ts';
import { backoffMs, waitFor } from '../kube/backoff.ts';
import { ApiError, errorFromStatus } from '../kube/errors.ts';
import { receivedEvent } from '../kube/received.ts';
import { leaseName, leasesIn, type RawLease } from '../objects/operator-lease.ts';
import type { FailureLog } from './failure-log.ts';

/** The dependencies of a watch. */
export interface LeaseWatchParts {
  readonly client: ApiClient;
  /** Learns what fails for long, such as a missing permission. */
  readonly failures: FailureLog;
  /** The namespace of the Lease. */
  readonly namespace: string;
  /** Its holder renews it several times in this time, in milliseconds: a watch that is silent for so long is broken. */
  readonly durationMs: number;
  /** The Lease was seen in this state. It may be older than what is known already. */
  readonly onSeen: (lease: RawLease) => void;
  readonly onDeleted: () => void;
}

const backoff = { baseMs: 200, capMs: 15_000 } as const;
const timeoutSeconds = 600;
const failureKey = `${leaseName} (watch)`;

/** The watch of one Lease. */
export class LeaseWatch {
  readonly #parts: LeaseWatchParts;

  constructor(parts: LeaseWatchParts) {
    this.#parts = parts;
  }

  /** Watches until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const began = performance.now();
      try {
        await this.#watch(signal);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (!signal.aborted) this.#parts.failures.failed(failureKey, error, performance.now());
      }
      // One that lasted is opened again at once.
      failures = performance.now() - began > this.#parts.durationMs ? 1 : failures + 1;
      await waitFor(backoffMs(failures, backoff), signal);
    }
  }

  /** One watch, from its current state until it ends. */
  async #watch(signal: AbortSignal): Promise<void> {
    const { client, durationMs, failures, namespace, onSeen, onDeleted } = this.#parts;
    const query = { watch: true, fieldSelector: `metadata.name=${leaseName}`, timeoutSeconds };
    const onOpen = () => failures.succeeded(failureKey);
    const lines = client.lines(leasesIn(namespace), { query, signal, idleMs: durationMs, onOpen });
    for await (const line of lines) {
      const event = receivedEvent(line, 'Lease');
      if (event.type === 'ERROR') throw errorFromStatus(event.object);
      if (event.type === 'DELETED') onDeleted();
      else if (event.type !== 'BOOKMARK') onSeen(event.object as RawLease);
    }
  }
}
