// Whether a pause has left a namespace open: it is over or deleted, and its policy is still there.
// Must not know why: no operator may be running, or it may not delete the policy.
import type { CompiledNamespace } from '../../compile/compile.ts';
import { isPauseName } from '../../model/policy-names.ts';
import type { ClusterFacts } from '../../objects/cluster-facts.ts';

/** Whether the policy of a pause is in a namespace that no pause opens now. */
export function isLeftOpen(
  cluster: Pick<ClusterFacts, 'policiesIn'>,
  { namespace, policies }: Pick<CompiledNamespace, 'namespace' | 'policies'>,
): boolean {
  if (policies.some(({ name }) => isPauseName(name))) return false;
  const { owned } = cluster.policiesIn(namespace);
  return owned.some(({ name, beingDeleted }) => isPauseName(name) && !beingDeleted);
}
