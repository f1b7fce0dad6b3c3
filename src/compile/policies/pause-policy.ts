// The policy that allows everything while a namespace is paused.
// Must not know what time it is: the view says which pauses are over.
import { type Direction, directions, nonEmpty } from '../../model/network-policy.ts';
import type { DesiredPolicy, Owner } from '../../model/policies.ts';
import { pauseName } from '../../model/policy-names.ts';
import type { ClusterView, PauseFacts } from '../../view/cluster-view.ts';
import type { LocalNamespace } from '../local/local-namespace.ts';

/** A pause that is not over, and the directions in which it allows something that is denied without it. */
export interface ActivePause {
  readonly pause: PauseFacts;
  readonly until: string;
  readonly reason: string;
  /** Never empty. */
  readonly directions: readonly Direction[];
}

/** The pauses that open a namespace, ordered by name. */
export function activePauses(
  { pauses }: Pick<ClusterView, 'pauses'>,
  { facts, egress, isCompiled }: LocalNamespace,
): readonly ActivePause[] {
  if (!isCompiled) return [];
  // A policy for a direction that the ring leaves open would isolate the pods, as soon as it loses its rule.
  const fenced = egress.mode === 'Unrestricted' ? (['Ingress'] as const) : directions;
  return (pauses.get(facts.name) ?? []).flatMap((pause) => {
    if (pause.isOver || !pause.decoded.ok) return [];
    const { direction, until, reason } = pause.decoded.value.spec;
    const opened = fenced.filter((each) => direction === undefined || direction === each);
    return opened.length === 0 ? [] : [{ pause, until, reason, directions: opened }];
  });
}

/** One policy for all pauses of a namespace: it goes when the last of them ends. */
export function pausePolicies(
  namespace: string,
  owner: Owner,
  active: readonly ActivePause[],
): readonly DesiredPolicy[] {
  const opened = nonEmpty(
    directions.filter((direction) => active.some((each) => each.directions.includes(direction))),
  );
  if (opened === undefined) return [];
  const everyone = [{}] as const;
  return [
    {
      namespace,
      name: pauseName,
      owner,
      description: `Allows everything ${inWords(opened)} the pods of this namespace while it is paused: \`kubectl get networkpauses\` shows until when`,
      // No particular pause, because nobody corrects this when one of several ends. One for both of its rules: each is the first of
      // its direction.
      origins: [['NetworkPause']],
      spec: {
        podSelector: {},
        policyTypes: opened,
        ...(opened.includes('Ingress') ? { ingress: everyone } : {}),
        ...(opened.includes('Egress') ? { egress: everyone } : {}),
      },
    },
  ];
}

/** As in `everything to and from the pods`. */
export function inWords(opened: readonly Direction[]): string {
  return opened.map((direction) => (direction === 'Ingress' ? 'to' : 'from')).join(' and ');
}
