// The ranges of addresses inside the cluster, as far as the platform profile and what was discovered tell: of pods, Services and nodes.
// Must not know the question.
import { clusterServicesOf } from '../../compile/platform/cluster-services.ts';
import { type IpRange, parseStoredCidr } from '../../model/ip-ranges.ts';
import type { ClusterSnapshot } from './cluster-snapshot.ts';

/** By what has the addresses, for people: `nodes`, `Services`, `pods`; empty without a readable platform profile. */
export function rangesInside({
  cluster,
}: Pick<ClusterSnapshot, 'cluster'>): Readonly<Record<string, readonly IpRange[]>> {
  const view = cluster.view();
  const decoded = view.platform?.decoded;
  if (!decoded?.ok) return {};
  const { ranges } = clusterServicesOf(view, decoded.value.spec);
  const read = (cidrs: readonly string[] = []) =>
    cidrs.flatMap((cidr) => {
      const range = parseStoredCidr(cidr);
      return range.ok ? [range.value] : [];
    });
  return { nodes: read(ranges.nodes), Services: read(ranges.services), pods: read(ranges.pods) };
}
