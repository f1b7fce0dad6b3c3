// The status of a team's profile whose namespace can't be compiled, because of a bug in Ringfence itself: its existing policies
// stay, and so do the states of its routes.
// Must not read the profile, which may have triggered the bug.
import type { AppNetworkProfileStatus } from '../api/app-network-profile.ts';

import { aboutNamespace, type Finding, type FindingCode } from '../model/findings.ts';
import { shorten, stalledConditions, storedConditions } from './status.ts';

const reason = 'InternalError' satisfies FindingCode;

/** The finding about a namespace with a bug in Ringfence. `what` is for those who fix it. */
export function internalError(namespace: string, what: string): Finding {
  return aboutNamespace(namespace, reason, {
    message: shorten(`a bug in Ringfence keeps the policies of this namespace as they are: \`${what}\``, 512),
    hint: 'please report it with the log of the operator; other namespaces are not affected',
  });
}

/**
 * The status to show.
 *
 * @param now RFC 3339
 */
export function internalErrorStatus(
  { generation }: { readonly generation: number },
  { message, hint }: Finding,
  previous: AppNetworkProfileStatus,
  now: string,
): AppNetworkProfileStatus {
  const conditions = stalledConditions('Unknown', reason, `${message}: ${hint}`);
  return {
    ...previous,
    observedGeneration: generation,
    conditions: storedConditions(conditions, generation, previous, now),
  };
}
