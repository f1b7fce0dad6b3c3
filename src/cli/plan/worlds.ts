// The two worlds that a plan compares: files against files, a cluster against itself with the files applied, or a cluster
// against what this version makes of it. Must not know what is compared.
import type { KubernetesObject } from '../../cluster/as-stored.ts';
import { formatKey } from '../../model/object-key.ts';
import { noteUnread } from '../ask-world.ts';
import { type InForce, inForce } from '../in-force.ts';
import type { ClusterFlags, InputFlags } from '../options.ts';
import { readCluster } from '../read-cluster.ts';
import { noteAssumed, readFiles } from '../read-world.ts';
import type { Surroundings } from '../verb.ts';
import { keyOf, worldOf } from '../world.ts';

/** What is compared with what, as flags. Without `filename` it is the cluster alone. */
export interface PlanFlags extends InputFlags, ClusterFlags {
  /** Files of the world as it is; absent: the cluster. */
  readonly against?: readonly string[];
  /** Whether DryRun in the new world counts as Enforce. */
  readonly enforce?: boolean;
}

/** What holds before and after. */
export interface Moments {
  readonly before: InForce;
  readonly after: InForce;
}

/** @throws what reading files, or a cluster, throws */
export async function readMoments(flags: PlanFlags, around: Surroundings): Promise<Moments> {
  const enforced = flags.enforce ? 'DryRunToo' : 'AsWritten';
  if (flags.against !== undefined) {
    const { world: files } = await readFiles(flags, around);
    const { world: old } = await readFiles({ ...flags, filename: flags.against }, around);
    noteAssumed(files, around);
    return { before: inForce(old, 'AsWritten'), after: inForce(files, enforced) };
  }
  const objects = flags.filename === undefined ? [] : (await readFiles(flags, around)).world.objects;
  const { operatorNamespace } = flags;
  const live = worldOf(await readCluster(flags, operatorNamespace, around), operatorNamespace);
  noteUnread(live, around);
  const applied = worldOf(apply(live.objects, objects), operatorNamespace);
  noteAssumed(applied, around);
  return { before: { facts: live.facts, dryRun: [] }, after: inForce(applied, enforced) };
}

/**
 * The objects of a cluster after `kubectl apply`: nothing is deleted, and what is there keeps its UID, its other labels, and what
 * the cluster has found out and given: its status, and the addresses of a Service.
 */
export function apply(
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
  return `${object.kind}.${group} ${formatKey(keyOf(object))}`;
}
