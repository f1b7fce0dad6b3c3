// Reports each corrected drift: a line in the log for every one, and Events where the team looks, but few if
// somebody keeps changing policies. Must not know how a drift is noticed.
import type { Logger } from 'pino';
import type { ObjectKey } from '../model/object-key.ts';
import type { Drift } from '../plan/drift.ts';
import { driftEventDraft, type EventDraft } from '../plan/events.ts';

/** The maximum number of Events for a namespace at once. */
const burst = 5;
/** After these, the time between two Events, in milliseconds. */
const refillMs = 30_000;

/** The policy as it is now, after the correction. */
export interface Corrected {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** How many Events of a namespace may still be sent, how many drifts had none since the last one, and the waiting Events. */
export interface DriftEvents {
  readonly left: number;
  readonly since: number;
  readonly unreported: number;
  readonly pending: readonly EventDraft[];
}

/** The drifts of one namespace. */
export interface DriftedNamespace {
  readonly name: string;
  driftEvents?: DriftEvents | undefined;
}

/** The dependencies of reporting. */
export interface DriftReporterParts {
  readonly log: Logger;
  /** The current object for this key; `undefined` if there is none. */
  readonly find: (key: ObjectKey) => Corrected | undefined;
  readonly send: (news: readonly EventDraft[]) => Promise<void>;
}

/** Reports drifts. */
export class DriftReporter {
  readonly #parts: DriftReporterParts;

  constructor(parts: DriftReporterParts) {
    this.#parts = parts;
  }

  /** A drift of a policy was corrected, at `now` in milliseconds of a monotonic clock. */
  corrected(namespace: DriftedNamespace, policy: string, drift: Drift, now: number): void {
    const { log, find } = this.#parts;
    const { what, by } = drift;
    log.info(
      { namespace: namespace.name, policy, drift: what, ...by },
      'somebody else changed a policy: it is corrected',
    );
    const events = refill(namespace.driftEvents, now);
    if (events.left === 0) {
      namespace.driftEvents = { ...events, unreported: events.unreported + 1 };
      return;
    }
    const key = { namespace: namespace.name, name: policy };
    const news = driftEventDraft({ ...key, policy, drift, now: find(key), suppressed: events.unreported });
    const pending = [...events.pending, news];
    namespace.driftEvents = { ...events, left: events.left - 1, unreported: 0, pending };
  }

  /** Sends the Events of a namespace. */
  async send(namespace: DriftedNamespace): Promise<void> {
    const events = namespace.driftEvents;
    if (events === undefined || events.pending.length === 0) return;
    namespace.driftEvents = { ...events, pending: [] };
    await this.#parts.send(events.pending);
  }
}

function refill(before: DriftEvents | undefined, now: number): DriftEvents {
  const { left, since, ...rest } = before ?? { left: burst, since: now, unreported: 0, pending: [] };
  const gained = Math.floor((now - since) / refillMs);
  return { ...rest, left: Math.min(burst, left + gained), since: since + gained * refillMs };
}
