// Where a policy comes from, as far as its object tells: who answers for it, and when it was created.
// Must not know what it allows. What files say of it was not checked by anybody.
import type { PolicyReason } from '../../analyze/explain.ts';
import type { KubernetesObject, RawManagedFields, RawMetadata } from '../../kube/resource.ts';
import { formatKey } from '../../model/object-key.ts';
import { objectKey } from '../snapshot/cluster-snapshot.ts';

/** Where a policy comes from. */
export interface PolicyOrigin {
  /**
   * `platform`, or the namespace whose profile it was generated from, as in `namespace shop`; of a policy of somebody else its
   * controller, as in `Kafka events`, or else the program that wrote it last. Absent if none of that is known.
   */
  readonly owner?: string;
  /** When its object was created, as RFC 3339; absent if it has not been written. */
  readonly since?: string;
}

/** Finds the origin of a policy. */
export type OriginOf = (policy: PolicyReason) => PolicyOrigin;

/** The origins of the policies among some objects, and of those that are compiled from profiles. */
export function policyOrigins(objects: readonly KubernetesObject[]): OriginOf {
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
  const byKey = new Map(policies.map((object) => [formatKey(objectKey(object)), object.metadata]));
  return (policy) => {
    const metadata = byKey.get(formatKey(policy));
    const owner = ownerOf(policy) ?? (metadata && authorOf(metadata));
    const since: unknown = metadata?.creationTimestamp;
    return {
      ...(owner === undefined ? {} : { owner }),
      ...(typeof since === 'string' ? { since } : {}),
    };
  };
}

function ownerOf({ owner, namespace }: PolicyReason): string | undefined {
  if (owner === undefined) return undefined;
  return owner.kind === 'PlatformNetworkProfile' ? 'platform' : `namespace ${namespace}`;
}

function authorOf({ ownerReferences, managedFields }: RawMetadata): string | undefined {
  const controller = listOf(ownerReferences).find((reference) => reference.controller === true);
  if (controller !== undefined) return `${controller.kind} ${controller.name}`;
  const [last] = listOf(managedFields)
    .filter(({ fieldsV1 }: RawManagedFields) => fieldsV1?.['f:spec'] !== undefined)
    .sort((a, b) => `${b.time}`.localeCompare(`${a.time}`));
  return last?.manager;
}

function listOf<T>(list: readonly T[] | undefined): readonly T[] {
  return Array.isArray(list) ? list : [];
}
