// The objects of a cluster after `kubectl apply` of some files.
// Must not know how they are used.
import type { KubernetesObject } from '../../kube/resource.ts';
import { formatKey } from '../../model/object-key.ts';
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
    ...statusOf(existing),
    ...addressesOf(existing, file),
    metadata: { ...existing.metadata, ...(Object.keys(labels).length === 0 ? {} : { labels }) },
  };
}

function statusOf(object: KubernetesObject): object {
  return 'status' in object ? { status: object.status } : {};
}

function addressesOf(existing: KubernetesObject, file: KubernetesObject): object {
  if (file.kind !== 'Service') return {};
  const { clusterIP, clusterIPs } = (existing.spec ?? {}) as ServiceAddresses;
  return {
    spec: { ...(clusterIP === undefined ? {} : { clusterIP, clusterIPs }), ...(file.spec as object) },
  };
}

interface ServiceAddresses {
  readonly clusterIP?: string;
  readonly clusterIPs?: readonly string[];
}

function identityOf(object: KubernetesObject): string {
  const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : '';
  return `${object.kind}.${group} ${formatKey(objectKey(object))}`;
}
