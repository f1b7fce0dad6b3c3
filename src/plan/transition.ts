// The temporary policies that keep connections open while a live namespace is being closed or opened.
// Must not know when they are needed, nor which other policies have such names.
import type { Direction, NonEmpty } from '../model/network-policy.ts';
import type { ObjectKey } from '../model/object-key.ts';
import type { DesiredPolicy, Owner } from '../model/policies.ts';
import type { LabelSelector } from '../model/selectors.ts';

/** Allows everything in the given directions (at least one) to and from some pods of a namespace: `{}` is every pod. */
export function transitionPolicy(
  key: ObjectKey,
  directions: readonly Direction[],
  owner: Owner,
  podSelector: LabelSelector = {},
): DesiredPolicy {
  const everyone = [{}] as const;
  return {
    ...key,
    owner,
    description:
      'Allows everything for the few seconds in which the default policies are written or deleted, for pods that nothing else isolates before and after',
    spec: {
      podSelector,
      policyTypes: directions as NonEmpty<Direction>,
      ...(directions.includes('Ingress') ? { ingress: everyone } : {}),
      ...(directions.includes('Egress') ? { egress: everyone } : {}),
    },
  };
}
