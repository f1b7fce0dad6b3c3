// Carries out a plan, phase by phase, as far as that is possible now: not what is in dispute, and not what has to settle.
// Must not know how a plan comes about, nor wait: it tells when to come back.
import { keyOf, needsSettling, type Phase, type PolicyChange } from '../plan/changes.ts';
import type { Plan } from '../plan/plan.ts';
import type { PolicyWriter, Written } from './apply.ts';
import { type Contests, undoneWithinMs } from './contest.ts';
import type { Ledger } from './ledger.ts';

/** What an executor needs. */
export interface ExecutorParts {
  readonly policies: PolicyWriter;
  readonly contests: Contests;
  readonly ledger: Ledger;
  /** How long a CNI is given to take in a change, in milliseconds. */
  readonly settleMs: number;
}

/** How far a plan was carried out, and in how many milliseconds to look again. */
export type Execution = { readonly written: readonly Written[] } & (
  | { readonly state: 'Done' }
  | { readonly state: 'Changing'; readonly againAfterMs: number }
  | { readonly state: 'Contested'; readonly againAfterMs: number }
);

/** How long to leave a policy alone that was stored otherwise than written. */
const ineffectiveMs = 1_000;

/** Carries out plans. */
export class PlanExecutor {
  readonly #parts: ExecutorParts;

  constructor(parts: ExecutorParts) {
    this.#parts = parts;
  }

  /**
   * Carries out the plan of one namespace.
   *
   * A policy in dispute holds up what would be wrong without it, and nothing else: without the opening nothing is closed,
   * and without what is allowed nothing is pruned.
   *
   * @throws ApiError where a write failed; what was written before it stays
   */
  async execute(namespace: string, { phases }: Plan): Promise<Execution> {
    const { ledger, settleMs } = this.#parts;
    const written: Written[] = [];
    let pause = 0;
    for (const phase of phases) {
      if (phase.purpose === 'prune' && pause > 0) continue;
      const rest = needsSettling(phase) ? this.#untilSettled(namespace) : 0;
      if (rest > 0) return { written, state: 'Changing', againAfterMs: rest };
      pause = Math.max(pause, await this.#apply(phase, written));
      ledger.wrote(namespace, Date.now());
      if (phase.purpose === 'open' && pause > 0) break;
    }
    const opened = phases.some(({ purpose }) => purpose === 'open');
    if (pause > 0)
      return { written, state: 'Contested', againAfterMs: opened ? Math.min(pause, settleMs) : pause };
    return opened ? { written, state: 'Changing', againAfterMs: settleMs } : { written, state: 'Done' };
  }

  #untilSettled(namespace: string): number {
    const { ledger, settleMs } = this.#parts;
    const now = Date.now();
    return ledger.lastWrite(namespace, now) + settleMs - now;
  }

  /**
   * Writes a phase, but for what is in dispute, and adds what it wrote to `written`. Returns for how long what is in
   * dispute has to be left alone, in milliseconds.
   */
  async #apply(phase: Phase, written: Written[]): Promise<number> {
    const { contests, policies } = this.#parts;
    const intents = new Map(phase.changes.map((change) => [change, intentOf(change)]));
    const lasting = new Set<PolicyChange>();
    const pauses = () =>
      [...intents].map(([change, intent]) => {
        const pause = contests.pauseOf(keyOf(change), intent, Date.now());
        // What stands now needs no write when the pause is over: whether it still stands is seen sooner.
        return lasting.has(change) ? Math.min(pause, undoneWithinMs) : pause;
      });
    const before = pauses();
    const changes = phase.changes.filter((_, index) => before[index] === 0);
    let isEffective = true;
    for (const each of await policies.apply({ ...phase, changes })) {
      const { change, effective } = each;
      contests.wrote(keyOf(change), intents.get(change) ?? intentOf(change), effective, Date.now());
      written.push(each);
      if (effective) lasting.add(change);
      else isEffective = false;
    }
    return Math.max(isEffective ? 0 : ineffectiveMs, ...pauses());
  }
}

function intentOf(change: PolicyChange): string {
  return change.action === 'delete' ? 'absent' : change.fingerprint;
}
