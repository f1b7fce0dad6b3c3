// One namespace whose policies change as the API server changes them, for following a plan change by change; and which
// connections of its two pods the policies let through. Must not know how a plan comes about.
import type { RawObject } from '../src/kube/resource.ts';
import type { Direction, NetworkPolicySpec } from '../src/model/network-policy.ts';
import {
  type ActualPolicies,
  type DesiredPolicy,
  managedByLabel,
  type OwnedPolicy,
} from '../src/model/policies.ts';
import { type Labels, selects } from '../src/model/selectors.ts';
import { readPolicy } from '../src/objects/policy-resources.ts';
import type { PolicyChange } from '../src/plan/changes.ts';
import { manifestOf } from '../src/plan/manifest.ts';

/** The pods of the namespace, by their labels. */
const pods = [{ app: 'web' }, { app: 'mongo' }] as const;

/** The ports on which somebody connects to them, or they to somebody. */
export const ports = [1, 2, 3] as const;

/** A connection of a pod in one direction on one port, as in `Ingress web:1`. */
export type Connection = string;

/** A policy as it is stored. */
interface Stored {
  readonly metadata: RawObject['metadata'];
  readonly spec: NetworkPolicySpec;
}

/** What there is in one namespace, from the view of the API server. */
export class SimulatedNamespace {
  readonly #stored = new Map<string, Stored>();
  #version = 1;

  /** Somebody creates a policy of ours; `isDying` is one that is deleted and waits for a finalizer. */
  create(policy: DesiredPolicy, isDying = false): void {
    if (this.#stored.has(policy.name)) throw new Error(`409: ${policy.name} exists already`);
    this.#put(policy, isDying ? { deletionTimestamp: '2026-01-02T15:04:05Z' } : {});
  }

  /** Somebody creates a policy that is not ours. */
  createForeign(name: string, spec: NetworkPolicySpec): void {
    this.#version += 1;
    const resourceVersion = String(this.#version);
    this.#stored.set(name, {
      metadata: { namespace: 'shop', name, uid: `uid-${resourceVersion}`, resourceVersion },
      spec,
    });
  }

  /**
   * Sends a change.
   *
   * @throws if the API server would refuse it, because it was decided on another state
   */
  apply(change: PolicyChange): void {
    switch (change.action) {
      case 'create':
        this.create(change.policy);
        break;
      case 'replace':
        this.#require(change.policy.name, change.resourceVersion);
        this.#put(change.policy, {});
        break;
      case 'delete':
        this.#require(change.key.name, change.resourceVersion, change.uid);
        this.#stored.delete(change.key.name);
    }
  }

  /** The finalizers have run: what waits for one is gone. */
  finishDeletions(): void {
    for (const [name, { metadata }] of this.#stored) {
      if (metadata.deletionTimestamp !== undefined) this.#stored.delete(name);
    }
  }

  /** What is seen of it, in the order of names or the opposite one. */
  actual(isReversed = false): ActualPolicies {
    const all = [...this.#stored.values()]
      .map(readPolicy)
      .sort((a, b) => (a.name < b.name !== isReversed ? -1 : 1));
    return { owned: all.filter((policy) => policy.ours), foreign: all.filter((policy) => !policy.ours) };
  }

  /** Every policy that is not ours, as it is stored. */
  get foreign(): readonly Stored[] {
    return [...this.#stored.values()].filter(
      ({ metadata }) => metadata.labels?.[managedByLabel.key] !== managedByLabel.value,
    );
  }

  /** The policy of ours with this name. */
  owned(name: string): OwnedPolicy | undefined {
    return this.actual().owned.find((policy) => policy.name === name);
  }

  /** The connections that get through: of pods that nothing isolates, and those that a policy allows. */
  connections(direction: Direction): ReadonlySet<Connection> {
    return new Set(
      pods.flatMap((pod) => {
        const isolating = [...this.#stored.values()]
          .map(({ spec }) => spec)
          .filter((spec) => spec.policyTypes.includes(direction) && selects(spec.podSelector, pod));
        return ports
          .filter((port) => isolating.length === 0 || isolating.some((spec) => lets(spec, direction, port)))
          .map((port) => `${direction} ${pod.app}:${port}`);
      }),
    );
  }

  /** Whether any policy isolates a pod with these labels. */
  isolates(direction: Direction, pod: Labels): boolean {
    return [...this.#stored.values()].some(
      ({ spec }) => spec.policyTypes.includes(direction) && selects(spec.podSelector, pod),
    );
  }

  #put(policy: DesiredPolicy, more: { readonly deletionTimestamp?: string }): void {
    this.#version += 1;
    const sent = manifestOf(policy) as Stored;
    const uid = this.#stored.get(policy.name)?.metadata.uid ?? `uid-${this.#version}`;
    this.#stored.set(policy.name, {
      ...sent,
      metadata: { ...sent.metadata, uid, resourceVersion: String(this.#version), ...more },
    });
  }

  #require(name: string, resourceVersion: string, uid?: string): void {
    const found = this.#stored.get(name)?.metadata;
    if (found === undefined) throw new Error(`404: there is no ${name}`);
    if (found.resourceVersion !== resourceVersion || found.uid !== (uid ?? found.uid)) {
      throw new Error(`409: ${name} is another one by now`);
    }
  }
}

/** Every connection in a direction. */
export function everyConnection(direction: Direction): ReadonlySet<Connection> {
  return new SimulatedNamespace().connections(direction);
}

function lets(spec: NetworkPolicySpec, direction: Direction, port: number): boolean {
  const rules = (direction === 'Ingress' ? spec.ingress : spec.egress) ?? [];
  return rules.some(
    (rule) => rule.ports === undefined || rule.ports.some((allowed) => allowed.port === port),
  );
}
