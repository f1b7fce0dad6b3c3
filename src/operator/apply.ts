// Sends a phase of a plan to the API server. Each answer goes into the store, so that the next plan includes what was
// written. Must not know why a change is made, nor wait between phases.
import { ApiError } from '../kube/errors.ts';
import type { DecidedIn, ObjectRequests, Stored } from '../kube/object-requests.ts';
import type { Store } from '../kube/store.ts';
import { fingerprint } from '../model/network-policy.ts';
import type { StoredPolicy } from '../objects/policy-resources.ts';
import { type Phase, type PolicyChange, policyKey } from '../plan/changes.ts';
import type { Drift } from '../plan/drift.ts';
import { foreignMetadata, manifestOf, type PolicyMetadata } from '../plan/manifest.ts';
import { withConcurrency } from './bounded-concurrency.ts';
import type { DriftReporter } from './drift-reporter.ts';
import type { Metrics } from './metrics.ts';
import type { TrackedNamespace } from './tracked-namespace.ts';

/** The result of one change: `effective` is false if the server stored something else than was sent. */
export interface Written {
  readonly change: PolicyChange;
  readonly effective: boolean;
  /** What somebody else did and this change corrects, if it restores a policy. */
  readonly drift?: Drift;
}

/** The dependencies of writing. */
export interface WriterParts {
  readonly policies: ObjectRequests<StoredPolicy>;
  readonly known: Pick<Store<StoredPolicy>, 'get'>;
  readonly driftReporter: DriftReporter;
  readonly metrics: Metrics;
}

/** Writes policies. */
export class PolicyWriter {
  readonly #parts: WriterParts;

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  /**
   * Sends the changes of a phase of a namespace, in any order.
   *
   * @param decided the epoch of the plan
   * @throws WritesClosedError if writing is no longer allowed, or the plan is of an earlier epoch
   * @throws ApiError the first failure, after all changes were answered
   */
  async apply(
    namespace: TrackedNamespace,
    { changes }: Phase,
    decided: DecidedIn,
  ): Promise<readonly Written[]> {
    return withConcurrency(changes, (change) => this.#send(namespace, change, decided));
  }

  async #send(namespace: TrackedNamespace, change: PolicyChange, decided: DecidedIn): Promise<Written> {
    const { driftReporter, metrics } = this.#parts;
    const effective = await this.#sendOnce(change, decided);
    const drift = namespace.drifts.corrects(change);
    metrics.wrote(change, drift !== undefined);
    if (drift !== undefined)
      driftReporter.corrected(namespace, policyKey(change).name, drift, performance.now());
    return { change, effective, ...(drift === undefined ? {} : { drift }) };
  }

  /** Returns whether it was stored as it was sent. */
  async #sendOnce(change: PolicyChange, decided: DecidedIn): Promise<boolean> {
    const { policies } = this.#parts;
    switch (change.action) {
      case 'create': {
        const body = manifestOf(change.policy);
        return isAsSent(change.fingerprint, await policies.create(change.policy, body, decided));
      }
      case 'replace': {
        const { policy, resourceVersion } = change;
        const body = manifestOf(policy, { resourceVersion }, await this.#foreignOn(change));
        return isAsSent(change.fingerprint, await policies.replace(policy, body, decided));
      }
      case 'delete': {
        const { key, uid, resourceVersion } = change;
        await policies.delete({ ...key, uid, resourceVersion }, decided);
        return true;
      }
    }
  }
  /**
   * What others have added to a policy that is to be replaced. It is read only if there is something: in most clusters there is
   * nothing, in others a finalizer on each policy, which nobody wants to keep in memory.
   */
  async #foreignOn({ policy, resourceVersion }: Replacement): Promise<PolicyMetadata | undefined> {
    const { policies, known } = this.#parts;
    const before = known.get(policy);
    if (!before?.ours || !before.hasForeignMetadata) return undefined;
    const stored = await policies.read(policy);
    if (stored?.metadata.resourceVersion !== resourceVersion)
      throw new ApiError(409, 'Conflict', `\`${policy.name}\` was changed since its replacement was planned`);
    return foreignMetadata(stored.metadata);
  }
}

type Replacement = Extract<PolicyChange, { action: 'replace' }>;

/** An object under one of our names may lack our label, or have content that our decoder does not accept. */
function isAsSent(sent: string, { object, decoded }: Stored<StoredPolicy>): boolean {
  return (decoded?.ours ? decoded.fingerprint : fingerprint(object.spec)) === sent;
}
