// Ports of rules in a form that the CNI of the cluster does not follow, as the canary found: ranges and names.
import { aboutPolicy, type Finding } from '../../model/findings.ts';
import type { RulePort } from '../rule-ports.ts';
import { eachPort } from './check.ts';
import type { LintContext } from './lint-context.ts';

/**
 * Finds ranges and names that are not followed. A CNI without support for `endPort` applies a rule to its first port alone
 * (https://kubernetes.io/docs/concepts/services-networking/network-policies/#targeting-a-range-of-ports).
 */
export function portIsNotFollowed(context: LintContext): readonly Finding[] {
  return eachPort(context, (port, path, { policy }) => {
    const what = unfollowed(port, context);
    return what === undefined ? [] : [aboutPolicy(policy, 'PortNotFollowed', { path, ...what })];
  });
}

function unfollowed(
  { port, endPort }: RulePort,
  { cni }: LintContext,
): { readonly message: string; readonly hint: string } | undefined {
  const found = 'as the canary found';
  if (typeof port === 'string' && cni.NamedPort === false)
    return {
      message: `the CNI of this cluster does not follow the names of ports, ${found}: \`${port}\` may allow nothing`,
      hint: 'write the number of the port',
    };
  if (endPort === undefined || endPort === port || cni.EndPort !== false) return undefined;
  return {
    message: `the CNI of this cluster does not follow ranges of ports, ${found}: of ${port}-${endPort} it may allow ${port} alone`,
    hint: 'write each port of the range',
  };
}
