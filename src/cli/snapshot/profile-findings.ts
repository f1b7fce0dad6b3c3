// The problems of profiles, as the operator would report them in statuses and Events.
// Must not know how they are printed.

import type { CompiledRoute } from '../../compile/across/route-states.ts';
import type { Compiled, CompiledNamespace } from '../../compile/compile.ts';
import { isDecoded, platformAsOwner } from '../../compile/platform/decoded-platform.ts';
import type { CompiledProfile } from '../../compile/policies/profile-policies.ts';
import type { Finding } from '../../model/findings.ts';
import { plan } from '../../plan/plan.ts';
import type { ClusterSnapshot } from './cluster-snapshot.ts';

/** A finding, with the YAML that would fix it, if that is known. */
export type LintFinding = Finding & { readonly suggestion?: string };

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
  return [...compiled.findings, ...planned, ...compiled.namespaces.flatMap(routeFindings)];
}

function routeFindings({ profiles, enforcement }: CompiledNamespace): readonly LintFinding[] {
  const words = enforcement === 'DryRun' ? dryRunWords : stateWords;
  return profiles.flatMap((profile) =>
    profile.routes.flatMap((route) => routeFinding(profile, route, words)),
  );
}

function routeFinding(
  { profile }: CompiledProfile,
  compiled: CompiledRoute,
  words: typeof dryRunWords | typeof stateWords,
): readonly LintFinding[] {
  const { route, state, reason, message, suggestion } = compiled;
  if (reason === 'Active') return [];
  const finding = {
    code: reason,
    subject: { kind: 'AppNetworkProfile', namespace: profile.namespace, name: profile.name },
    path: `spec.routes[${route.name}]`,
    message: `route \`${route.name}\` ${words[state]}: ${message}`,
    hint:
      suggestion === undefined ? '' : isAnAddition.has(reason) ? 'add this profile:' : 'write this instead:',
  } as const;
  return [suggestion === undefined ? finding : { ...finding, suggestion }];
}

/** Here the suggestion is a profile for another namespace. */
const isAnAddition: ReadonlySet<CompiledRoute['reason']> = new Set([
  'NotAdmitted',
  'PartlyConsented',
  'SourceClosed',
  'ClosedOnceEnforced',
]);

const stateWords = {
  Active: 'is in force',
  NotNeeded: 'is not needed',
  Pending: 'is not in force yet',
  Rejected: 'is not in force',
} as const;

const dryRunWords = { ...stateWords, Active: 'would be in force' } as const;
