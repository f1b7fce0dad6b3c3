// The policies that a world comes to: what its profiles compile to, and what somebody else wrote beside that.
// Must not know what is asked of them.
import type { AnalysisInput, PolicyFacts } from '../analyze/facts.ts';
import { type Compiled, type CompiledNamespace, compile } from '../compile/compile.ts';
import { withFreeNames } from '../plan/free-names.ts';
import { type Frozen, frozenAmong } from '../plan/frozen.ts';
import { withEnforced } from '../plan/withheld.ts';
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

/**
 * What the profiles of a world come to; without a platform profile that can be read, the policies are those that there are.
 *
 * @param compiled what the profiles compile to, where that is known already
 */
export function inForce(
  { stores, facts }: World,
  enforced: Enforced,
  { namespaces }: Compiled = compile(stores.view()),
): InForce {
  if (stores.view().platform?.decoded.ok !== true) return { facts, dryRun: [] };
  const desired = namespaces
    .filter(
      ({ enforcement }) =>
        enforcement === 'Enforce' || (enforcement === 'DryRun' && enforced === 'DryRunToo'),
    )
    .flatMap((compiled) => {
      const { mirrorNames, narrowed } = frozenIn(compiled, stores);
      const actual = stores.policiesIn(compiled.namespace);
      const desired = withEnforced(compiled.policies, compiled.withheld, actual.owned);
      return [...withFreeNames(desired, actual, mirrorNames).desired, ...narrowed];
    });
  const frozen = new Set(namespaces.flatMap((compiled) => keptIn(compiled, stores)));
  const others = facts.policies.filter((policy) => {
    const stored = stores.policies.get(policy);
    return stored?.ours !== true || frozen.has(stored.uid);
  });
  const policies: readonly PolicyFacts[] = [...others, ...desired];
  return { facts: { ...facts, policies }, dryRun: dryRunIn(namespaces) };
}

/** What a profile owns, or is mirrored by, that can't be read stays as it is, unless it loses some of its rules. */
function keptIn(compiled: CompiledNamespace, stores: World['stores']): readonly string[] {
  const frozen = frozenIn(compiled, stores);
  const narrowed = new Set(frozen.narrowed.map(({ name }) => name));
  return stores
    .policiesIn(compiled.namespace)
    .owned.filter((policy) => frozen.has(policy) && !narrowed.has(policy.name))
    .map(({ uid }) => uid);
}

function frozenIn(compiled: CompiledNamespace, stores: World['stores']): Frozen {
  const contents = stores.contentsIn(compiled.namespace);
  return frozenAmong(stores.policiesIn(compiled.namespace).owned, compiled.policies, {
    ...compiled,
    contents,
  });
}

function dryRunIn(namespaces: readonly CompiledNamespace[]): readonly string[] {
  return namespaces.filter(({ enforcement }) => enforcement === 'DryRun').map(({ namespace }) => namespace);
}
