// Policies as the planner sees them: which should exist, which exist, and which of these are ours.
// Must not know profiles or clients.

import type { Direction, NetworkPolicySpec, Peer, PolicyPort } from './network-policy.ts';
import type { ObjectKey } from './object-key.ts';
import type { MatchBy } from './rule-fingerprints.ts';
import type { LabelSelector, Labels } from './selectors.ts';

/** Every name that Ringfence gives starts with this. */
export const namePrefix = 'ringfence-';

/** The label, with its value, that marks an object as ours. */
export const managedByLabel = { key: 'app.kubernetes.io/managed-by', value: 'ringfence' } as const;

/** Whether a policy is ours: it has both our prefix and our label, whatever its owner. */
export function isOurs(name: string, labels: Labels): boolean {
  return name.startsWith(namePrefix) && labels[managedByLabel.key] === managedByLabel.value;
}

/** Names the profile that a policy was generated from (absent on the platform's policies). */
export const profileLabel = 'ringfence.dev/profile';

/** Describes a policy in a sentence: what it does and who asked for it. */
export const descriptionAnnotation = 'ringfence.dev/description';

/** Lists the routes or objects that ask for each rule of a policy, as JSON. */
export const routesAnnotation = 'ringfence.dev/routes';

/** For rules of a policy, by index and as JSON, the route end whose addresses were discovered for them. */
export const discoveredForAnnotation = 'ringfence.dev/found-for';

/** The API group and version of our custom resources. */
export const apiVersion = 'ringfence.dev/v1alpha1';

/** The profile that a policy belongs to: garbage collection deletes the policy with it. */
export interface Owner {
  readonly kind: 'PlatformNetworkProfile' | 'AppNetworkProfile';
  readonly name: string;
  readonly uid: string;
}

/** A policy that should exist. */
export interface DesiredPolicy extends ObjectKey {
  readonly owner: Owner;
  readonly spec: NetworkPolicySpec;
  /** One sentence for the person who finds the policy with kubectl; a change of only this sentence is no difference. */
  readonly description: string;
  /** For each rule, the routes or objects that ask for it; absent where it is the platform's own. */
  readonly origins?: readonly (readonly string[])[];
  /** For a rule, by its index, the route end that its addresses were found out for; absent where somebody wrote them. */
  readonly discoveredFor?: Readonly<Record<number, string>>;
}

/** A rule that must not be written because a fact is missing, but stays if it is already enforced. */
export interface WithheldRule {
  /** The policy that it belongs to, with only this rule; another policy with the same name may contain the rules to write. */
  readonly policy: DesiredPolicy;
  /** Its index among all rules of that policy. */
  readonly at: number;
  readonly matchBy: MatchBy;
}

/** The last author of an object's spec, from its managedFields. */
export interface Edit {
  readonly manager: string;
  /** Such as `Update` or `Apply`. */
  readonly operation: string;
  /** RFC 3339. */
  readonly time: string;
}

/**
 * A policy of ours that exists, reduced to what a comparison needs.
 *
 * `isolates`, `podSelector` and `fingerprint` describe its spec; `ownerUid` is its controller's uid, or `''` if it has none.
 * `mirrors` are the namespaces whose ingress rules it mirrors; empty if it is no mirror. `addressRuleFingerprints` identify its rules
 * for addresses (`ruleFingerprints`).
 */
export interface OwnedPolicy extends ObjectKey {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly ownerUid: string;
  readonly fingerprint: string;
  readonly isolates: readonly Direction[];
  readonly podSelector: LabelSelector;
  readonly mirrors: readonly string[];
  readonly addressRuleFingerprints: readonly string[];
  readonly beingDeleted: boolean;
  /** Whether it has labels, annotations or finalizers of others, which must stay. */
  readonly hasForeignMetadata?: true;
  /** Whether its profile label does not match its owner. */
  readonly mislabelled?: true;
  /** The last edit of its spec or owner by somebody else; absent if all of these are ours. */
  readonly foreignEdit?: Edit;
}

/** A rule as it is stored; no peers means everyone, no ports every port. */
export interface StoredRule {
  readonly peers: readonly Peer[];
  readonly ports: readonly PolicyPort[];
  /** Who asked for it: routes (`namespace/profile/route` in a mirror) or objects; `undefined` if some are not known. */
  readonly origins: readonly string[] | undefined;
  /** The route end whose addresses were discovered for it; `undefined` if somebody wrote them, or if it is not known. */
  readonly discoveredFor: string | undefined;
}

/** The content of an existing policy of ours, for the few policies that need more than a fingerprint. */
export interface StoredContent {
  readonly owner: Owner;
  readonly description: string;
  readonly pods: LabelSelector;
  readonly direction: Direction;
  readonly rules: readonly StoredRule[];
}

/** A policy of another author, reduced to what a finding needs. */
export interface ForeignPolicy extends ObjectKey {
  readonly podSelector: LabelSelector;
  /** The directions in which it isolates the pods that it selects. */
  readonly isolates: readonly Direction[];
  /** The directions in which one of its rules allows everyone, on every port. */
  readonly allowsEveryone: readonly Direction[];
  /** Whether it has an owner of Ringfence: it was ours until somebody removed the label. */
  readonly unlabelled?: true;
}

/** What exists in one namespace. */
export interface ActualPolicies {
  readonly owned: readonly OwnedPolicy[];
  readonly foreign: readonly ForeignPolicy[];
}
