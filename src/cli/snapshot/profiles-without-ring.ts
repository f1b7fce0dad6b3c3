// Profiles that change nothing where they are: their namespace is misspelt, or has no ring. Nothing else tells of their routes, so
// silence would read as approval. Must not know how a finding is printed.
import type { Compiled, CompiledNamespace } from '../../compile/compile.ts';
import { nearest } from '../../model/did-you-mean.ts';
import { whyNotRinged } from '../../plan/profile-status.ts';
import type { ClusterSnapshot } from './cluster-snapshot.ts';
import type { LintFinding } from './profile-findings.ts';

/** `NamespaceMisspelt` for a namespace that only profiles mention, and `ProfileWithoutRing` for one without a ring. */
export function profilesWithoutRing(
  { assumedNamespaces: assumed, cluster }: Pick<ClusterSnapshot, 'assumedNamespaces' | 'cluster'>,
  { namespaces }: Compiled,
): readonly LintFinding[] {
  const { decoded } = cluster.view().platform ?? {};
  const isOff = decoded?.ok === true && decoded.value.spec.enforcement === 'Off';
  const known = namespaces.map(({ namespace }) => namespace).filter((name) => !assumed.includes(name));
  return namespaces.flatMap((each) => {
    const isAssumed = assumed.includes(each.namespace);
    const meant = isAssumed ? nearest(each.namespace, known) : undefined;
    const problem =
      meant === undefined ? outside(each, { isAssumed, isOff }) : misspelt(each.namespace, meant);
    if (problem === undefined) return [];
    return each.profiles.map(
      ({ profile: { namespace, name } }): LintFinding => ({
        ...problem,
        subject: { kind: 'AppNetworkProfile', namespace, name },
        path: 'metadata.namespace',
      }),
    );
  });
}

type Problem = Pick<LintFinding, 'code' | 'message' | 'hint' | 'meant'>;

const misspelt = (namespace: string, meant: string): Problem => ({
  code: 'NamespaceMisspelt',
  message: `the input has no namespace \`${namespace}\``,
  hint: `did you mean \`${meant}\`?`,
  meant,
});

function outside(
  compiled: CompiledNamespace,
  { isAssumed, isOff }: { readonly isAssumed: boolean; readonly isOff: boolean },
): Problem | undefined {
  const { namespace, outsideReason } = compiled;
  const why = whyNotRinged(compiled)?.why;
  if (why === undefined) return undefined;
  return {
    code: 'ProfileWithoutRing',
    message: `the profile changes nothing in \`${namespace}\`, and its routes are not checked: ${isOff ? nothingRinged : why}`,
    hint: isOff || outsideReason === undefined ? whoEnforces : howToRing(namespace, isAssumed),
  };
}

const nothingRinged = 'the platform profile enforces nothing (`enforcement: "Off"`)';

const whoEnforces =
  'ask a platform engineer, who would have to set `enforcement` to `DryRun` or `Enforce` in the platform profile';

function howToRing(namespace: string, isAssumed: boolean): string {
  return isAssumed
    ? `add the manifest of Namespace \`${namespace}\` with \`-f\`: its labels decide`
    : 'move the profile to the namespace of the pods that it is about, or ask a platform engineer to select this one';
}
