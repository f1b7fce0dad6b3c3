// The policies in force of a snapshot: those that its profiles compile to, and those of all other authors.
// Must not know the question.
import type { AnalysisInput } from '../../analyze/facts.ts';
import { type Compiled, type CompiledNamespace, compile } from '../../compile/compile.ts';
import { withFreeNames } from '../../plan/free-names.ts';
import { type Frozen, frozenAmong } from '../../plan/frozen.ts';
import { withEnforced } from '../../plan/withheld.ts';
import type { CommandContext } from '../command-context.ts';
import type { ClusterFlags, EnforceFlags, InputFlags } from '../options.ts';
import type { ClusterSnapshot } from './cluster-snapshot.ts';
import { type LoadedSnapshot, requirePlatform } from './load-snapshot.ts';
import { whyNothingIsEnforced } from './nothing-enforced.ts';

/** Which namespaces count as enforced. */
export type Enforced =
  /** Those in DryRun, too: as if they were enforced. */
  | 'DryRunToo'
  /** Only those that are enforced. */
  | 'AsWritten';

/** What is in force. */
export interface InForce {
  readonly facts: AnalysisInput;
  /** The namespaces that are in DryRun, sorted. */
  readonly dryRun: readonly string[];
}

/** The input of an analysis. */
export interface EffectiveFacts {
  readonly facts: AnalysisInput;
  /** What will be in force once the dry runs of the cluster are enforced; absent if it has none, or if `facts` is that. */
  readonly planned?: InForce;
  /** The namespaces in dry run that `facts` assumes to be enforced. */
  readonly assumed: readonly string[];
}

/** Files are read as if all were enforced; a cluster is read as it is, unless the flags want it otherwise. */
export function enforcedIn(
  { input }: Pick<LoadedSnapshot, 'input'>,
  { enforce = false }: EnforceFlags,
): Enforced {
  return input === undefined && !enforce ? 'AsWritten' : 'DryRunToo';
}

/**
 * The input of an analysis of the snapshot: in a cluster the existing policies, in files those that profiles compile to.
 *
 * @throws ToolError if the profiles in files have no effect, see `requirePlatform`
 */
export async function effectiveFacts(
  snapshot: LoadedSnapshot,
  flags: InputFlags & ClusterFlags & EnforceFlags,
  { note }: CommandContext,
): Promise<EffectiveFacts> {
  await requirePlatform(snapshot, flags);
  const noEffect = whyNothingIsEnforced(snapshot, flags);
  if (noEffect !== undefined) note(noEffect);
  const isLive = enforcedIn(snapshot, flags) === 'AsWritten';
  if (isLive && !mayDryRun(snapshot)) return { facts: snapshot.facts, assumed: [] };
  const planned = inForce(snapshot, 'DryRunToo');
  if (isLive) {
    return { facts: snapshot.facts, ...(planned.dryRun.length === 0 ? {} : { planned }), assumed: [] };
  }
  if (planned.dryRun.length > 0 && !flags.enforce) {
    note(`in dry run, nothing is denied yet; the answer assumes enforcement in ${planned.dryRun.join(', ')}`);
  }
  return { facts: planned.facts, assumed: planned.dryRun };
}

/** Whether the platform profile speaks of a dry run at all: the others need not be compiled to know that. */
function mayDryRun({ cluster }: ClusterSnapshot): boolean {
  const decoded = cluster.view().platform?.decoded;
  if (!decoded?.ok) return false;
  const { enforcement, rules } = decoded.value.spec;
  return [enforcement, ...rules.map((rule) => rule.enforcement)].includes('DryRun');
}

/**
 * The policies of a snapshot's profiles; without a readable platform profile, the existing policies.
 *
 * @param compiled the compiled profiles, if they are already known
 */
export function inForce(
  { cluster, facts }: ClusterSnapshot,
  enforced: Enforced,
  { namespaces }: Compiled = compile(cluster.view()),
): InForce {
  if (cluster.view().platform?.decoded.ok !== true) return { facts, dryRun: [] };
  const desired = namespaces
    .filter(
      ({ enforcement }) =>
        enforcement === 'Enforce' || (enforcement === 'DryRun' && enforced === 'DryRunToo'),
    )
    .flatMap((compiled) => {
      const { mirrorNames, narrowed } = frozenIn(compiled, cluster);
      const actual = cluster.policiesIn(compiled.namespace);
      const desired = withEnforced(compiled.policies, compiled.withheld, actual.owned);
      return [...withFreeNames(desired, actual, mirrorNames).desired, ...narrowed];
    });
  const frozen = new Set(namespaces.flatMap((compiled) => keptIn(compiled, cluster)));
  const others = facts.policies.filter((policy) => {
    const stored = cluster.stores.policies.get(policy);
    return stored?.ours !== true || frozen.has(stored.uid);
  });
  const dryRun = namespaces.filter(({ enforcement }) => enforcement === 'DryRun');
  return {
    facts: { ...facts, policies: [...others, ...desired] },
    dryRun: dryRun.map(({ namespace }) => namespace),
  };
}

/** The policies and mirrors of a profile that can't be read stay as they are, unless they lose some of their rules. */
function keptIn(compiled: CompiledNamespace, cluster: ClusterSnapshot['cluster']): readonly string[] {
  const frozen = frozenIn(compiled, cluster);
  const narrowed = new Set(frozen.narrowed.map(({ name }) => name));
  return cluster
    .policiesIn(compiled.namespace)
    .owned.filter((policy) => frozen.has(policy) && !narrowed.has(policy.name))
    .map(({ uid }) => uid);
}

function frozenIn(compiled: CompiledNamespace, cluster: ClusterSnapshot['cluster']): Frozen {
  const contents = cluster.contentsIn(compiled.namespace);
  return frozenAmong(cluster.policiesIn(compiled.namespace).owned, compiled.policies, {
    ...compiled,
    contents,
  });
}
