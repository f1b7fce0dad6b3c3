// The objects of a cluster after `kubectl apply` of some files.
// Must not know how they are used.
import type { KubernetesObject } from '../../kube/resource.ts';
import { formatKey } from '../../model/object-key.ts';
import { groupOf } from '../../objects/kinds.ts';
import { objectKey } from '../snapshot/cluster-snapshot.ts';

/**
 * The objects of a cluster after `kubectl apply`: nothing is deleted, and existing objects keep their UID, their other labels, and
 * the fields that the cluster sets: their status, and the addresses of a Service.
 */
export function applyFiles(
  live: readonly KubernetesObject[],
  files: readonly KubernetesObject[],
): readonly KubernetesObject[] {
  const objects = new Map(live.map((object) => [identityOf(object), object]));
  for (const file of files) {
    const existing = objects.get(identityOf(file));
    objects.set(identityOf(file), existing === undefined ? file : merged(existing, file));
  }
  return [...objects.values()];
}

function merged(existing: KubernetesObject, file: KubernetesObject): KubernetesObject {
  const labels = { ...existing.metadata.labels, ...file.metadata.labels };
  return {
    ...file,
    ...('status' in existing ? { status: existing.status } : {}),
    ...(file.kind === 'Service' ? { spec: { ...addressesOf(existing), ...(file.spec as object) } } : {}),
    metadata: { ...existing.metadata, ...(Object.keys(labels).length === 0 ? {} : { labels }) },
  };
}

function addressesOf({ spec }: KubernetesObject): ServiceAddresses {
  const { clusterIP, clusterIPs } = (spec ?? {}) as ServiceAddresses;
  return clusterIP === undefined ? {} : { clusterIP, ...(clusterIPs && { clusterIPs }) };
}

interface ServiceAddresses {
  readonly clusterIP?: string;
  readonly clusterIPs?: readonly string[];
}

function identityOf(object: KubernetesObject): string {
  return `${object.kind}.${groupOf(object.apiVersion)} ${formatKey(objectKey(object))}`;
}
