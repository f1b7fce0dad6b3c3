// Where a policy comes from, as far as its object tells: who answers for it, and when it was created.
// Must not know what it allows. What files say of it was not checked by anybody.
import type { PolicyReason } from '../../analyze/explain.ts';
import { parseWallTime } from '../../kube/wall-time.ts';
import { type NonEmpty, nonEmpty } from '../../model/network-policy.ts';
import { formatKey } from '../../model/object-key.ts';
import { authorOf } from '../snapshot/author.ts';
import { type ClusterSnapshot, objectKey } from '../snapshot/cluster-snapshot.ts';
import { isOfPause, type PauseBehind, pausesBehind } from '../snapshot/pauses-behind.ts';

/** Where a policy comes from. */
export interface PolicyOrigin {
  /**
   * `platform`, or the namespace whose profile it was generated from, as in `namespace shop`; of a policy of somebody else its
   * controller, as in `Kafka events`, or else the program that wrote it last; of a pause that of its NetworkPause. Absent if none of
   * that is known.
   */
  readonly owner?: string;
  /** When its object was created, as RFC 3339, or the first of its pauses; absent if it has not been written. */
  readonly since?: string;
  /** When the last of its pauses ends, as RFC 3339; absent if it is not of a pause. */
  readonly until?: string;
  /** Why it is paused. */
  readonly reason?: string;
  /** Its pauses, as in `NetworkPause/shop`: the policy names none of them. */
  readonly origins?: readonly string[];
}

/** Finds the origin of a policy. */
export type OriginOf = (policy: PolicyReason) => PolicyOrigin;

/** The origins of the policies among some objects, and of those that are compiled from profiles. */
export function policyOrigins({ objects, cluster }: Pick<ClusterSnapshot, 'objects' | 'cluster'>): OriginOf {
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
  const byKey = new Map(policies.map((object) => [formatKey(objectKey(object)), object.metadata]));
  const behind = pausesBehind({ objects, cluster });
  return (policy) => {
    const pauses = nonEmpty(behind({ policy }));
    if (pauses !== undefined) return originOf(pauses);
    const metadata = byKey.get(formatKey(policy));
    const since: unknown = metadata?.creationTimestamp;
    const created = typeof since === 'string' ? { since } : {};
    // Nobody answers for it any more: the platform only wrote it.
    if (isOfPause(policy)) return { ...created, origins: ['a NetworkPause that is gone'] };
    const owner = ownerOf(policy) ?? (metadata && authorOf(metadata));
    return {
      ...(owner === undefined ? {} : { owner }),
      ...created,
    };
  };
}

function originOf(pauses: NonEmpty<PauseBehind>): PolicyOrigin {
  const authors = [...new Set(pauses.flatMap(({ by = [] }) => by))];
  const [since] = pauses.flatMap(({ since: created = [] }) => created).toSorted();
  const byEnd = pauses.toSorted((a, b) => (parseWallTime(a.until) ?? 0) - (parseWallTime(b.until) ?? 0));
  return {
    ...(authors.length === 0 ? {} : { owner: authors.join(', ') }),
    ...(since === undefined ? {} : { since }),
    until: (byEnd.at(-1) ?? pauses[0]).until,
    reason: pauses.map(({ reason }) => reason).join('; '),
    origins: pauses.map(({ name }) => `NetworkPause/${name}`),
  };
}

function ownerOf({ owner, namespace }: PolicyReason): string | undefined {
  if (owner === undefined) return undefined;
  return owner.kind === 'PlatformNetworkProfile' ? 'platform' : `namespace ${namespace}`;
}
