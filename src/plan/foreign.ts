// Findings about policies of other authors in a ringed namespace: policies add up, so one that allows
// everyone overrides every guardrail. Ringfence never changes them. Must not know which pods exist.
import { quoteSome } from '../model/counted.ts';
import { aboutNamespace, aboutPolicy, type Finding } from '../model/findings.ts';
import type { Direction } from '../model/network-policy.ts';
import { compareText } from '../model/object-key.ts';
import type { ForeignPolicy } from '../model/policies.ts';

/** A message names this many policies, and counts the rest. */
const maxNamed = 5;

/**
 * The findings about somebody else's policies in a namespace, ordered.
 *
 * @param isolated the directions that the ring isolates; in the others everything is allowed anyway
 */
export function foreignFindings(
  namespace: string,
  foreign: readonly ForeignPolicy[],
  isolated: readonly Direction[],
): readonly Finding[] {
  if (foreign.length === 0 || isolated.length === 0) return [];
  const sorted = [...foreign].sort((a, b) => compareText(a.name, b.name));
  const named = quoteSome(
    sorted.map(({ name }) => name),
    maxNamed,
  );
  const counted = aboutNamespace(namespace, 'ForeignPolicy', {
    message: `policies that Ringfence did not write add to the ring of \`${namespace}\` (${sorted.length}): ${named}`,
    hint: `see what they allow with \`kubectl describe networkpolicy -n ${namespace}\``,
  });
  const open = sorted.flatMap((policy) => {
    const opened = isolated.filter((direction) => policy.allowsEveryone.includes(direction));
    return opened.length === 0 ? [] : [allowAll(namespace, policy.name, opened)];
  });
  return [counted, ...open];
}

function allowAll(namespace: string, name: string, opened: readonly Direction[]): Finding {
  const words = { Ingress: 'allows all ingress', Egress: 'allows all egress of its pods' } as const;
  return aboutPolicy({ namespace, name }, 'ForeignAllowAll', {
    message: `\`${name}\`, which Ringfence did not write, ${opened.map((direction) => words[direction]).join(' and ')}: for the pods that it selects, the ring is open`,
    hint: `delete it if it is not intended: \`kubectl delete networkpolicy ${name} -n ${namespace}\``,
  });
}
