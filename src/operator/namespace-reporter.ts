// Everything that people see of one namespace: its record for metrics and the platform's status, the statuses of its profiles, Events,
// and the log. Must not know how policies are written, nor when the namespace is reconciled again.
import type { Logger } from 'pino';
import { platformProfileName } from '../api/platform-network-profile.ts';
import { type ApiError, classify, type ErrorClass } from '../kube/errors.ts';
import type { Finding } from '../model/findings.ts';
import type { Cache } from '../objects/cache.ts';
import { eventDraftsOf, pauseEndedDraft } from '../plan/events.ts';
import { type Failure, writeFailure } from '../plan/failure.ts';
import { internalError } from '../plan/internal-error-status.ts';
import { ownersToWrite, plan } from '../plan/plan.ts';
import { policyQuota, quotaExceeded } from '../plan/quota.ts';
import { countRoutes } from '../plan/route-counts.ts';
import type { Decision } from './decide.ts';
import type { EventWriter } from './event-writer.ts';
import type { Metrics } from './metrics.ts';
import { type ContainedMistake, contain } from './mistakes.ts';
import { type NamespaceRecord, type NamespaceState, specIdentity } from './namespace-record.ts';
import type { NamespaceTracker } from './namespace-tracker.ts';
import type { StatusWriter } from './status-writer.ts';
import type { TrackedNamespace } from './tracked-namespace.ts';
import type { WriteConflicts } from './write-conflicts.ts';

/** The dependencies of reporting. */
export interface ReporterParts {
  readonly cache: Cache;
  readonly tracker: NamespaceTracker;
  readonly conflicts: WriteConflicts;
  readonly statuses: StatusWriter;
  readonly events: EventWriter;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** The record of a namespace has changed, or its number of policies. */
  readonly onRecordChanged: () => void;
}

/** Why a write failed, and the finding about it. */
interface FailedWrite {
  readonly failure: Failure;
  readonly findings: readonly Finding[];
}

/** Reports. */
export class NamespaceReporter {
  readonly #parts: ReporterParts;

  constructor(parts: ReporterParts) {
    this.#parts = parts;
  }

  /** Records the result of a decision. */
  record(decision: Decision, state: NamespaceState, failed?: FailedWrite): void {
    const { namespace, madeFrom, compiled, plan } = decision;
    const contested = this.#contestedIn(namespace);
    const failure = failed?.failure ?? contested.map(failureOf)[0];
    const transient = state === 'Changing' || state === 'Failing' ? plan.transient : [];
    const findings = [...compiled.findings, ...plan.findings, ...transient, ...contested];
    const changed = this.#setRecord(namespace, {
      uid: namespace.uid,
      madeFrom,
      state,
      policies: compiled.policies.length,
      findings: [...findings, ...(failed?.findings ?? [])],
      routes: countRoutes(compiled.profiles),
      failure: state === 'Failing' ? failure : undefined,
    });
    if (changed && state === 'Failing' && failure?.reason === 'Contested') {
      this.#parts.log.warn({ namespace: namespace.name, ...failure }, 'a policy is contested');
    }
  }

  /**
   * Reports the state of a namespace to its teams: in the statuses of their profiles, and with Events.
   *
   * @returns after how many milliseconds to retry statuses that somebody else overwrites; 0 if nobody does
   */
  async report({ namespace, compiled, input }: Decision): Promise<number> {
    const { name, record } = namespace;
    const { cache, events, statuses } = this.#parts;
    const failure = record?.failure;
    const lacking =
      failure === undefined
        ? new Set<string>()
        : contain(() => ownersToWrite(plan({ ...input, actual: cache.policiesIn(name) })));
    const pauses = [
      await statuses.writePauses(name, { compiled, failure }),
      await statuses.writeProfiles(name, { compiled, lacking, failure }),
    ];
    const news = contain(() =>
      eventDraftsOf({
        namespace: name,
        profiles: compiled.profiles,
        findings: record?.findings ?? [],
        failure,
        uidOfPolicy: (policy) => cache.stores.policies.get({ namespace: name, name: policy })?.uid,
      }),
    );
    await events.emitNew(namespace, news);
    return Math.max(...pauses);
  }

  /** Reports that a namespace is no longer paused: its policy was deleted. @param uid that of the policy */
  async reportPauseEnded({ name, record }: TrackedNamespace, uid: string): Promise<void> {
    const { events, log } = this.#parts;
    log.info({ namespace: name }, 'the namespace is no longer paused');
    if (record?.state === 'Enforced') await events.emit([pauseEndedDraft(name, uid)]);
  }

  /** Reports that a write failed, unless that will pass soon. It does not matter whether reporting fails too. */
  async reportFailure(decision: Decision, error: unknown): Promise<void> {
    const { namespace } = decision;
    const errorClass = classify(error);
    const reason = failureReasons[errorClass];
    const isStale = errorClass === 'conflict' && namespace.conflicted(performance.now()) < conflictPassesMs;
    if (reason === undefined || isStale) return;
    this.record(decision, 'Failing', this.#refused(decision, reason, error as ApiError));
    const failingMs = namespace.failed(performance.now());
    if (errorClass === 'retry' && failingMs < passesWithinMs) return;
    try {
      await this.report(decision);
    } catch (second) {
      const names = { namespace: namespace.name, class: classify(second) };
      this.#parts.log.debug(names, 'a failure could not be reported');
    }
  }

  /** A bug affects this namespace: nothing in it is written or pruned, and its teams see it. */
  async reportMistake(name: string, { message }: ContainedMistake): Promise<void> {
    const { cache, tracker, statuses } = this.#parts;
    const { uid } = cache.stores.namespaces.get({ namespace: '', name }) ?? {};
    const platform = cache.stores.platforms.get({ namespace: '', name: platformProfileName });
    if (uid === undefined || platform === undefined) return;
    const finding = internalError(name, message);
    const namespace = tracker.of(name, uid);
    namespace.clearIsolated();
    const { policies = 0, routes = [] } = namespace.record ?? {};
    const madeFrom = specIdentity(platform);
    const failed = { state: 'Failing', findings: [finding], failure: failureOf(finding) } as const;
    this.#setRecord(namespace, { uid, madeFrom, policies, routes, ...failed });
    await statuses.writeInternalError(name, finding);
  }

  #setRecord(namespace: TrackedNamespace, record: NamespaceRecord): boolean {
    const { metrics, onRecordChanged, log } = this.#parts;
    const ringedAfterMs = namespace.timeToRing(record.state, performance.now());
    if (ringedAfterMs !== undefined) metrics.ringed(ringedAfterMs);
    const before = namespace.record?.state;
    const changed = namespace.setRecord(record);
    if (changed) onRecordChanged();
    if (before !== record.state)
      log.debug({ namespace: namespace.name, from: before, to: record.state }, 'namespace changed state');
    return changed;
  }

  /** The finding about a write that the server, or a webhook behind it, refuses. */
  #refused({ input }: Decision, reason: string, { refusal, message }: ApiError): FailedWrite {
    const quota =
      refusal?.cause === 'QuotaExceeded'
        ? policyQuota(refusal.exceeded.quota, refusal.exceeded.amounts)
        : undefined;
    if (quota === undefined) return { failure: writeFailure(reason, message), findings: [] };
    const actual = this.#parts.cache.policiesIn(input.namespace);
    const finding = contain(() => quotaExceeded(input.namespace, quota, plan({ ...input, actual })));
    return { failure: failureOf(finding), findings: [finding] };
  }

  #contestedIn({ name: namespace, uid: within }: TrackedNamespace): readonly Finding[] {
    return this.#parts.conflicts.contestedIn({ namespace, within }, performance.now()).map((key) => ({
      code: 'Contested',
      subject: { kind: 'NetworkPolicy', ...key },
      message: `something undoes what Ringfence writes to \`${key.name}\``,
      hint: `find out what with \`kubectl get networkpolicy ${key.name} -n ${key.namespace} -o yaml --show-managed-fields\``,
    }));
  }
}

function failureOf({ code, message, hint }: Finding): Failure {
  return { reason: code, message: `${message}: ${hint}` };
}

/** The reason of a failed write in a status; a terminating namespace is no failure. */
const failureReasons: Partial<Record<ErrorClass, string>> = {
  unauthorized: 'Unauthorized',
  denied: 'PermissionMissing',
  invalid: 'Refused',
  retry: 'ServerError',
  conflict: 'Conflict',
};

/** A conflict is no failure as long as the watches may still report what the server has and we don't know. In milliseconds. */
const conflictPassesMs = 30_000;

/** A failure of the server that ends within this time is not reported to teams. */
const passesWithinMs = 5_000;
