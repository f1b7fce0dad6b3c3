// The finding that a transition can't keep all pods open, so that some lose their connections for a moment.
// Must not know which pods these are.
import type { Finding } from '../model/findings.ts';
import type { Direction } from '../model/network-policy.ts';
import type { PodsToOpen } from './changing-pods.ts';

/** The finding, if there is one. */
export function openedInPart(
  namespace: string,
  changing: ReadonlyMap<Direction, PodsToOpen>,
): readonly Finding[] {
  const partial = [...changing].filter(([, { isPartial }]) => isPartial).map(([direction]) => direction);
  if (partial.length === 0) return [];
  return [
    {
      code: 'OpenedInPart',
      subject: { kind: 'Namespace', name: namespace },
      message: `while \`${namespace}\` is closed or opened, some of its pods may lose connections (${partial.join(', ')}): the selectors of foreign policies are too complex to open only the pods that change`,
      hint: 'new connections work again once the policies are written; to avoid this, first give these pods a default deny of their own',
    },
  ];
}
