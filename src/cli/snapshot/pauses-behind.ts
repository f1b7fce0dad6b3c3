// The pauses behind a rule that allows everything: until when, why, and who wrote them.
// Must not know what the answer would be without them.
import type { RuleReason } from '../../analyze/explain.ts';
import type { PolicyFacts } from '../../analyze/facts.ts';
import { isPauseName } from '../../model/policy-names.ts';
import { authorOf } from './author.ts';
import type { ClusterSnapshot } from './cluster-snapshot.ts';

/** A NetworkPause that asks for a rule. */
export interface PauseBehind {
  readonly name: string;
  /** The namespace that it pauses. */
  readonly namespace: string;
  /** RFC 3339. */
  readonly until: string;
  readonly reason: string;
  /** Whether that time is over: then only its policy is still there. */
  readonly isOver: boolean;
  /** Who paused, or else the controller or the program that wrote it; absent if that is not known. */
  readonly by?: string;
  /** When it was created, as RFC 3339; absent if it has not been. */
  readonly since?: string;
}

/** Finds the pauses behind a rule; none if it is not the rule of a pause. */
export type PausesBehind = (rule: Pick<RuleReason, 'policy'>) => readonly PauseBehind[];

/** Whether a policy is the one that a pause adds. */
export function isOfPause({ name, owner }: Pick<PolicyFacts, 'name' | 'owner'>): boolean {
  return owner !== undefined && isPauseName(name);
}

/** The pauses of a snapshot. One that is over counts as well: while its policy exists, it is why. */
export function pausesBehind({
  cluster,
  objects,
}: Pick<ClusterSnapshot, 'cluster' | 'objects'>): PausesBehind {
  const { pauses } = cluster.view();
  const written = objects.filter(({ kind }) => kind === 'NetworkPause').map(({ metadata }) => metadata);
  const metadataOf = new Map(written.map((metadata) => [metadata.name, metadata]));
  return ({ policy }) => {
    if (!isOfPause(policy)) return [];
    const known = pauses.get(policy.namespace) ?? [];
    const open = known.filter(({ isOver }) => !isOver);
    return (open.length > 0 ? open : known).flatMap(({ name, decoded, isOver, by: person }) => {
      if (!decoded.ok) return [];
      const { namespace, until, reason } = decoded.value.spec;
      const metadata = metadataOf.get(name);
      const by = person ?? (metadata && authorOf(metadata));
      const since: unknown = metadata?.creationTimestamp;
      return {
        ...{ name, namespace, until, reason, isOver },
        ...(by === undefined ? {} : { by }),
        ...(typeof since === 'string' ? { since } : {}),
      };
    });
  };
}
