// Profiles that can't be read: the fields that are wrong.
// Must not know policies.
import type { Problem } from '../../api/decode.ts';
import type { Finding, Subject } from '../../model/findings.ts';
import type { PlatformFacts } from '../../view/cluster-view.ts';
import type { CheckedNamespace } from './warning-check.ts';

/** The problems of the platform profile. */
export function platformFindings(platform: PlatformFacts): readonly Finding[] {
  const subject = { kind: 'PlatformNetworkProfile', name: platform.name } as const;
  const problems = platform.outdated ?? (platform.decoded.ok ? [] : platform.decoded.error);
  return invalid(subject, problems);
}

/** `InvalidProfile`, for the teams' profiles. */
export function invalidProfile({ local: { profiles } }: CheckedNamespace): readonly Finding[] {
  return profiles.flatMap(({ profile: { namespace, name, decoded } }) =>
    decoded.ok ? [] : invalid({ kind: 'AppNetworkProfile', namespace, name }, decoded.error),
  );
}

function invalid(subject: Subject, problems: readonly Problem[]): readonly Finding[] {
  return problems.map(({ path, message }) => ({
    code: 'InvalidProfile',
    subject,
    path,
    message,
    hint: 'fix the field, and install the CRDs of this version with `kubectl apply -k config/crd`',
  }));
}
