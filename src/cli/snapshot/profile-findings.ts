// The problems of profiles, as the operator would report them in statuses and Events.
// Must not know how they are printed.
import type { CompiledRoute } from '../../compile/across/route-states.ts';
import type { Compiled, CompiledNamespace } from '../../compile/compile.ts';
import { isDecoded, platformAsOwner } from '../../compile/platform/decoded-platform.ts';
import { aboutPolicy, type Finding, namespaceOfFinding } from '../../model/findings.ts';
import { pauseName } from '../../model/policy-names.ts';
import { plan } from '../../plan/plan.ts';
import type { ProfileFacts } from '../../view/cluster-view.ts';
import type { ClusterSnapshot } from './cluster-snapshot.ts';
import { isLeftOpen } from './left-open.ts';

/** A finding about profiles or policies. */
export interface LintFinding extends Finding {
  /** The YAML that would fix it, if that is known. */
  readonly suggestion?: string;
  /** The namespaces whose consent is missing. */
  readonly waitsFor?: readonly string[];
  /** The namespace that was probably meant by that of the subject. */
  readonly meant?: string;
}

/** Whether it is about a namespace, perhaps misspelt, or about a route of another one that waits for it; everything does if none is asked for. */
export function concerns(finding: LintFinding, namespace: string | undefined): boolean {
  if (namespace === undefined || [namespaceOfFinding(finding), finding.meant].includes(namespace))
    return true;
  return finding.waitsFor?.includes(namespace) ?? false;
}

/** The findings about the profiles of a snapshot and their compiled policies, and about obstacles. */
export function profileFindings(
  { cluster }: Pick<ClusterSnapshot, 'cluster'>,
  compiled: Compiled,
): readonly LintFinding[] {
  const { platform } = cluster.view();
  if (platform === undefined || !isDecoded(platform)) return compiled.findings;
  const planned = compiled.namespaces.flatMap(
    (namespace) =>
      plan({
        namespace: namespace.namespace,
        desired: namespace.policies,
        actual: cluster.policiesIn(namespace.namespace),
        transitionOwner: platformAsOwner(platform),
        keptIsolated: [],
        frozenOwners: namespace.frozenOwners,
        frozenMirrors: namespace.frozenMirrors,
        unfrozen: namespace.unfrozen,
        forbidden: namespace.forbidden,
        contents: cluster.contentsIn(namespace.namespace),
      }).findings,
  );
  return [
    ...compiled.findings,
    ...planned,
    ...compiled.namespaces.filter((each) => isLeftOpen(cluster, each)).map(leftOpen),
    ...compiled.namespaces.flatMap(routeFindings),
  ];
}

/** The operator can't report it: it is the one that has not done its work. */
function leftOpen({ namespace }: CompiledNamespace): Finding {
  return aboutPolicy({ namespace, name: pauseName }, 'PauseOverdue', {
    message: `\`${namespace}\` is still open: its pause is over, and the policy that allows everything is still there`,
    hint: `does an operator run, and may it delete the policy? its log and its \`/readyz\` tell; to close the namespace without it: \`kubectl delete networkpolicy ${pauseName} -n ${namespace}\``,
  });
}

function routeFindings({ profiles, enforcement }: CompiledNamespace): readonly LintFinding[] {
  const words = enforcement === 'DryRun' ? dryRunWords : stateWords;
  return profiles.flatMap(({ profile, routes }) =>
    routes.flatMap((compiled) => routeFinding(profile, compiled, words)),
  );
}

function routeFinding(
  { namespace, name }: ProfileFacts,
  { route, state, reason, message, hint = '', suggestion, waitsFor, at }: CompiledRoute,
  words: typeof dryRunWords | typeof stateWords,
): readonly LintFinding[] {
  if (reason === 'Active') return [];
  const finding = {
    code: reason,
    subject: { kind: 'AppNetworkProfile', namespace, name },
    path: `spec.routes[${route.name}]${at === undefined ? '' : `.${at}`}`,
    message: `route \`${route.name}\` ${words[state]}: ${message}`,
    hint,
  } as const;
  return [{ ...finding, ...(suggestion && { suggestion }), ...(waitsFor && { waitsFor }) }];
}

/** The state of a route, for people. */
export const stateWords = {
  Active: 'is in force',
  NotNeeded: 'is not needed',
  Pending: 'is not in force yet',
  Rejected: 'is not in force',
} as const;

const dryRunWords = { ...stateWords, Active: 'would be in force' } as const;
