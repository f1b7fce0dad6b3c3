// The problems of profiles, as the operator would report them in statuses and Events.
// Must not know how they are printed.

import type { CompiledRoute } from '../../compile/across/route-states.ts';
import type { Compiled, CompiledNamespace } from '../../compile/compile.ts';
import { isDecoded, platformAsOwner } from '../../compile/platform/decoded-platform.ts';
import type { CompiledProfile } from '../../compile/policies/profile-policies.ts';
import { nearest } from '../../model/did-you-mean.ts';
import type { Finding } from '../../model/findings.ts';
import { plan } from '../../plan/plan.ts';
import type { ClusterView } from '../../view/cluster-view.ts';
import type { ClusterSnapshot } from './cluster-snapshot.ts';
import { misspeltInPlatform } from './misspelt-namespaces.ts';

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
  return [
    ...compiled.findings,
    ...misspeltInPlatform(platform.decoded.value.spec, cluster.view()),
    ...planned,
    ...compiled.namespaces.flatMap((each) => routeFindings(each, cluster.view())),
  ];
}

function routeFindings(
  { profiles, enforcement }: CompiledNamespace,
  view: ClusterView,
): readonly LintFinding[] {
  const words = enforcement === 'DryRun' ? dryRunWords : stateWords;
  return profiles.flatMap((profile) =>
    profile.routes.flatMap((route) =>
      routeFinding(profile, route, words).map((finding) => withNameMeant(finding, route, view)),
    ),
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

/** The finding with the name that was probably meant, if its route names something that does not exist. */
function withNameMeant(
  finding: LintFinding,
  { route, reason }: CompiledRoute,
  view: ClusterView,
): LintFinding {
  const namespace = finding.subject.namespace ?? '';
  const services = [...(view.services.get(namespace)?.keys() ?? [])];
  const namespaces = [...view.namespaces.keys()];
  const { from, to } = route;
  const named = {
    ServiceMissing: 'service' in to ? nearest(to.service, services) : undefined,
    NamespaceMissing: 'namespace' in to ? nearest(to.namespace.name ?? '', namespaces) : undefined,
    SourceMissing: 'namespace' in from ? nearest(from.namespace.name ?? '', namespaces) : undefined,
  };
  const meant = named[reason as keyof typeof named];
  if (meant === undefined || finding.hint !== '') return finding;
  const hint = `did you mean \`${meant}\`?`;
  // Sources may come later, but not if their name is a slip.
  return { ...finding, hint, ...(reason === 'SourceMissing' ? { code: 'NamespaceMisspelt' } : {}) };
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
