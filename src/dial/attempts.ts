// What a pod tells of the connections that it tried: the results, when they count, and the lines in which it prints them.
// Must not know how a connection is tried, nor what is allowed.
import * as z from 'zod';

/**
 * How an attempt ended. `refused`: a reset, or a refusal of a machine on the way; `dropped`: no answer in time; `unreachable`: no way
 * there; `failed`: anything else, which proves nothing.
 */
export const attemptResults = ['connected', 'refused', 'dropped', 'unreachable', 'failed'] as const;

/** The result of an attempt. */
export type AttemptResult = (typeof attemptResults)[number];

/** Where a connection is tried to. UDP only to DNS servers, which answer. */
export interface DialTarget {
  readonly protocol: 'TCP' | 'UDP';
  readonly address: string;
  readonly port: number;
}

const attempt = z.strictObject({
  /** Milliseconds after the program started. */
  afterMs: z.number(),
  result: z.enum(attemptResults),
  /** The code of the system, as in `EACCES`. */
  code: z.string().optional(),
});

/** One attempt. */
export type Attempt = z.output<typeof attempt>;

const report = z.strictObject({
  target: z.strictObject({ protocol: z.enum(['TCP', 'UDP']), address: z.string(), port: z.number() }),
  attempts: z.array(attempt).min(1),
});

/** Everything that was tried to one target. The last attempt counts. */
export type DialReport = z.output<typeof report>;

/** One line, which `readReport` reads. */
export function writeReport(value: DialReport): string {
  return `${JSON.stringify(value)}\n`;
}

/** Reads a line of a pod's log; `undefined` if it is no report. */
export function readReport(line: string): DialReport | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return report.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** What a person expects of the network. */
export type Expected = 'allowed' | 'denied';

/** Whether an attempt ended as expected; `undefined` if it proves nothing. */
export function isAsExpected({ result }: Attempt, expected: Expected): boolean | undefined {
  if (result === 'failed') return undefined;
  return (result === 'connected') === (expected === 'allowed');
}

/** How many attempts in a row must end alike. */
const alike = 2;

/** How many attempts are made at most: whoever counts aborted handshakes, as MySQL does, must not block the client. */
export const mostAttempts = 8;

/**
 * Whether the last attempt counts. The first moments of a new pod prove nothing: some CNIs let everything through, others nothing. So
 * two attempts in a row must end alike, and what is not as expected is tried until the attempts are used up.
 */
export function isSettled(attempts: readonly Attempt[], expected: Expected): boolean {
  if (attempts.length >= mostAttempts) return true;
  const last = attempts.slice(-alike);
  return last.length === alike && last.every((each) => isAsExpected(each, expected) === true);
}

/** As in `TCP:10.0.0.1:8080` and `TCP:[fd00::1]:8080`, which `readTarget` reads. */
export function writeTarget({ protocol, address, port }: DialTarget): string {
  return `${protocol}:${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** Reads a target; `undefined` if the word is none. */
export function readTarget(word: string): DialTarget | undefined {
  const [, protocol, bracketed, plain, port] =
    /^(TCP|UDP):(?:\[([\da-fA-F:.]+)\]|([\d.]+)):(\d{1,5})$/.exec(word) ?? [];
  const address = bracketed ?? plain;
  const number = Number(port);
  if ((protocol !== 'TCP' && protocol !== 'UDP') || address === undefined) return undefined;
  return number >= 1 && number <= 65_535 ? { protocol, address, port: number } : undefined;
}
