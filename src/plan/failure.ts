// Why not all policies of a namespace are in place, for statuses and Events.
// Must not know what was tried, nor when the next attempt is.
import { shortenToBytes } from './status.ts';

/** The reason, as one CamelCase word for programs and as a text for people. */
export interface Failure {
  readonly reason: string;
  readonly message: string;
}

/** The maximum length of a server's message, in bytes: the sentence around it has to fit into a status, too. */
const noteBytes = 700;

/** What to do about a permission that the operator lacks. */
export const grantPermission = 'grant it with `kubectl apply -k config/rbac`';

/** The answer of the API server, or of a webhook behind it, to a write, and what to do about it if that is known. */
export function writeFailure(reason: string, answer: string): Failure {
  const message = shortenToBytes(answer.replaceAll(/\s+/g, ' ').trim(), noteBytes);
  return { reason, message: reason === 'PermissionMissing' ? `${message}; ${grantPermission}` : message };
}

/** The constant part of a message with counters: quotas report how much is used, and webhooks may name each request. */
export function stableText({ reason, message }: Failure): string {
  return `${reason} ${message.replaceAll(/[0-9a-f]{8,}(?:-[0-9a-f]{4,})*|\d+/gi, '#')}`;
}
