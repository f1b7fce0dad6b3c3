// Ports as intervals: what a person writes (`53/UDP`, `8000-8100`, `metrics`).
// Must not know Services: by the time a port gets here it is a pod's port.
import type { Interval } from './interval-sets.ts';
import { failure, type Result, success } from './result.ts';

/** The transport protocols that a NetworkPolicy knows (`v1.Protocol`). */
export const protocols = ['TCP', 'UDP', 'SCTP'] as const;

/** One of the transport protocols that a NetworkPolicy knows. */
export type Protocol = (typeof protocols)[number];

/** An inclusive interval of port numbers, 1 to 65535. */
export type PortInterval = Interval<number>;

/** What a person asked for: numbers, or the name of a container port, which each pod resolves for itself. */
export type PortSpec =
  | { readonly protocol: Protocol; readonly interval: PortInterval }
  | { readonly protocol: Protocol; readonly name: string };

/** Every port number. */
export const everyPort: PortInterval = { first: 1, last: 65535 };

const expected =
  'a port number from 1 to 65535, a range like `8000-8100`, or a port name like `metrics`, optionally followed by `/TCP`, `/UDP` or `/SCTP`';

/**
 * Reads one port: `27017`, `"8000-8100"`, `"metrics"`, `"53/UDP"` or `"8000-8100/SCTP"`; without a protocol it is TCP.
 *
 * A name is an IANA service name (RFC 6335 section 5.1): at most 15 of a-z, 0-9 and `-`, with at least one
 * letter, no `-` at an end nor two in a row.
 */
export function parsePort(value: number | string): Result<PortSpec, string> {
  const match = /^([^/]+)(?:\/(TCP|UDP|SCTP))?$/.exec(String(value));
  const text = match?.[1] ?? '';
  const protocol = (match?.[2] ?? 'TCP') as Protocol;
  const numbers = /^(0|[1-9]\d{0,4})(?:-(0|[1-9]\d{0,4}))?$/.exec(text);
  if (numbers) {
    const first = Number(numbers[1]);
    const last = Number(numbers[2] ?? numbers[1]);
    if (first < 1 || last > 65535) return failure(`\`${value}\` is outside 1 to 65535: write ${expected}`);
    if (first > last) return failure(`\`${value}\` starts above its end: write \`${last}-${first}\``);
    return success({ protocol, interval: { first, last } });
  }
  if (isPortName(text)) return success({ protocol, name: text });
  return failure(`\`${value}\` is not a port: write ${expected}`);
}

/** A port as a person writes it, as in `53/UDP`: TCP goes without saying, and a number alone stays one. */
export function withProtocol(port: number | string, protocol: Protocol): number | string {
  return protocol === 'TCP' ? port : `${port}/${protocol}`;
}

/** A port with the name that a container or a Service gives it, as in `8080 (http)`. */
export function withPortName(port: number | string, name: string | undefined): string {
  return name === undefined ? `${port}` : `${port} (${name})`;
}

/** Whether `text` is an IANA service name, as container port names must be (RFC 6335 section 5.1). */
export function isPortName(text: string): boolean {
  return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text) && text.length <= 15 && /[a-z]/.test(text);
}
