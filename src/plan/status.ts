// Conditions as Kubernetes has them, and when a status differs so that it is worth a write.
// Must not know which conditions there are.
import type { Condition } from '../api/conditions.ts';

/** A condition before it is known since when it holds. */
export type ConditionNow = Omit<Condition, 'lastTransitionTime'>;

/**
 * The conditions with their times: `now` (RFC 3339) where the status of one changed, else the time it had.
 */
export function withTimes(
  next: readonly ConditionNow[],
  previous: readonly Condition[],
  now: string,
): readonly Condition[] {
  return next.map((condition) => {
    const before = previous.find(({ type }) => type === condition.type);
    const lastTransitionTime = before?.status === condition.status ? before.lastTransitionTime : now;
    return { ...condition, lastTransitionTime };
  });
}

/** `text`, cut to what a status message may hold. */
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
