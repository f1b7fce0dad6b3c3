// Carries out a plan, phase by phase, as far as possible now: not changes of contested policies, and not phases that have to wait for
// the CNI. Must not know how a plan is made, nor wait: it returns when to come back.
import type { DecidedIn } from '../kube/object-requests.ts';
import { needsSettling, type Phase, type PolicyChange, policyKey } from '../plan/changes.ts';
import type { Plan } from '../plan/plan.ts';
import type { PolicyWriter, Written } from './apply.ts';
import type { Owners } from './owners.ts';
import type { Settling } from './settling.ts';
import type { TrackedNamespace } from './tracked-namespace.ts';
import { undoneWithinMs, type WriteConflicts, type WriteTarget } from './write-conflicts.ts';

/** The dependencies of an executor. */
export interface ExecutorParts {
  readonly policies: PolicyWriter;
  readonly conflicts: WriteConflicts;
  readonly owners: Owners;
  readonly settling: Settling;
}

/** How far a plan was carried out, and after how many milliseconds to continue. */
export type Execution = Outcome & { readonly written: readonly Written[] };

type Outcome =
  | { readonly state: 'Done' }
  | { readonly state: 'Changing'; readonly againAfterMs: number }
  | { readonly state: 'Contested'; readonly againAfterMs: number }
  /** A policy's owner is deleted, but the watch of its kind has not reported it yet: the plan is out of date. */
  | { readonly state: 'Outdated'; readonly againAfterMs: number };

/** How long to leave a policy alone that was stored differently than it was sent. */
const ineffectiveMs = 1_000;
/** How long to wait for a watch that lags, if it does not report earlier. */
const watchLagMs = 1_000;

/** Carries out plans. */
export class PlanExecutor {
  readonly #parts: ExecutorParts;

  constructor(parts: ExecutorParts) {
    this.#parts = parts;
  }

  /**
   * Carries out the plan of one namespace.
   *
   * A contested policy delays what would be wrong without it, and nothing else: without the temporary policy nothing is closed,
   * and without the allow policies nothing is pruned. If a policy's owner is deleted, the plan ends with that phase.
   *
   * @param decided the epoch of the plan: answers are awaited before and between writes, and meanwhile it may become out of date
   * @throws ApiError if a write failed; earlier writes stay
   * @throws WritesClosedError if the plan is of an earlier epoch
   */
  async execute(namespace: TrackedNamespace, { phases }: Plan, decided: DecidedIn): Promise<Execution> {
    const written: Written[] = [];
    let pause = 0;
    for (const phase of phases) {
      if (phase.purpose === 'prune' && pause > 0) continue;
      const rest = needsSettling(phase) ? this.#untilSettled(namespace) : 0;
      if (rest > 0) return { written, state: 'Changing', againAfterMs: rest };
      const changes = await this.#withOwner(namespace, phase);
      pause = Math.max(pause, await this.#apply(namespace, { ...phase, changes }, { decided, written }));
      namespace.wrote(performance.now());
      if (changes.length < phase.changes.length)
        return { written, state: 'Outdated', againAfterMs: watchLagMs };
      if (phase.purpose === 'open' && pause > 0) break;
    }
    return { written, ...this.#outcome(namespace, phases, pause) };
  }

  /** @param pause how long contested policies have to be left alone, in milliseconds */
  #outcome(namespace: TrackedNamespace, phases: readonly Phase[], pause: number): Outcome {
    const opened = phases.some(({ purpose }) => purpose === 'open');
    const rest = opened ? Math.max(0, this.#untilSettled(namespace)) : 0;
    if (pause > 0) return { state: 'Contested', againAfterMs: opened ? Math.min(pause, rest) : pause };
    return opened ? { state: 'Changing', againAfterMs: rest } : { state: 'Done' };
  }

  #untilSettled(namespace: TrackedNamespace): number {
    return this.#parts.settling.restMs(namespace.name, namespace.lastWrite(performance.now()));
  }

  /**
   * The changes of a phase without those for a deleted owner. Garbage collection looks like a contest: it undoes
   * writes. The server is asked only if a policy is missing that was written a short while ago.
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
   * Writes a phase, without contested policies, and adds its writes to `written`. Returns how long the contested policies
   * have to be left alone, in milliseconds.
   */
  async #apply(
    namespace: TrackedNamespace,
    phase: Phase,
    { decided, written }: { readonly decided: DecidedIn; readonly written: Written[] },
  ): Promise<number> {
    const { conflicts, policies } = this.#parts;
    const intents = new Map(phase.changes.map((change) => [change, intentOf(change)]));
    const lasting = new Set<PolicyChange>();
    const pauses = () =>
      [...intents].map(([change, intent]) => {
        const pause = conflicts.pauseOf(subjectOf(namespace, change), intent, performance.now());
        // A policy that is in place now needs no write after the pause; whether it stays is checked earlier.
        return lasting.has(change) ? Math.min(pause, undoneWithinMs) : pause;
      });
    const before = pauses();
    const changes = phase.changes.filter((_, index) => before[index] === 0);
    let isEffective = true;
    for (const each of await policies.apply(namespace, { ...phase, changes }, decided)) {
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

/** A policy with the same name in a recreated namespace is a different one. */
function subjectOf({ uid }: TrackedNamespace, change: PolicyChange): WriteTarget {
  return { ...policyKey(change), within: uid };
}

/** The desired content of a policy, and its owner: a policy of a recreated owner is a different one. */
function intentOf(change: PolicyChange): string {
  return change.action === 'delete' ? 'absent' : `${change.policy.owner.uid} ${change.fingerprint}`;
}
