// What the compiler has to say of a profile as a whole.
// Must not know policies.
import type { PlatformFacts, ProfileFacts } from '../api/cluster-view.ts';
import type { Problem } from '../api/decode.ts';
import type { Finding, Subject } from '../model/findings.ts';

/** What is wrong with the platform profile as a whole. */
export function platformFindings(platform: PlatformFacts): readonly Finding[] {
  const subject = { kind: 'PlatformNetworkProfile', name: platform.name } as const;
  return platform.decoded.ok ? [] : invalid(subject, platform.decoded.error);
}

/** What is wrong with a team's profile as a whole. */
export function profileFindings(profile: ProfileFacts): readonly Finding[] {
  const subject = { kind: 'AppNetworkProfile', namespace: profile.namespace, name: profile.name } as const;
  return profile.decoded.ok ? [] : invalid(subject, profile.decoded.error);
}

function invalid(subject: Subject, problems: readonly Problem[]): readonly Finding[] {
  return problems.map(({ path, message }) => ({
    code: 'InvalidProfile',
    subject,
    path,
    message,
    hint: 'mend the field, and install the CRDs of this version with `kubectl apply -k config/crd`',
  }));
}
