// What the analysis takes and gives: NetworkPolicies and pods in, connectivity with its reasons out.
// Speaks of NetworkPolicies, whoever wrote them; must not know a profile.
import type { Direction } from '../model/network-policy.ts';
import type { ObjectKey } from '../model/object-key.ts';
import type { PortInterval, Protocol } from '../model/ports.ts';
import type { LabelSelector, Labels } from '../model/selectors.ts';

/** A pod, or the pods of a workload, which are all alike. */
export interface WorkloadFacts extends ObjectKey {
  /** `Pod`, `Deployment`, `StatefulSet`, … */
  readonly kind: string;
  readonly labels: Labels;
  /** Named ports are resolved for each pod by itself. */
  readonly ports: readonly { readonly name?: string; readonly protocol: Protocol; readonly number: number }[];
  /** Known only of pods that run. */
  readonly addresses: readonly string[];
  /** No selector selects such a pod, so that policies do not reach it. */
  readonly hostNetwork: boolean;
}

/** A rule of a NetworkPolicy as it is stored; an absent or empty list of peers means everyone, one of ports all. */
export interface RuleFacts {
  readonly peers?: readonly {
    readonly namespaceSelector?: LabelSelector;
    readonly podSelector?: LabelSelector;
    readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
  }[];
  readonly ports?: readonly {
    readonly protocol?: Protocol;
    readonly port?: number | string;
    readonly endPort?: number;
  }[];
}

/** A NetworkPolicy as it is stored. */
export interface PolicyFacts extends ObjectKey {
  readonly podSelector: LabelSelector;
  /** Where it is left out it includes Ingress, and Egress where there are egress rules (networking/v1). */
  readonly policyTypes?: readonly Direction[];
  readonly ingress?: readonly RuleFacts[];
  readonly egress?: readonly RuleFacts[];
  /** The profile and routes that it was generated from, where it is ours. */
  readonly origin?: string;
}

/** Everything that the analysis knows of the world. */
export interface AnalysisInput {
  readonly namespaces: readonly { readonly name: string; readonly labels: Labels }[];
  readonly workloads: readonly WorkloadFacts[];
  readonly policies: readonly PolicyFacts[];
}

/** One end of a connection: a workload, or addresses outside of all pods. */
export type Endpoint = { readonly workload: ObjectKey } | { readonly cidr: string };

/** Why a connection is allowed, or not, on one of its two sides. */
export interface Reason {
  readonly side: Direction;
  /** The rule of a policy that allows it; absent where no policy isolates the pod in this direction. */
  readonly policy?: ObjectKey;
  /** The index of the rule; absent for a policy that isolates without allowing it. */
  readonly rule?: number;
}

/** What one end can reach at another. */
export interface Connection {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly protocol: Protocol;
  readonly ports: readonly PortInterval[];
  readonly reasons: readonly Reason[];
}

/** Everything that is allowed; what is not in it is denied. */
export interface Connectivity {
  readonly connections: readonly Connection[];
}

/** The analysis: pure, exact, and independent of the order of its input. */
export type Analyze = (input: AnalysisInput) => Connectivity;
