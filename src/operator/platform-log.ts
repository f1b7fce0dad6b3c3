// Reports the result of the platform profile to people: one line when everything that it asks for is done, and one when it can't be
// read. Work in progress is not reported, and failures have lines of their own. Must not know how a status comes about.
import type { Logger } from 'pino';
import type { PlatformNetworkProfileStatus } from '../api/platform-status.ts';

/** The reasons of Ready that are final. */
const settled: ReadonlySet<string> = new Set(['Enforced', 'DryRun', 'Off', 'InvalidProfile']);

/** Logs the result of each version of the platform profile. */
export class PlatformLog {
  readonly #log: Logger;
  #reported: string | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** The profile has this status now; `undefined` if there is no profile. */
  report(status: PlatformNetworkProfileStatus | undefined): void {
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    if (ready === undefined) this.#reported = undefined;
    if (ready === undefined || !settled.has(ready.reason)) return;
    const { reason, message, observedGeneration: generation } = ready;
    const reported = `${generation}/${reason}`;
    if (this.#reported === reported) return;
    this.#reported = reported;
    const level = reason === 'InvalidProfile' ? 'warn' : 'info';
    this.#log[level]({ reason, generation, ...status?.counts }, `the platform profile: ${message}`);
  }
}
