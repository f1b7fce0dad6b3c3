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
