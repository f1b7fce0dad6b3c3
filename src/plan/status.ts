// Conditions as in Kubernetes, and whether a status differs enough to be written.
// Must not know which conditions exist.
import type { Condition } from '../api/conditions.ts';

/** A condition without its time. */
export type ConditionWithoutTime = Omit<Condition, 'lastTransitionTime'>;

/**
 * The conditions with their times: `now` (RFC 3339) if the status of one changed, or else its previous time.
 */
export function withTimes(
  next: readonly ConditionWithoutTime[],
  previous: readonly Condition[],
  now: string,
): readonly Condition[] {
  return next.map((condition) => {
    const before = previous.find(({ type }) => type === condition.type);
    const lastTransitionTime = before?.status === condition.status ? before.lastTransitionTime : now;
    return { ...condition, lastTransitionTime };
  });
}

/** A condition, before its time is known. */
export function condition(
  type: string,
  status: Condition['status'],
  reason: string,
  message: string,
): ConditionWithoutTime {
  return { type, status, reason, message };
}

/** The conditions of a profile for which nothing is done until a person helps. */
export function stalledConditions(
  accepted: Condition['status'],
  reason: string,
  message: string,
): readonly ConditionWithoutTime[] {
  return [
    condition('Accepted', accepted, reason, message),
    condition('Programmed', 'Unknown', reason, message),
    condition('Ready', 'False', reason, message),
    condition('Stalled', 'True', reason, message),
  ];
}

/** The conditions as a status contains them: of this generation, with their times, and with messages that are cut. */
export function storedConditions(
  next: readonly ConditionWithoutTime[],
  generation: number,
  previous: { readonly conditions?: readonly Condition[] },
  now: string,
): readonly Condition[] {
  const whole = next.map((each) => ({
    ...each,
    observedGeneration: generation,
    message: shorten(each.message),
  }));
  return withTimes(whole, previous.conditions ?? [], now);
}

/** `text`, cut to the maximum length of a status message. */
export function shorten(text: string, length = 1024): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}

/** `text`, cut to so many bytes of UTF-8, never through a character. */
export function shortenToBytes(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const ellipsis = '…';
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytes - Buffer.byteLength(ellipsis)));
  return `${text.slice(0, read)}${ellipsis}`;
}
