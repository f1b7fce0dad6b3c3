// The reconcile of one namespace: key -> view -> compile -> plan -> apply -> status.
// Must not know how keys get here, nor retry: an error goes to the queue's backoff.

import type { Logger } from 'pino';
import { platformProfileName } from '../api/platform-network-profile.ts';
import { receiversByRoute, withCapsInAll } from '../compile/across/capped-in-all.ts';
import type { CappedRoute } from '../compile/across/mirror-caps.ts';
import { type CompiledNamespace, compileNamespace } from '../compile/compile.ts';
import { ClusterServicesCache } from '../compile/platform/cluster-services.ts';
import { isDecoded, platformAsOwner } from '../compile/platform/decoded-platform.ts';
import { classify, type ErrorClass } from '../kube/errors.ts';
import type { Finding } from '../model/findings.ts';
import type { OwnedPolicy, Owner, StoredContent } from '../model/policies.ts';
import type { Cache } from '../objects/cache.ts';
import type { PolicyChange } from '../plan/changes.ts';
import { newsOf } from '../plan/events.ts';
import { type Failure, refusedBy } from '../plan/failure.ts';
import { contentsNeeded } from '../plan/frozen.ts';
import { internalError } from '../plan/internal-error-status.ts';
import { planLeftovers } from '../plan/leftovers.ts';
import { isolatedBy, ownersLacking, type Plan, type PlanInput, plan, wantedIn } from '../plan/plan.ts';
import { quotaExceeded, quotaRefusal } from '../plan/quota.ts';
import { tallyRoutes } from '../plan/route-tally.ts';
import type { ProfileFacts } from '../view/cluster-view.ts';
import type { Written } from './apply.ts';
import type { DriftReporter } from './drift-reporter.ts';
import type { Drifts } from './drifts.ts';
import type { EventWriter } from './event-writer.ts';
import type { PlanExecutor } from './execute.ts';
import type { FrozenContents } from './frozen-contents.ts';
import type { Metrics } from './metrics.ts';
import { ContainedMistake, contain } from './mistakes.ts';
import { type NamespaceState, type NamespaceStates, specIdentity } from './namespace-states.ts';
import type { StatusWriter } from './status-writer.ts';
import type { WriteConflicts } from './write-conflicts.ts';

/** What a reconcile needs. */
export interface ReconcileParts {
  readonly cache: Cache;
  readonly contents: FrozenContents;
  readonly executor: PlanExecutor;
  readonly statuses: StatusWriter;
  readonly events: EventWriter;
  readonly states: NamespaceStates;
  readonly conflicts: WriteConflicts;
  readonly drifts: Drifts;
  readonly driftReporter: DriftReporter;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** A namespace stands elsewhere than before, or has other policies. */
  readonly onRecordChanged: () => void;
  /** What is told of a namespace has changed, through what another one came to. */
  readonly onNewsFor: (namespace: string) => void;
}

/** When to look at the namespace again, if nothing changes before: in milliseconds. */
export interface Outcome {
  readonly againAfterMs?: number;
}

/** What was decided for a namespace from one view. */
interface Decision {
  readonly uid: string;
  /** When, as `Drifts` counts. */
  readonly sequence: number;
  readonly madeFrom: string;
  readonly compiled: CompiledNamespace;
  /** The policies of which the plan has to know what they say. */
  readonly needed: readonly OwnedPolicy[];
  readonly input: PlanInput;
  readonly plan: Plan;
}

interface Progress {
  /** Where the namespace stands; absent where what was decided is not true any more, so that nothing is to be told of it. */
  readonly state?: NamespaceState;
  readonly againAfterMs?: number;
}

/** Why a write failed, and what is found about that. */
interface Refusal {
  readonly failure: Failure;
  readonly findings: readonly Finding[];
}

/** Reconciles namespaces. */
export class NamespaceReconciler {
  readonly #parts: ReconcileParts;
  readonly #compile: typeof compileNamespace;
  readonly #known = new ClusterServicesCache();

  /** @param compile the compiler */
  constructor(parts: ReconcileParts, compile = compileNamespace) {
    this.#parts = parts;
    this.#compile = compile;
  }

  /**
   * Makes one namespace right, as far as that is possible now.
   *
   * @throws ApiError where a write failed; what was written before it stays and the next reconcile goes on from there
   * @throws WritesClosedError where nothing may be written any more
   * @throws ContainedMistake where the compiler or the planner throws: the namespace is left as it is, and its status says so
   */
  async reconcile(namespace: string): Promise<Outcome> {
    try {
      return await this.#reconcile(namespace);
    } catch (error) {
      if (error instanceof ContainedMistake) await this.#leaveAsItIs(namespace, error);
      throw error;
    }
  }

  async #reconcile(namespace: string): Promise<Outcome> {
    const { cache, states } = this.#parts;
    // A kind is gone, and everything comes round again when it is back: meanwhile nothing is written or pruned on its account.
    if (cache.blind) {
      states.clearIsolated(namespace);
      return {};
    }
    const decision = await this.#decideKnowing(namespace);
    if (decision === undefined)
      return cache.view().platform === undefined ? this.#withoutPlatform(namespace) : {};
    this.#requeueSenders(namespace, decision.compiled.cappedRoutes);
    const { state, ...outcome } = await this.#applyOrReport(namespace, decision);
    if (state === undefined) return outcome;
    this.#record(namespace, decision, state);
    const { againAfterMs } = await this.#report(namespace, decision);
    return sooner(outcome.againAfterMs, againAfterMs);
  }

  /** Tells the teams of a namespace where it stands: in the statuses of their profiles, and with Events. */
  async #report(namespace: string, { compiled, input }: Decision): Promise<Outcome> {
    const { cache, events, states, statuses } = this.#parts;
    const record = states.records.get(namespace);
    const failure = record?.failure;
    const findings = record?.findings ?? [];
    const lacking =
      failure === undefined
        ? new Set<string>()
        : contain(() => ownersLacking(plan({ ...input, actual: cache.policiesIn(namespace) })));
    const pause = await statuses.writeProfiles(namespace, { compiled, lacking, failure });
    const news = contain(() =>
      newsOf({
        namespace,
        profiles: compiled.profiles,
        findings,
        failure,
        uidOfPolicy: (name) => cache.policies.get({ namespace, name })?.uid,
      }),
    );
    await events.tell(namespace, news);
    return pause > 0 ? { againAfterMs: pause } : {};
  }

  /** A mistake of ours spoils this namespace: nothing in it is written or pruned, and whoever looks is told. */
  async #leaveAsItIs(namespace: string, { message: what }: ContainedMistake): Promise<void> {
    const { cache, states, metrics, onRecordChanged, statuses } = this.#parts;
    const { uid } = cache.namespaces.get({ namespace: '', name: namespace }) ?? {};
    const platform = cache.platforms.get({ namespace: '', name: platformProfileName });
    if (uid === undefined || platform === undefined) return;
    const finding = internalError(namespace, what);
    const { policies = 0, routes = [] } = states.records.get(namespace) ?? {};
    const madeFrom = specIdentity(platform);
    states.clearIsolated(namespace);
    metrics.setState(namespace, 'Failing');
    const failure = failureOf(finding);
    const record = {
      uid,
      madeFrom,
      state: 'Failing',
      policies,
      findings: [finding],
      routes,
      failure,
    } as const;
    if (states.record(namespace, record)) onRecordChanged();
    await statuses.writeInternalError(namespace, finding);
  }

  /** Decides, if need be a second time, with what the policies say that stay although their profile can't be read. */
  async #decideKnowing(namespace: string): Promise<Decision | undefined> {
    const decision = contain(() => this.#decide(namespace));
    if (decision === undefined || decision.needed.length === 0) return decision;
    const contents = await this.#parts.contents.of(namespace, decision.needed);
    return contain(() => this.#decide(namespace, contents));
  }

  /** Nothing is awaited here, so that all of it is from one moment. */
  #decide(namespace: string, contents?: ReadonlyMap<string, StoredContent>): Decision | undefined {
    const { cache, drifts, states } = this.#parts;
    const view = cache.view();
    const facts = view.namespaces.get(namespace);
    if (facts === undefined || facts.terminating) {
      this.#forget(namespace);
      return undefined;
    }
    // With a profile that doesn't decode, and of which no version did since the start, everything stays as it is.
    if (view.platform === undefined || !isDecoded(view.platform)) {
      states.clearIsolated(namespace);
      return undefined;
    }
    drifts.belongsTo(namespace, facts.uid);
    const compiled = this.#withCaps(this.#compile(view, view.platform, facts, this.#known));
    const actual = cache.policiesIn(namespace);
    const wanted = { ...wantedIn(compiled), contents, keepsAll: view.platform.outdated !== undefined };
    const input = {
      namespace,
      ...wanted,
      actual,
      platform: platformAsOwner(view.platform),
      keptIsolated: states.keptIsolated(namespace, facts.uid, performance.now()),
    };
    return {
      uid: facts.uid,
      sequence: drifts.sequence,
      madeFrom: specIdentity(view.platform),
      compiled,
      needed: contentsNeeded(actual.owned, wanted.desired, wanted),
      input,
      plan: plan(input),
    };
  }

  /** Which of its routes are left out elsewhere, other namespaces found when they were compiled. */
  #withCaps(compiled: CompiledNamespace): CompiledNamespace {
    const receivers = receiversByRoute(this.#parts.states.cappingReceivers(compiled.namespace));
    return { ...compiled, profiles: withCapsInAll(compiled.profiles, receivers) };
  }

  /** Senders are looked at again only where other routes of theirs are left out here than before. */
  #requeueSenders(receiver: string, cappedRoutes: readonly CappedRoute[]): void {
    const { states, onNewsFor } = this.#parts;
    for (const sender of states.capped(receiver, cappedRoutes)) onNewsFor(sender);
  }

  /** Without a profile there is no ring to write: garbage collection takes what the last one owned, and we take the rest. */
  async #withoutPlatform(namespace: string): Promise<Outcome> {
    const { cache, drifts, executor, states, log, metrics, statuses } = this.#parts;
    states.clearRecord(namespace);
    this.#requeueSenders(namespace, []);
    metrics.setState(namespace, undefined);
    const sequence = drifts.sequence;
    const teams = [...cache.profiles.inNamespace(namespace).values()].map(teamOf);
    const plan = contain(() => planLeftovers(namespace, cache.policiesIn(namespace), teams));
    const uid = cache.namespaces.get({ namespace: '', name: namespace })?.uid ?? '';
    const execution = plan && (await executor.execute({ name: namespace, uid }, plan));
    if (execution !== undefined && execution.written.length > 0) {
      log.info(
        { namespace, ...count(execution.written) },
        'policies taken away: the platform profile is gone',
      );
    }
    await statuses.writeProfiles(namespace, { compiled: undefined, lacking: new Set() });
    if (execution !== undefined && execution.state !== 'Done')
      return { againAfterMs: execution.againAfterMs };
    states.settled(namespace);
    drifts.settled(namespace, sequence, changesOf(execution?.written ?? []));
    return {};
  }

  #forget(namespace: string): void {
    const { drifts, driftReporter, events, states, metrics, onRecordChanged } = this.#parts;
    events.forget(namespace);
    driftReporter.forget(namespace);
    drifts.forget(namespace);
    metrics.setState(namespace, undefined);
    this.#requeueSenders(namespace, []);
    if (states.forget(namespace)) onRecordChanged();
  }

  async #applyOrReport(namespace: string, decision: Decision): Promise<Progress> {
    const { driftReporter, states } = this.#parts;
    try {
      return await this.#apply(namespace, decision);
    } catch (error) {
      const errorClass = classify(error);
      const reason = failureReasons[errorClass];
      if (reason !== undefined) {
        const refused = this.#refused(decision, reason, (error as Error).message);
        this.#record(namespace, decision, 'Failing', refused);
        const failingMs = states.failed(namespace, performance.now());
        if (errorClass !== 'retry' || failingMs >= passesWithinMs)
          await this.#tryToReport(namespace, decision);
      }
      throw error;
    } finally {
      await driftReporter.send(namespace);
    }
  }

  /** What is wrong where the server, or who answers in its place, refuses a write: `said` says why. */
  #refused({ input }: Decision, reason: string, said: string): Refusal {
    const refusal = quotaRefusal(said);
    if (refusal === undefined) return { failure: refusedBy(reason, said), findings: [] };
    const actual = this.#parts.cache.policiesIn(input.namespace);
    const finding = contain(() => quotaExceeded(input.namespace, refusal, plan({ ...input, actual })));
    return { failure: failureOf(finding), findings: [finding] };
  }

  /** Tells of a failure, which is thrown on: it does not matter whether that fails too. */
  async #tryToReport(namespace: string, decision: Decision): Promise<void> {
    try {
      await this.#report(namespace, decision);
    } catch (error) {
      this.#parts.log.debug({ namespace, class: classify(error) }, 'a failure could not be told');
    }
  }

  async #apply(namespace: string, { uid, sequence, compiled, plan }: Decision): Promise<Progress> {
    const { cache, conflicts, drifts, executor, states, log, onRecordChanged } = this.#parts;
    const started = performance.now();
    const execution = await executor.execute({ name: namespace, uid }, plan);
    const { written } = execution;
    const state = execution.state === 'Done' ? stateOf(compiled) : execution.state;
    if (written.length > 0) {
      // How many policies there are is told too.
      onRecordChanged();
      log.info(
        { namespace, state, ...count(written), ms: Math.round(performance.now() - started) },
        'policies written',
      );
    }
    if (execution.state === 'Outdated') return { againAfterMs: execution.againAfterMs };
    if (execution.state === 'Changing') return execution;
    if (execution.state === 'Contested') return { ...execution, state: 'Failing' };
    states.settled(namespace);
    drifts.settled(namespace, sequence, changesOf(written));
    // Meanwhile the namespace may have been deleted, and another of its name created.
    if (cache.namespaces.get({ namespace: '', name: namespace })?.uid === uid) {
      const isEnforced = compiled.enforcement === 'Enforce';
      states.markIsolated(namespace, uid, isEnforced ? isolatedBy(compiled.policies) : []);
    }
    const contestedForMs = conflicts.standing({ namespace, within: uid }, performance.now());
    return contestedForMs > 0
      ? { state: 'Failing', againAfterMs: contestedForMs }
      : { state: stateOf(compiled) };
  }

  #record(namespace: string, decision: Decision, state: NamespaceState, refused?: Refusal): void {
    const { uid, madeFrom, compiled, plan } = decision;
    const { states, metrics, onRecordChanged, log } = this.#parts;
    metrics.setState(namespace, state);
    const contested = this.#contestedIn(namespace, uid);
    const failure = refused?.failure ?? contested.map(failureOf)[0];
    const before = states.records.get(namespace);
    const passing = state === 'Changing' || state === 'Failing' ? plan.passing : [];
    const changed = states.record(namespace, {
      uid,
      madeFrom,
      state,
      policies: compiled.policies.length,
      findings: [
        ...compiled.findings,
        ...plan.findings,
        ...passing,
        ...contested,
        ...(refused?.findings ?? []),
      ],
      routes: tallyRoutes(compiled.profiles),
      failure: state === 'Failing' ? failure : undefined,
    });
    if (changed) onRecordChanged();
    if (before?.state !== state)
      log.debug({ namespace, from: before?.state, to: state }, 'namespace changed state');
    if (changed && state === 'Failing' && failure?.reason === 'Contested') {
      log.warn({ namespace, ...failure }, 'a policy is contested');
    }
  }

  #contestedIn(namespace: string, uid: string): readonly Finding[] {
    return this.#parts.conflicts.contestedIn({ namespace, within: uid }, performance.now()).map((key) => ({
      code: 'Contested',
      subject: { kind: 'NetworkPolicy', ...key },
      message: `something undoes what Ringfence writes to \`${key.name}\``,
      hint: `see who with \`kubectl get networkpolicy ${key.name} -n ${key.namespace} -o yaml --show-managed-fields\``,
    }));
  }
}

function failureOf({ code, message, hint }: Finding): Failure {
  return { reason: code, message: `${message}: ${hint}` };
}

/** What a failed write is called in a status; a stale picture or a namespace on its way out is no failure. */
const failureReasons: Partial<Record<ErrorClass, string>> = {
  unauthorized: 'Unauthorized',
  denied: 'PermissionMissing',
  invalid: 'Refused',
  retry: 'ServerError',
};

/** A failure of the server that is over so soon is not told to teams. */
const passesWithinMs = 5_000;

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

function changesOf(written: readonly Written[]): readonly PolicyChange[] {
  return written.map(({ change }) => change);
}

/** By what was done, as far as it was done, and how much of it corrects a drift. */
function count(written: readonly Written[]): Readonly<Record<string, number>> {
  const of = (action: PolicyChange['action']) =>
    written.filter(({ change }) => change.action === action).length;
  const drift = written.filter((each) => each.drift !== undefined).length;
  const counts = { create: of('create'), replace: of('replace'), delete: of('delete'), drift };
  return Object.fromEntries(Object.entries(counts).filter(([, many]) => many > 0));
}
