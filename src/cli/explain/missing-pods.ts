// Notes on a denied connection that the platform profile was meant to allow: the pods that it declares are not there.
// Must not know how they are found.
import { isWorkload } from '../../analyze/endpoints.ts';
import type { Explanation } from '../../analyze/explain.ts';
import { portSetOf, portSets } from '../../model/port-set.ts';
import { protocols } from '../../model/ports.ts';
import type { ClusterSnapshot } from '../snapshot/cluster-snapshot.ts';
import type { DeclaredRole, MissingPods } from '../snapshot/declared-pods.ts';
import { ringedIn } from './suggest-fix.ts';

/** The notes, each with what to do. */
export function notesOnMissingPods(
  parts: readonly Explanation[],
  missing: readonly MissingPods[],
  snapshot: ClusterSnapshot,
): readonly string[] {
  if (missing.length === 0) return [];
  // Shared systems run in namespaces without a ring.
  const ringed = ringedIn(snapshot);
  const denied = parts.filter(({ allowed }) => !allowed);
  return missing
    .filter(({ role }) => denied.some((part) => isMeant(role, part, ringed)))
    .map(({ message, hint }) => `${message}; ${hint}`);
}

function isMeant(role: DeclaredRole, part: Explanation, ringed: ReadonlySet<string>): boolean {
  const { from, ingress, egress, asked } = part;
  if (role === 'dns') return !egress.allows && asked !== undefined && portSets.overlap(asked, dnsPorts);
  return !ingress.allows && isWorkload(from) && !ringed.has(from.workload.namespace);
}

const dnsPorts = portSets.union(
  ...protocols.map((protocol) => portSetOf(protocol, [{ first: 53, last: 53 }])),
);
