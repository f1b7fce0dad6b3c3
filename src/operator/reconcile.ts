// The reconcile of one namespace: key -> decide (view, compile, plan) -> apply -> report (record, statuses, Events).
// Must not know how keys get here, nor retry: an error goes to the queue's backoff.
import type { Logger } from 'pino';
import type { CappedRoute } from '../compile/across/mirror-caps.ts';
import type { CompiledNamespace } from '../compile/compile.ts';
import type { Owner } from '../model/policies.ts';
import { isPauseName } from '../model/policy-names.ts';
import type { Cache } from '../objects/cache.ts';
import type { PolicyChange } from '../plan/changes.ts';
import { planLeftovers } from '../plan/leftovers.ts';
import { isolatedBy } from '../plan/plan.ts';
import type { ProfileFacts } from '../view/cluster-view.ts';
import type { Written } from './apply.ts';
import type { Decider, Decision } from './decide.ts';
import type { DriftReporter } from './drift-reporter.ts';
import type { PlanExecutor } from './execute.ts';
import { ContainedMistake, contain } from './mistakes.ts';
import type { NamespaceState } from './namespace-record.ts';
import type { NamespaceReporter } from './namespace-reporter.ts';
import type { NamespaceTracker } from './namespace-tracker.ts';
import type { StatusWriter } from './status-writer.ts';
import { TrackedNamespace } from './tracked-namespace.ts';
import type { WriteConflicts } from './write-conflicts.ts';

/** The dependencies of a reconcile. */
export interface ReconcileParts {
  readonly cache: Cache;
  readonly tracker: NamespaceTracker;
  readonly decider: Decider;
  readonly executor: PlanExecutor;
  readonly reporter: NamespaceReporter;
  readonly statuses: StatusWriter;
  readonly conflicts: WriteConflicts;
  readonly driftReporter: DriftReporter;
  readonly log: Logger;
  /** The record of a namespace has changed, or its number of policies. */
  readonly onRecordChanged: () => void;
  /** The report about a namespace has changed, because of another namespace. */
  readonly onReportChanged: (namespace: string) => void;
}

/** When to reconcile the namespace again, if nothing changes before: in milliseconds. */
export interface Outcome {
  readonly againAfterMs?: number;
}

/** The state of the namespace; absent if the decision is out of date, so that there is nothing to report. */
type Progress = Outcome & {
  readonly state?: NamespaceState;
  /** The uids of the policies of pauses that were deleted. */
  readonly endedPauses?: readonly string[];
};

/** Reconciles namespaces. */
export class NamespaceReconciler {
  readonly #parts: ReconcileParts;

  constructor(parts: ReconcileParts) {
    this.#parts = parts;
  }

  /**
   * Brings one namespace to its desired state, as far as that is possible now.
   *
   * @throws ApiError if a write failed; earlier writes stay and the next reconcile continues from there
   * @throws WritesClosedError if writing is no longer allowed
   * @throws ContainedMistake if the compiler or the planner throws: the namespace is left as it is, and its status says so
   */
  async reconcile(name: string): Promise<Outcome> {
    // Asked before the decision: for it, a pause that ends during the reconcile is still open, and only this wait brings it back.
    const began = performance.now();
    const checkAgainMs = this.#parts.cache.pauses.checkAgainMs(name);
    try {
      const { againAfterMs } = await this.#reconcile(name);
      if (checkAgainMs === undefined) return sooner(againAfterMs);
      return sooner(againAfterMs, Math.max(0, checkAgainMs - (performance.now() - began)));
    } catch (error) {
      if (error instanceof ContainedMistake) await this.#parts.reporter.reportMistake(name, error);
      throw error;
    }
  }

  async #reconcile(name: string): Promise<Outcome> {
    const { cache, tracker, decider, reporter } = this.#parts;
    // A kind is missing, and everything is reconciled again when it is back: until then nothing is written or pruned because of it.
    if (cache.blind) {
      tracker.get(name)?.clearIsolated();
      return {};
    }
    if (!this.#isActive(name)) this.#forget(name);
    const decision = await decider.decide(name);
    if (decision === undefined) return this.#withoutDecision(name);
    this.#requeueSenders(decision.namespace, decision.compiled.cappedRoutes);
    const { state, endedPauses = [], ...outcome } = await this.#applyOrReport(decision);
    if (state === undefined) return outcome;
    reporter.record(decision, state);
    const pause = await reporter.report(decision);
    for (const uid of endedPauses) await reporter.reportPauseEnded(decision.namespace, uid);
    return sooner(outcome.againAfterMs, pause > 0 ? pause : undefined);
  }

  /** There is no such namespace, or no platform profile that was ever read. */
  async #withoutDecision(name: string): Promise<Outcome> {
    const { cache, statuses } = this.#parts;
    const outcome = cache.view().platform === undefined ? await this.#withoutPlatform(name) : {};
    const pause = await statuses.writePauses(name, { compiled: undefined });
    return sooner(outcome.againAfterMs, pause > 0 ? pause : undefined);
  }

  /** It exists and is not being deleted, as in the phase of a Namespace. */
  #isActive(name: string): boolean {
    return this.#parts.cache.stores.namespaces.get({ namespace: '', name })?.terminating === false;
  }

  #forget(name: string): void {
    const { tracker, onReportChanged, onRecordChanged } = this.#parts;
    const forgotten = tracker.forget(name);
    for (const sender of forgotten?.cappedRoutes?.keys() ?? []) onReportChanged(sender);
    if (forgotten?.record !== undefined) onRecordChanged();
  }

  /** Reconciles the senders again whose routes are left out here and were not before, or the other way round. */
  #requeueSenders(receiver: TrackedNamespace, cappedRoutes: readonly CappedRoute[]): void {
    const { tracker, onReportChanged } = this.#parts;
    for (const sender of tracker.setCapped(receiver, cappedRoutes)) onReportChanged(sender);
  }

  async #applyOrReport(decision: Decision): Promise<Progress> {
    const { driftReporter, reporter } = this.#parts;
    try {
      return await this.#apply(decision);
    } catch (error) {
      await reporter.reportFailure(decision, error);
      throw error;
    } finally {
      await driftReporter.send(decision.namespace);
    }
  }

  async #apply({ namespace, sequence, epoch, compiled, plan }: Decision): Promise<Progress> {
    const { conflicts, executor, log, onRecordChanged } = this.#parts;
    const started = performance.now();
    const execution = await executor.execute(namespace, plan, { epoch });
    const { written } = execution;
    const state = execution.state === 'Done' ? stateOf(compiled) : execution.state;
    if (written.length > 0) {
      // The number of policies is reported too.
      onRecordChanged();
      const ms = Math.round(performance.now() - started);
      log.info({ namespace: namespace.name, state, ...count(written), ms }, 'policies written');
    }
    if (execution.state === 'Outdated') return { againAfterMs: execution.againAfterMs };
    if (execution.state === 'Changing') return execution;
    if (execution.state === 'Contested') return { ...execution, state: 'Failing' };
    settle(namespace, sequence, written);
    const isEnforced = compiled.enforcement === 'Enforce';
    namespace.markIsolated(isEnforced ? isolatedBy(compiled.policies) : []);
    const place = { namespace: namespace.name, within: namespace.uid };
    const contestedForMs = conflicts.confirm(place, performance.now());
    return contestedForMs > 0
      ? { state: 'Failing', againAfterMs: contestedForMs }
      : { state: stateOf(compiled), endedPauses: endedPausesIn(written) };
  }

  /** Without a profile there is no ring to write: garbage collection deletes what the last one owned, and we delete the rest. */
  async #withoutPlatform(name: string): Promise<Outcome> {
    const { cache, executor, log, statuses } = this.#parts;
    const namespace = this.#trackedWithoutPlatform(name);
    namespace.clearRecord();
    this.#requeueSenders(namespace, []);
    const { sequence } = namespace.drifts;
    const { epoch } = cache;
    const teams = [...cache.stores.profiles.inNamespace(name).values()].map(teamOf);
    const plan = contain(() => planLeftovers(name, cache.policiesIn(name), teams));
    const execution = plan && (await executor.execute(namespace, plan, { epoch }));
    const written = execution?.written ?? [];
    if (written.length > 0)
      log.info(
        { namespace: name, ...count(written) },
        'deleted the policies of teams, because the platform profile is deleted',
      );
    await statuses.writeProfiles(name, { compiled: undefined, lacking: new Set() });
    if (execution !== undefined && execution.state !== 'Done')
      return { againAfterMs: execution.againAfterMs };
    settle(namespace, sequence, written);
    return {};
  }

  /** Nothing is remembered of a namespace that is deleted or terminating. */
  #trackedWithoutPlatform(name: string): TrackedNamespace {
    const uid = this.#parts.cache.stores.namespaces.get({ namespace: '', name })?.uid ?? '';
    return this.#isActive(name) ? this.#parts.tracker.of(name, uid) : new TrackedNamespace(name, uid);
  }
}

/** Everything in the namespace was as desired at this sequence number of its drifts. */
function settle(namespace: TrackedNamespace, sequence: number, written: readonly Written[]): void {
  namespace.settled();
  namespace.drifts.settled(
    sequence,
    written.map(({ change }) => change),
  );
}

/** The uids of the policies of pauses among what was deleted. */
function endedPausesIn(written: readonly Written[]): readonly string[] {
  return written.flatMap(({ change, drift }) =>
    change.action === 'delete' && drift === undefined && isPauseName(change.key.name) ? [change.uid] : [],
  );
}

function sooner(...waits: readonly (number | undefined)[]): Outcome {
  const some = waits.filter((wait) => wait !== undefined);
  return some.length === 0 ? {} : { againAfterMs: Math.min(...some) };
}

function teamOf({ name, uid }: ProfileFacts): Owner {
  return { kind: 'AppNetworkProfile', name, uid };
}

function stateOf({ enforcement }: CompiledNamespace): NamespaceState {
  if (enforcement === undefined) return 'Outside';
  return enforcement === 'Enforce' ? 'Enforced' : enforcement;
}

/** Counts the writes by action, and how many of them correct a drift. */
function count(written: readonly Written[]): Readonly<Record<string, number>> {
  const of = (action: PolicyChange['action']) =>
    written.filter(({ change }) => change.action === action).length;
  const drift = written.filter((each) => each.drift !== undefined).length;
  const counts = { create: of('create'), replace: of('replace'), delete: of('delete'), drift };
  return Object.fromEntries(Object.entries(counts).filter(([, many]) => many > 0));
}
