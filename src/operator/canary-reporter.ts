// Tells of what the canary found: the status of the platform profile, a line in the log when the answer changes, and an Event when
// policies are not in force. Must not know how the answer is found.
import type { Logger } from 'pino';
import { platformProfileName } from '../api/platform-network-profile.ts';
import { type CanaryVerdict, quantile } from '../canary/canary-verdict.ts';
import type { Cache } from '../objects/cache.ts';
import { notEnforcedDraft } from '../plan/events.ts';
import type { ReportedEnforcement } from '../plan/platform-profile-status.ts';
import { type CanaryWatch, canaryKey } from './canary-watch.ts';
import type { EventWriter } from './event-writer.ts';
import type { WorkQueue } from './work-queue.ts';

/** The dependencies. */
export interface CanaryReporterParts {
  readonly canaryWatch: CanaryWatch;
  readonly cache: Cache;
  readonly queue: WorkQueue;
  readonly log: Logger;
  readonly events: Pick<EventWriter, 'emitNew'>;
  /** The status of the platform profile has to be written again. */
  readonly onRecordChanged: () => void;
}

/** Tells of the canary. */
export class CanaryReporter {
  readonly #parts: CanaryReporterParts;
  readonly #told: Parameters<EventWriter['emitNew']>[0] = { emitted: undefined };
  /** What is true without a canary needs no line. */
  #answer = 'Unknown NoCanary';

  constructor(parts: CanaryReporterParts) {
    this.#parts = parts;
  }

  /** Looks at the canary, and tells what is new. */
  async look(): Promise<void> {
    const { canaryWatch, queue, onRecordChanged } = this.#parts;
    const { isNews, againAfterMs } = await canaryWatch.look();
    if (isNews) {
      onRecordChanged();
      await this.#tell(canaryWatch.verdict);
    }
    if (againAfterMs !== undefined) queue.addOnceAfter(canaryKey, againAfterMs);
  }

  async #tell({ condition }: CanaryVerdict): Promise<void> {
    const { log, cache, events } = this.#parts;
    const { status, reason, message } = condition;
    const answer = `${status} ${reason}`;
    if (answer !== this.#answer)
      log[status === 'False' ? 'warn' : 'info']({ status, reason }, `the canary: ${message}`);
    this.#answer = answer;
    const platform = cache.stores.platforms.get({ namespace: '', name: platformProfileName });
    const news = status === 'False' && platform !== undefined ? [notEnforcedDraft(platform, message)] : [];
    await events.emitNew(this.#told, news);
  }
}

/** What the status of the platform profile says of a verdict. */
export function reportedEnforcement({
  condition,
  nodes,
  nodeCount,
  capabilities,
  effectMs,
  newPods,
}: CanaryVerdict): ReportedEnforcement {
  if (condition.reason === 'NoCanary') return { condition };
  const of = (enforced: boolean) => [...nodes.values()].filter((each) => each === enforced).length;
  const effect = { p50Milliseconds: quantile(effectMs, 0.5), p99Milliseconds: quantile(effectMs, 0.99) };
  return {
    condition,
    status: {
      nodes: { enforced: of(true), failing: of(false), all: nodeCount },
      ...(effectMs.length === 0 ? {} : { effect }),
      ...(newPods === undefined ? {} : { newPods }),
      capabilities,
    },
  };
}
