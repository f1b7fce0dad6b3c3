// Names for policies of ours if a foreign object already has the name: that object is left alone.
// Must not know what a policy is for.

import { aboutPolicy, type Finding } from '../model/findings.ts';
import { compareKeys, type ObjectKey } from '../model/object-key.ts';
import type { ActualPolicies, DesiredPolicy } from '../model/policies.ts';
import { secondName } from '../model/policy-names.ts';

/**
 * The policies, in the order of their own names, each under the first name that no foreign object has.
 *
 * @param held names of policies of ours that stay as they are
 */
export function withFreeNames(
  desired: readonly DesiredPolicy[],
  actual: ActualPolicies,
  held: ReadonlySet<string>,
): { readonly desired: readonly DesiredPolicy[]; readonly findings: readonly Finding[] } {
  const taken = namesTaken(actual);
  const unavailable = new Set([...taken, ...held]);
  const findings: Finding[] = [];
  const renamed = [...desired].sort(compareKeys).map((policy) => {
    const name = freeName(policy.name, unavailable);
    if (name === policy.name) return policy;
    if (taken.has(policy.name)) findings.push(nameTaken(policy, name));
    return { ...policy, name };
  });
  return { desired: renamed, findings };
}

/** The names of foreign objects. */
export function namesTaken(actual: ActualPolicies): ReadonlySet<string> {
  return new Set(actual.foreign.map((policy) => policy.name));
}

/** `name`, or the first of its alternative names that is free. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  while (taken.has(free)) free = secondName(free);
  return free;
}

/** The finding that a foreign object has the name `key.name`, so that ours is called `name`. */
export function nameTaken({ namespace, name }: ObjectKey, ours: string): Finding {
  return aboutPolicy({ namespace, name }, 'NameTaken', {
    message: `a NetworkPolicy that Ringfence did not write has the name \`${name}\`; ours is \`${ours}\``,
    hint: `delete it if it is a leftover: \`kubectl delete networkpolicy ${name} -n ${namespace}\``,
  });
}
