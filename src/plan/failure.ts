// Why the policies of a namespace are not all in place, as statuses and Events tell it.
// Must not know what was tried, nor when it is tried again.
import { shortenToBytes } from './status.ts';

/** Why, as one CamelCase word for programs and as a text for people. */
export interface Failure {
  readonly reason: string;
  readonly message: string;
}

/** So much of what a server says is told, in bytes: the sentence around it has to fit into a status, too. */
const noteBytes = 700;

/** What the API server, or who answers in its place, said to a write. */
export function refusedBy(reason: string, said: string): Failure {
  return { reason, message: shortenToBytes(said.replaceAll(/\s+/g, ' ').trim(), noteBytes) };
}

/** What stays the same while a message only counts on: quotas tell how much is used, and webhooks may name each request. */
export function gistOf({ reason, message }: Failure): string {
  return `${reason} ${message.replaceAll(/[0-9a-f]{8,}(?:-[0-9a-f]{4,})*|\d+/gi, '#')}`;
}
