// The policies that a world comes to: what its profiles compile to, and what somebody else wrote beside that.
// Must not know what is asked of them.
import type { AnalysisInput, PolicyFacts } from '../analyze/facts.ts';
import { type CompiledNamespace, compile } from '../compile/compile.ts';
import { withFreeNames } from '../plan/free-names.ts';
import type { World } from './world.ts';

/** Which namespaces count as enforced. */
export type Enforced =
  /** Those in DryRun too: what would be if they were. */
  | 'DryRunToo'
  /** Just those that are. */
  | 'AsWritten';

/** What holds in a world. */
export interface InForce {
  readonly facts: AnalysisInput;
  /** The namespaces that are in DryRun, sorted. */
  readonly dryRun: readonly string[];
}

/** Compiles the profiles of a world; without a platform profile that can be read, the policies are those that there are. */
export function inForce({ stores, facts }: World, enforced: Enforced): InForce {
  const view = stores.view();
  if (view.platform?.decoded.ok !== true) return { facts, dryRun: [] };
  const { namespaces } = compile(view);
  const desired = namespaces
    .filter(
      ({ enforcement }) =>
        enforcement === 'Enforce' || (enforcement === 'DryRun' && enforced === 'DryRunToo'),
    )
    .flatMap(({ namespace, policies }) => withFreeNames(policies, stores.policiesIn(namespace)).desired);
  const frozen = new Set(namespaces.flatMap((compiled) => keptIn(compiled, stores)));
  const others = facts.policies.filter((policy) => {
    const stored = stores.policies.get(policy);
    return stored?.ours !== true || frozen.has(stored.uid);
  });
  const policies: readonly PolicyFacts[] = [...others, ...desired];
  return { facts: { ...facts, policies }, dryRun: dryRunIn(namespaces) };
}

/** What a profile owns that can't be read stays as it is. */
function keptIn({ namespace, frozenOwners }: CompiledNamespace, stores: World['stores']): readonly string[] {
  const owned = stores.policiesIn(namespace).owned.filter(({ ownerUid }) => frozenOwners.has(ownerUid));
  return owned.map(({ uid }) => uid);
}

function dryRunIn(namespaces: readonly CompiledNamespace[]): readonly string[] {
  return namespaces.filter(({ enforcement }) => enforcement === 'DryRun').map(({ namespace }) => namespace);
}
