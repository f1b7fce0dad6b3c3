// The status of a NetworkPause: whether the policy that allows everything is written, and if not, why.
// Must not know what time it is.

import { formatProblem } from '../api/decode.ts';
import type { NetworkPauseStatus } from '../api/network-pause.ts';
import type { CompiledNamespace } from '../compile/compile.ts';
import { inWords } from '../compile/policies/pause-policy.ts';
import { type Direction, directions } from '../model/network-policy.ts';
import type { OwnedPolicy } from '../model/policies.ts';
import { isPauseName } from '../model/policy-names.ts';
import type { PauseFacts } from '../view/cluster-view.ts';
import type { Failure } from './failure.ts';
import { whyNotRinged } from './profile-status.ts';
import { shorten } from './status.ts';

/** What the status is made from. */
export interface PauseStatusInput {
  readonly pause: PauseFacts;
  /** Whether the paused namespace exists and is not being deleted. */
  readonly namespaceExists: boolean;
  /** Absent if there is no namespace, or no platform profile. */
  readonly compiled: CompiledNamespace | undefined;
  /** Our policies in the namespace. */
  readonly owned: readonly OwnedPolicy[];
  /** Why not every policy of the namespace is in place; absent if all are. */
  readonly failure?: Failure | undefined;
}

/** The status to show. */
export function pauseStatus(input: PauseStatusInput): NetworkPauseStatus {
  const { state, message } = stateOf(input);
  return { observedGeneration: input.pause.generation, state, message: shorten(message) };
}

type State = Required<Pick<NetworkPauseStatus, 'state' | 'message'>>;

function stateOf({ pause, namespaceExists, compiled, owned, failure }: PauseStatusInput): State {
  const { paused, isOver, decoded } = pause;
  if (!decoded.ok) {
    const problems = decoded.error.map(formatProblem).join('; ');
    return { state: 'Pending', message: `it can't be read, and opens nothing: ${problems}` };
  }
  const { direction, until } = decoded.value.spec;
  const asked = directions.filter((each) => direction === undefined || direction === each);
  const written = owned.filter(({ name, beingDeleted }) => isPauseName(name) && !beingDeleted);
  const opened = asked.filter((each) => written.some(({ isolates }) => isolates.includes(each)));
  const isWanted = compiled?.policies.some(({ name }) => isPauseName(name)) ?? false;
  if (isOver) return overSince(until, opened.length > 0 && !isWanted, failure);
  if (!namespaceExists) return { state: 'Pending', message: `there is no namespace \`${paused}\`` };
  const notNeeded = whyNotNeeded(paused, asked, compiled);
  if (notNeeded !== undefined) return { state: 'NotNeeded', message: notNeeded };
  if (opened.length > 0)
    return { state: 'Active', message: `everything is allowed ${inWords(opened)} the pods of \`${paused}\`` };
  const why = failure === undefined ? '' : `: ${failure.reason}: ${failure.message}`;
  return { state: 'Pending', message: `the policy that allows everything is not written${why}` };
}

/** @param isOpen whether the policy is still there, and not because of another pause */
function overSince(until: string, isOpen: boolean, failure: Failure | undefined): State {
  if (!isOpen) return { state: 'Expired', message: `it ended at ${until}` };
  const why = failure === undefined ? '' : `: ${failure.reason}: ${failure.message}`;
  return {
    state: 'Active',
    message: `it should have ended at ${until}, but its policy is still there${why}`,
  };
}

function whyNotNeeded(
  paused: string,
  asked: readonly Direction[],
  compiled: CompiledNamespace | undefined,
): string | undefined {
  const notRinged = whyNotRinged(compiled);
  if (notRinged !== undefined) return `Ringfence denies nothing in \`${paused}\`: ${notRinged.why}`;
  if (compiled?.enforcement === 'DryRun') return `\`${paused}\` is in a dry run: nothing is denied yet`;
  const isOpen = compiled?.egress === 'Unrestricted' && !asked.includes('Ingress');
  return isOpen ? `Ringfence denies no egress in \`${paused}\`: its egress mode is Unrestricted` : undefined;
}
