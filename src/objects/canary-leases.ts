// The Leases in which the clients of the canary report. They are few, and listed rather than watched. Must not know what a report means.
import type { StoredReport } from '../canary/receipts.ts';
import { isNodeName, readCanaryReport } from '../canary/report.ts';
import { partLabel, reportAnnotation } from '../canary/report-annotation.ts';
import type { ApiClient } from '../kube/api-client.ts';
import { listObjects } from '../kube/list.ts';
import { canaryNamespace } from '../model/canary-namespace.ts';
import { type LeaseSpec, leasesIn } from './operator-lease.ts';

/** The reports of the clients that take part, or of all. @throws ApiError */
export async function listCanaryReports(
  client: ApiClient,
  { all = false }: { readonly all?: boolean } = {},
): Promise<readonly StoredReport[]> {
  const query = all ? {} : { labelSelector: `${partLabel}=true` };
  const leases = await listObjects(client, { kind: 'Lease', path: leasesIn(canaryNamespace), query });
  const now = performance.now();
  return leases.flatMap(({ metadata, spec }) => {
    const report = readCanaryReport(metadata.annotations?.[reportAnnotation]);
    const { holderIdentity: node } = (spec ?? {}) as LeaseSpec;
    if (report === undefined || !isNodeName(node)) return [];
    // By the API server's clock: it notes when a field was changed.
    const times = metadata.managedFields?.flatMap(({ time = [] }) => time) ?? [];
    const ageMs = client.serverClock.ageMs(times.toSorted().at(-1), now);
    return [{ name: metadata.name, node, report, ...(ageMs === undefined ? {} : { ageMs }) }];
  });
}
