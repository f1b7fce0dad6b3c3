// Carries out a plan, phase by phase, as far as that is possible now: not what is in dispute, and not what has to settle.
// Must not know how a plan comes about, nor wait: it tells when to come back.
import { needsSettling, type Phase, type PolicyChange, policyKey } from '../plan/changes.ts';
import type { Plan } from '../plan/plan.ts';
import type { PolicyWriter, Written } from './apply.ts';
import type { Owners } from './owners.ts';
import type { TrackedNamespace } from './tracked-namespace.ts';
import { undoneWithinMs, type WriteConflicts, type WriteTarget } from './write-conflicts.ts';

/** What an executor needs. */
export interface ExecutorParts {
  readonly policies: PolicyWriter;
  readonly conflicts: WriteConflicts;
  readonly owners: Owners;
  /** How long a CNI is given to take in a change, in milliseconds. */
  readonly settleMs: number;
}

/** How far a plan was carried out, and in how many milliseconds to look again. */
export type Execution = Outcome & { readonly written: readonly Written[] };

type Outcome =
  | { readonly state: 'Done' }
  | { readonly state: 'Changing'; readonly againAfterMs: number }
  | { readonly state: 'Contested'; readonly againAfterMs: number }
  /** A policy's owner is gone, which the watch of its kind has yet to tell: what was planned is not wanted any more. */
  | { readonly state: 'Outdated'; readonly againAfterMs: number };

/** How long to leave a policy alone that was stored otherwise than written. */
const ineffectiveMs = 1_000;
/** How long to wait for a watch that is behind, if it does not tell before. */
const behindMs = 1_000;

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
   * and without what is allowed nothing is pruned. Where a policy's owner is gone, the plan ends with that phase.
   *
   * @throws ApiError where a write failed; what was written before it stays
   */
  async execute(namespace: TrackedNamespace, { phases }: Plan): Promise<Execution> {
    const written: Written[] = [];
    let pause = 0;
    for (const phase of phases) {
      if (phase.purpose === 'prune' && pause > 0) continue;
      const rest = needsSettling(phase) ? this.#untilSettled(namespace) : 0;
      if (rest > 0) return { written, state: 'Changing', againAfterMs: rest };
      const changes = await this.#withOwner(namespace, phase);
      pause = Math.max(pause, await this.#apply(namespace, { ...phase, changes }, written));
      namespace.wrote(performance.now());
      if (changes.length < phase.changes.length)
        return { written, state: 'Outdated', againAfterMs: behindMs };
      if (phase.purpose === 'open' && pause > 0) break;
    }
    return { written, ...this.#outcome(phases, pause) };
  }

  /** @param pause for how long what is in dispute has to be left alone, in milliseconds */
  #outcome(phases: readonly Phase[], pause: number): Outcome {
    const { settleMs } = this.#parts;
    const opened = phases.some(({ purpose }) => purpose === 'open');
    if (pause > 0) return { state: 'Contested', againAfterMs: opened ? Math.min(pause, settleMs) : pause };
    return opened ? { state: 'Changing', againAfterMs: settleMs } : { state: 'Done' };
  }

  #untilSettled(namespace: TrackedNamespace): number {
    const now = performance.now();
    return namespace.lastWrite(now) + this.#parts.settleMs - now;
  }

  /**
   * The changes of a phase without those for an owner that is gone. Garbage collection looks like a rival: it undoes what
   * is written. Only where a policy is missing that was written a short while ago, the server is asked.
   */
  async #withOwner(namespace: TrackedNamespace, { changes }: Phase): Promise<readonly PolicyChange[]> {
    const { conflicts, owners } = this.#parts;
    const gone = new Set<string>();
    for (const change of changes) {
      if (change.action !== 'create' || gone.has(change.policy.owner.uid)) continue;
      const { owner } = change.policy;
      const now = performance.now();
      const isSuspect = conflicts.wasWritten(subjectOf(namespace, change), intentOf(change), now);
      const isGone = isSuspect
        ? await owners.isGone(namespace.name, owner, now)
        : owners.isKnownGone(owner, now);
      if (isGone) gone.add(owner.uid);
    }
    return changes.filter((change) => change.action === 'delete' || !gone.has(change.policy.owner.uid));
  }

  /**
   * Writes a phase, but for what is in dispute, and adds what it wrote to `written`. Returns for how long what is in
   * dispute has to be left alone, in milliseconds.
   */
  async #apply(namespace: TrackedNamespace, phase: Phase, written: Written[]): Promise<number> {
    const { conflicts, policies } = this.#parts;
    const intents = new Map(phase.changes.map((change) => [change, intentOf(change)]));
    const lasting = new Set<PolicyChange>();
    const pauses = () =>
      [...intents].map(([change, intent]) => {
        const pause = conflicts.pauseOf(subjectOf(namespace, change), intent, performance.now());
        // What stands now needs no write when the pause is over: whether it still stands is seen sooner.
        return lasting.has(change) ? Math.min(pause, undoneWithinMs) : pause;
      });
    const before = pauses();
    const changes = phase.changes.filter((_, index) => before[index] === 0);
    let isEffective = true;
    for (const each of await policies.apply(namespace, { ...phase, changes })) {
      const { change, effective } = each;
      const intent = intents.get(change) ?? intentOf(change);
      conflicts.wrote(subjectOf(namespace, change), intent, effective, performance.now());
      written.push(each);
      if (effective) lasting.add(change);
      else isEffective = false;
    }
    return Math.max(isEffective ? 0 : ineffectiveMs, ...pauses());
  }
}

/** A policy of the same name in another namespace of the same name is another one. */
function subjectOf({ uid }: TrackedNamespace, change: PolicyChange): WriteTarget {
  return { ...policyKey(change), within: uid };
}

/** What a policy should be, and whose: a policy of the owner's successor is another one. */
function intentOf(change: PolicyChange): string {
  return change.action === 'delete' ? 'absent' : `${change.policy.owner.uid} ${change.fingerprint}`;
}
