// The Leases in which the clients of the canary report. They are few, and listed rather than watched. Must not know what a report means.
import type { StoredReport } from '../canary/receipts.ts';
import { readCanaryReport } from '../canary/report.ts';
import { partLabel, reportAnnotation } from '../canary/report-annotation.ts';
import type { ApiClient } from '../kube/api-client.ts';
import { listObjects } from '../kube/list.ts';
import type { KubernetesObject } from '../kube/resource.ts';
import { canaryNamespace } from '../model/canary-namespace.ts';
import { type LeaseSpec, leasesIn } from './operator-lease.ts';

/** The Leases of all clients. @throws ApiError */
export async function listCanaryLeases(
  client: ApiClient,
  query: { readonly labelSelector?: string } = {},
): Promise<readonly KubernetesObject[]> {
  return await listObjects(client, { kind: 'Lease', path: leasesIn(canaryNamespace), query });
}

/** The reports of the clients that take part. @throws ApiError */
export async function listCanaryReports(client: ApiClient): Promise<readonly StoredReport[]> {
  const leases = await listCanaryLeases(client, { labelSelector: `${partLabel}=true` });
  const now = performance.now();
  return leases.flatMap(({ metadata, spec }) => {
    const report = readCanaryReport(metadata.annotations?.[reportAnnotation]);
    const { holderIdentity: node } = (spec ?? {}) as LeaseSpec;
    if (report === undefined || node === undefined) return [];
    // By the API server's clock: it notes when a field was changed.
    const times = metadata.managedFields?.flatMap(({ time = [] }) => time) ?? [];
    const ageMs = client.serverClock.ageMs(times.toSorted().at(-1), now);
    return [{ name: metadata.name, node, report, ...(ageMs === undefined ? {} : { ageMs }) }];
  });
}
