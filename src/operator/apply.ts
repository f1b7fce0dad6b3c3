// Sends a phase of a plan to the API server, and feeds each answer into the store, so that the next plan is made
// from what was written. Must not know why a change is made, nor wait between phases.
import type { ApiClient } from '../cluster/api-client.ts';
import { classify } from '../cluster/errors.ts';
import type { RawObject } from '../cluster/reflector.ts';
import { readPolicy, type StoredPolicy } from '../cluster/resources.ts';
import type { Store } from '../cluster/store.ts';
import { fingerprint } from '../model/network-policy.ts';
import type { ObjectKey } from '../model/object-key.ts';
import type { Phase, PolicyChange } from '../plan/changes.ts';
import { manifestOf } from '../plan/manifest.ts';
import type { Drifts } from './drifts.ts';
import { fewAtATime } from './few-at-a-time.ts';
import type { Metrics } from './metrics.ts';

/** What came of one change: `effective` is false where the server stored something else than was sent. */
export interface Written {
  readonly change: PolicyChange;
  readonly effective: boolean;
  /** Whether it makes a policy again what it was before somebody else changed it. */
  readonly correctsDrift: boolean;
}

/** What writing needs. */
export interface WriterParts {
  readonly client: ApiClient;
  readonly policies: Store<StoredPolicy>;
  readonly drifts: Drifts;
  readonly metrics: Metrics;
}

/** Writes policies. */
export class PolicyWriter {
  readonly #parts: WriterParts;

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  /**
   * Sends the changes of a phase, in any order.
   *
   * @throws ApiError the first failure, after all changes were answered
   */
  async apply(phase: Phase): Promise<readonly Written[]> {
    return fewAtATime(phase.changes, (change) => this.#send(change));
  }

  async #send(change: PolicyChange): Promise<Written> {
    const { drifts, metrics } = this.#parts;
    const effective = await this.#sendOnce(change);
    const correctsDrift = drifts.corrects(change);
    metrics.wrote(change, correctsDrift);
    return { change, effective, correctsDrift };
  }

  /** Returns whether it was stored as it was sent. */
  async #sendOnce(change: PolicyChange): Promise<boolean> {
    switch (change.action) {
      case 'create':
        return this.#write(change, 'POST', policiesPath(change.policy.namespace), {});
      case 'replace': {
        const { resourceVersion } = change;
        return this.#write(change, 'PUT', policyPath(change.policy), { resourceVersion });
      }
      case 'delete':
        await this.#delete(change);
        return true;
    }
  }

  async #write(
    change: Exclude<PolicyChange, { action: 'delete' }>,
    method: 'POST' | 'PUT',
    path: string,
    metadata: { resourceVersion?: string },
  ): Promise<boolean> {
    const body = manifestOf(change.policy, metadata);
    const stored = (await this.#parts.client.request(method, path, { body })) as RawObject;
    const policy = readPolicy(stored);
    this.#parts.policies.record(policy);
    const is = policy.ours ? policy.fingerprint : fingerprint(stored.spec);
    return is === change.fingerprint;
  }

  async #delete(change: PolicyChange & { action: 'delete' }): Promise<void> {
    const { key, uid, resourceVersion } = change;
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid, resourceVersion } };
    try {
      await this.#parts.client.request('DELETE', policyPath(key), { body });
    } catch (error) {
      if (classify(error) !== 'gone') throw error;
    }
    this.#parts.policies.recordRemoval({ ...key, uid, resourceVersion });
  }
}

function policiesPath(namespace: string): string {
  return `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`;
}

function policyPath(key: ObjectKey): string {
  return `${policiesPath(key.namespace)}/${key.name}`;
}
