// The policies that let the ingress controllers reach what Ingresses and routes of the Gateway API expose.
// Must not know what is exposed, nor why.
import type { Direction } from '../../model/network-policy.ts';
import type { DesiredPolicy, Owner } from '../../model/policies.ts';
import type { RequestedAllowRule } from '../local/allow-rule.ts';
import { allowPolicies } from './allow-policies.ts';

/** The policies that let in the ingress controllers. Ordered by name. */
export function exposurePolicies(
  namespace: string,
  owner: Owner,
  allowRules: readonly RequestedAllowRule[],
): readonly DesiredPolicy[] {
  const describe = (_: Direction, pods: string, exposers: string) =>
    `Allows the ingress controllers to reach ${pods}, as exposed by ${exposers}`;
  return allowPolicies({ namespace, owner, stem: 'exposed', describe }, allowRules);
}
