// Findings about policies of other authors in a ringed namespace: policies add up, so one that allows
// everyone overrides every guardrail. Ringfence never changes them. Must not know which pods exist.
import { quoteSome } from '../model/counted.ts';
import { aboutNamespace, aboutPolicy, type Finding } from '../model/findings.ts';
import { type Direction, directions } from '../model/network-policy.ts';
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
    message: `policies that Ringfence did not write add to the ring of \`${namespace}\` (${sorted.length}): ${named}${closing(sorted, isolated)}`,
    hint: `see what they allow with \`kubectl describe networkpolicy -n ${namespace}\``,
  });
  const open = sorted.flatMap((policy) => {
    const opened = isolated.filter((direction) => policy.allowsEveryone.includes(direction));
    return opened.length === 0 ? [] : [allowAll(namespace, policy.name, opened)];
  });
  return [counted, ...open];
}

/** What they deny to the pods that they select, and the ring does not. */
function closing(foreign: readonly ForeignPolicy[], isolated: readonly Direction[]): string {
  return directions
    .filter((direction) => !isolated.includes(direction))
    .map((direction) => ({ direction, by: foreign.filter((policy) => denies(policy, direction)) }))
    .filter(({ by }) => by.length > 0)
    .map(({ direction, by }) => {
      const names = quoteSome(
        by.map(({ name }) => name),
        maxNamed,
      );
      return `; the ring leaves ${direction.toLowerCase()} open, and ${names} ${by.length === 1 ? 'denies' : 'deny'} what no policy allows`;
    })
    .join('');
}

function denies({ isolates, allowsEveryone }: ForeignPolicy, direction: Direction): boolean {
  return isolates.includes(direction) && !allowsEveryone.includes(direction);
}

function allowAll(namespace: string, name: string, opened: readonly Direction[]): Finding {
  const words = { Ingress: 'all ingress', Egress: 'all egress of its pods' } as const;
  return aboutPolicy({ namespace, name }, 'ForeignAllowAll', {
    message: `\`${name}\`, which Ringfence did not write, allows ${opened.map((direction) => words[direction]).join(' and ')}: for the pods that it selects, the ring is open`,
    hint: `delete it if it is not intended: \`kubectl delete networkpolicy ${name} -n ${namespace}\``,
  });
}
