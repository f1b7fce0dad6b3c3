// The address ranges of the cluster: of its pods and nodes as the Nodes say, of its Services as the ServiceCIDRs say.
// Must not know what they are used for.
import { formatCidr, type IpRange, parseAddress, parseCidr } from '../model/ip-ranges.ts';
import { mergeRanges } from '../model/merged-ranges.ts';
import { failure, type Result, success } from '../model/result.ts';
import type { Observed, Unknown } from './observed.ts';

/** An autoscaler must not rewrite every policy: with more ranges that can't be merged, the profile has to name them. */
export const mostRanges = 32;

/** The ranges of node addresses. */
export function nodeRanges(nodes: Observed['nodes']): Result<readonly string[], Unknown> {
  const addresses = nodes?.flatMap((node) => node.addresses.map(parseAddress));
  return few('the addresses of the nodes', addresses);
}

/** The ranges of pod addresses, where Kubernetes hands them to nodes and not the CNI by itself. */
export function podRanges(nodes: Observed['nodes']): Result<readonly string[], Unknown> {
  return few(
    'the pod ranges of the nodes',
    nodes?.flatMap((node) => node.podRanges.map(parseCidr)),
  );
}

/** The ranges of Service addresses. */
export function serviceRanges(cidrs: Observed['serviceCidrs']): Result<readonly string[], Unknown> {
  return few(
    'the ranges of the ServiceCIDRs',
    cidrs?.flatMap((cidr) => cidr.ranges.map(parseCidr)),
  );
}

function few(
  what: string,
  parsed: readonly Result<IpRange, string>[] | undefined,
): Result<readonly string[], Unknown> {
  if (parsed === undefined) return failure(`${what} can't be read`);
  const ranges = parsed.flatMap((range) => (range.ok ? [range.value] : []));
  if (ranges.length === 0) return failure(`${what} are not there`);
  const merged = mergeRanges(ranges);
  if (merged.length <= mostRanges) return success(merged.map(formatCidr));
  return failure(`${what} are ${merged.length} separate ranges, more than ${mostRanges}`);
}
