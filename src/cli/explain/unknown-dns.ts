// Queries that are denied because nobody knows the DNS of the cluster: then no route is missing, but a fact.
// Must not know which facts make up the DNS.
import { isWorkload } from '../../analyze/endpoints.ts';
import type { Explanation } from '../../analyze/explain.ts';
import { compile } from '../../compile/compile.ts';
import { namespaceOfFinding } from '../../model/findings.ts';
import { portSetOf, portSets } from '../../model/port-set.ts';
import type { ClusterSnapshot } from '../snapshot/cluster-snapshot.ts';

/** The port of every DNS server (RFC 1035, section 4.2). */
const queries = portSets.union(
  portSetOf('UDP', [{ first: 53, last: 53 }]),
  portSetOf('TCP', [{ first: 53, last: 53 }]),
);

/** A note on it for each namespace whose pods were to query a DNS server and may not. */
export function notesOnUnknownDns(
  parts: readonly Explanation[],
  { cluster }: Pick<ClusterSnapshot, 'cluster'>,
): readonly string[] {
  const sources = new Set(
    parts
      .filter(({ egress, asked }) => !egress.allows && asked !== undefined && portSets.covers(queries, asked))
      .flatMap(({ from }) => (isWorkload(from) ? from.workload.namespace : [])),
  );
  if (sources.size === 0) return [];
  return compile(cluster.view()).findings.flatMap((finding) => {
    const namespace = namespaceOfFinding(finding) ?? '';
    if (finding.code !== 'DnsUnknown' || !sources.has(namespace)) return [];
    return [
      `the DNS of the cluster is not known, so no pod of \`${namespace}\` may query it; ${finding.hint}`,
    ];
  });
}
