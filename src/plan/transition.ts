// The temporary policy that keeps connections open while a live namespace is being closed or opened.
// Must not know when it is needed, nor what else is called as it is.
import type { Direction, NonEmpty } from '../model/network-policy.ts';
import type { ObjectKey } from '../model/object-key.ts';
import type { DesiredPolicy, Owner } from '../model/policies.ts';

/** Allows everything in the given directions (at least one) to and from every pod of a namespace. */
export function transitionPolicy(
  key: ObjectKey,
  directions: readonly Direction[],
  owner: Owner,
): DesiredPolicy {
  const everyone = [{}] as const;
  return {
    ...key,
    owner,
    description:
      'Allows everything for the few seconds in which the default policies are written or taken away',
    spec: {
      podSelector: {},
      policyTypes: directions as NonEmpty<Direction>,
      ...(directions.includes('Ingress') ? { ingress: everyone } : {}),
      ...(directions.includes('Egress') ? { egress: everyone } : {}),
    },
  };
}
