// Names for policies of ours if a foreign object already has the name: that object is left alone.
// Must not know what a policy is for.

import { aboutPolicy, type Finding } from '../model/findings.ts';
import { compareKeys } from '../model/object-key.ts';
import {
  type ActualPolicies,
  type DesiredPolicy,
  type ForeignPolicy,
  managedByLabel,
} from '../model/policies.ts';
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
  const taken = foreignByName(actual);
  const unavailable = new Set([...taken.keys(), ...held]);
  const findings: Finding[] = [];
  const renamed = [...desired].sort(compareKeys).map((policy) => {
    const name = freeName(policy.name, unavailable);
    if (name === policy.name) return policy;
    const foreign = taken.get(policy.name);
    if (foreign !== undefined) findings.push(nameTaken(foreign, name));
    return { ...policy, name };
  });
  return { desired: renamed, findings };
}

/** The foreign objects by their names. */
export function foreignByName(actual: ActualPolicies): ReadonlyMap<string, ForeignPolicy> {
  return new Map(actual.foreign.map((policy) => [policy.name, policy]));
}

/** `name`, or the first of its alternative names that is free. */
export function freeName(name: string, taken: { has(name: string): boolean }): string {
  let free = name;
  while (taken.has(free)) free = secondName(free);
  return free;
}

/** The finding that a foreign object has a name of ours, so that ours is called `ours`. */
export function nameTaken({ namespace, name, unlabelled }: ForeignPolicy, ours: string): Finding {
  const { key, value } = managedByLabel;
  const label = `${key}=${value}`;
  const command = `\`kubectl delete networkpolicy ${name} -n ${namespace}\``;
  return aboutPolicy(
    { namespace, name },
    'NameTaken',
    unlabelled
      ? {
          message: `somebody removed the label \`${label}\` of \`${name}\`, so Ringfence takes it for a policy of others; ours is \`${ours}\``,
          hint: `delete the one without the label: ${command}`,
        }
      : {
          message: `a NetworkPolicy that Ringfence did not write has the name \`${name}\`; ours is \`${ours}\``,
          hint: `delete it if it is a leftover: ${command}`,
        },
  );
}
