// Facts that the operator discovers in a cluster and that files lack: that is no mistake in the files, so one note says it.
// Must not know the question.
import { platformProfileName } from '../../api/platform-network-profile.ts';
import type { FindingCode } from '../../model/findings.ts';
import type { ClusterFacts } from '../../objects/cluster-facts.ts';
import type { LintFinding } from './profile-findings.ts';

const aboutFacts: readonly FindingCode[] = ['DnsUnknown', 'ApiServerUnknown', 'ClusterRangesUnknown'];

/** What the files lack, and where it is. */
export const lackingFacts =
  'the input lacks facts about the cluster that the operator discovers, such as its DNS: the platform profile in the cluster has these facts in its status: use the output of `kubectl get platnet default -o yaml`';

/** Whether a code says that a fact of the cluster is not known. */
export function isAboutFacts(code: string): boolean {
  return aboutFacts.some((each) => each === code);
}

/**
 * Takes out what files can't know: DNS, API server and ranges of the namespaces themselves. Routes that need them stay, because it is
 * not known what they come to. In a platform profile that an operator has reported about, nothing is missing by accident.
 */
export function withoutUndiscovered(
  findings: readonly LintFinding[],
  { stores }: ClusterFacts,
): { readonly findings: readonly LintFinding[]; readonly note: string | undefined } {
  const profile = stores.platforms.get({ namespace: '', name: platformProfileName });
  if (profile?.status !== undefined) return { findings, note: undefined };
  const rest = findings.filter(({ code, subject }) => subject.kind !== 'Namespace' || !isAboutFacts(code));
  if (rest.length === findings.length) return { findings, note: undefined };
  return { findings: rest, note: lackingFacts };
}
