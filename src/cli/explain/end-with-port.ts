// Reads the port that a person writes after an end, as in `shop/web:80`, which is how addresses and images are written.
// Must not know what the end names.
import { type PortSpec, parsePort } from '../../model/ports.ts';
import { ToolError } from '../failures.ts';

/** An end, and the port that is asked about. */
export interface EndWithPort {
  readonly end: string;
  /** As it was written; absent if there is none. */
  readonly port?: string;
}

/** A word that starts with a letter, an IPv4 address, or an IPv6 address in brackets; then the port. */
const withPort = /^(?:([a-z][^:]*|[\d.]+)|\[([\da-f:.]+)\]):([\w-]+(?:\/[a-z]+)?)$/i;

/**
 * Divides DST into its end and its port.
 *
 * @param port PORT, if that is an argument of its own
 * @throws ToolError if both name a port, and not the same one
 */
export function destinationWithPort(word: string, port?: string): EndWithPort {
  const [, end, bracketed, own] = withPort.exec(word) ?? [];
  const name = end ?? bracketed;
  if (name === undefined || own === undefined) return { end: word, ...(port === undefined ? {} : { port }) };
  if (port !== undefined && port !== own) {
    throw new ToolError(
      `\`${word}\` and PORT \`${port}\` name different ports: write \`${name} ${own}\` or \`${name} ${port}\``,
    );
  }
  return { end: name, port: own };
}

/**
 * Refuses a port at SRC: a policy sees only the port of the destination.
 *
 * @throws ToolError
 */
export function sourceWithoutPort(word: string): string {
  const { end, port } = destinationWithPort(word);
  if (port === undefined) return word;
  throw new ToolError(
    `\`${word}\`: the port in question is that of the destination, and clients take any port: write \`${end}\` here`,
  );
}

/**
 * Reads PORT: a number, a range or a name, with `/UDP` or `/SCTP` if it is not TCP.
 *
 * @throws ToolError if it is invalid
 */
export function readPort(word: string): PortSpec {
  const parsed = parsePort(word.replace(/\/[a-z]+$/i, (protocol) => protocol.toUpperCase()));
  if (parsed.ok) return parsed.value;
  throw new ToolError(parsed.error);
}
