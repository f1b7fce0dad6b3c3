// The namespaces whose policies the operator can't write, as it reports them in the status of the platform profile.
// Must not know how they are printed, nor whether the operator still runs.
import { platformProfileName } from '../../api/platform-network-profile.ts';
import { platformNetworkProfileStatus } from '../../api/platform-status.ts';
import { readStatus } from '../../kube/object-status.ts';
import { aboutNamespace, type Finding, isFindingCode } from '../../model/findings.ts';
import type { ClusterFacts } from '../../objects/cluster-facts.ts';

/** Why policies can't be written, in the operator's own words. */
export interface ReportedFailure {
  readonly reason: string;
  readonly message: string;
}

/** The failures by namespace: the status names the first of them only. */
export function reportedFailures(cluster: ClusterFacts): ReadonlyMap<string, ReportedFailure> {
  const stored = cluster.stores.platforms.get({ namespace: '', name: platformProfileName });
  const { failing = [] } = readStatus(platformNetworkProfileStatus, stored?.status);
  return new Map(failing.map(({ namespace, reason, message }) => [namespace, { reason, message }]));
}

/** A finding about each of these namespaces. */
export function failureFindings(cluster: ClusterFacts): readonly Finding[] {
  return [...reportedFailures(cluster)].map(([namespace, { reason, message }]) =>
    isFindingCode(reason)
      ? aboutNamespace(namespace, reason, { message, hint: retrying })
      : aboutNamespace(namespace, 'NotWritten', {
          message: `the operator can't write every policy of \`${namespace}\`: ${reason}: ${message}`,
          hint: retrying,
        }),
  );
}

const retrying = 'the operator retries until it succeeds, at least once a minute';
