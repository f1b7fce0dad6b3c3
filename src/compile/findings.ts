// What the compiler has to say of a profile as a whole.
// Must not know policies.

import type { Problem } from '../api/decode.ts';
import type { PlatformNetworkProfileSpec } from '../api/platform-network-profile.ts';
import type { Finding, Subject } from '../model/findings.ts';
import type { ClusterView, PlatformFacts, ProfileFacts } from '../view/cluster-view.ts';

/** What is wrong with the platform profile as a whole. */
export function platformFindings(platform: PlatformFacts): readonly Finding[] {
  const subject = { kind: 'PlatformNetworkProfile', name: platform.name } as const;
  const problems = platform.outdated ?? (platform.decoded.ok ? [] : platform.decoded.error);
  return invalid(subject, problems);
}

/** What is wrong with what was found out about the cluster, unless the profile says it instead. */
export function discoveryFindings(
  { discoveryFindings: all }: ClusterView,
  { dns, kubernetesAPI, cluster }: PlatformNetworkProfileSpec,
): readonly Finding[] {
  const said: Readonly<Record<string, readonly unknown[]>> = {
    'spec.dns': [dns?.namespace, dns?.podSelector, dns?.ports, dns?.addresses],
    'spec.dns.addresses': [dns?.addresses],
    'spec.kubernetesAPI': [kubernetesAPI?.addresses, kubernetesAPI?.ports],
    'spec.cluster.podRanges': [cluster?.podRanges],
    'spec.cluster.serviceRanges': [cluster?.serviceRanges],
    'spec.cluster.nodeRanges': [cluster?.nodeRanges],
  };
  return all.filter(({ path = '' }) => said[path]?.includes(undefined) !== false);
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
