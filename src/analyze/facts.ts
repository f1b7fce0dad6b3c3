// The input of the analysis: namespaces, workloads with their pods, Services and NetworkPolicies, as plain data.
// NetworkPolicies of any author: must not know profiles. The facts are checked when they are made: see src/objects.
import type { CniFacts } from '../model/cni-facts.ts';
import type { Direction } from '../model/network-policy.ts';
import type { ObjectKey } from '../model/object-key.ts';
import type { Owner } from '../model/policies.ts';
import type { LabelSelector, Labels } from '../model/selectors.ts';
import type { AddressedServiceFacts, ServiceFacts } from '../model/services.ts';
import type { ContainerPort, RulePort } from './rule-ports.ts';

/** Everything that the analysis knows of the cluster. Each key is in each list once. */
export interface AnalysisInput {
  /** A namespace that is not in the list has only the label `kubernetes.io/metadata.name`, which every namespace has. */
  readonly namespaces: readonly { readonly name: string; readonly labels: Labels }[];
  readonly workloads: readonly WorkloadFacts[];
  /** With their addresses, as far as they are known. */
  readonly services: readonly (ServiceFacts & Partial<AddressedServiceFacts>)[];
  readonly policies: readonly PolicyFacts[];
  /** The address ranges of the cluster; what is absent is not known. */
  readonly ranges?: { readonly pods?: readonly string[]; readonly services?: readonly string[] };
  /** What the CNI does in its own way; what is absent is not known. */
  readonly cni?: CniFacts;
}

/** A workload: something that creates pods, or a pod that nothing creates. Several kinds may have a workload with the same name. */
export interface WorkloadFacts extends ObjectKey {
  /** `Pod`, `Deployment`, `StatefulSet`, … */
  readonly kind: string;
  /** The running pods; or one without a name, from its template. */
  readonly pods: readonly PodFacts[];
}

/** A pod, as far as a policy can tell it from another. */
export interface PodFacts {
  /** Absent for a pod that is not known to run. */
  readonly name?: string;
  readonly labels: Labels;
  readonly ports: readonly ContainerPort[];
  /** Of both families; empty where they are not known. A pod in the host's network has its node's. */
  readonly addresses: readonly string[];
  /** No selector selects such a pod, so that policies do not reach it. */
  readonly hostNetwork: boolean;
}

/** A NetworkPolicy. What the compiler wants (`DesiredPolicy`) is one, too. */
export interface PolicyFacts extends ObjectKey {
  readonly spec: PolicySpec;
  /** The profile that it was generated from, if it is ours. */
  readonly owner?: Pick<Owner, 'kind' | 'name'>;
  /** For each rule, the routes or objects that ask for it, if that is known. */
  readonly origins?: readonly (readonly string[])[];
}

/** A `networking.k8s.io/v1` NetworkPolicySpec as it is stored, whoever wrote it. */
export interface PolicySpec {
  readonly podSelector: LabelSelector;
  /** If it is absent or empty: Ingress, and also Egress if there are egress rules. */
  readonly policyTypes?: readonly Direction[];
  readonly ingress?: readonly PolicyRule[];
  readonly egress?: readonly PolicyRule[];
}

/** A rule; an ingress rule has `from`, an egress rule has `to`. */
export interface PolicyRule {
  /** If absent or empty: everyone. */
  readonly from?: readonly PolicyPeer[];
  /** If absent or empty: everyone. */
  readonly to?: readonly PolicyPeer[];
  /** If absent or empty: every port. */
  readonly ports?: readonly RulePort[];
}

/** One peer of a rule: an `ipBlock`, or pods, where both selectors must hold. */
export interface PolicyPeer {
  /** If absent: the policy's own namespace. */
  readonly namespaceSelector?: LabelSelector;
  /** If absent: every pod. */
  readonly podSelector?: LabelSelector;
  /** CIDRs whose host bits may be set: the API server takes them and CNIs mask them. */
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}
