// The errors between us and the API server, classified in one place.
// Must not know what a request was for: callers ask for the class and decide.
import { ExpectedError } from '../model/expected-error.ts';
import { type Refusal, refusalOf } from './refusal.ts';
import { parseWallTime } from './wall-time.ts';

/** An answer of the API server other than success, or no answer at all (status 0). */
export class ApiError extends ExpectedError {
  /** The HTTP status, or 0 if the server was not reachable. */
  readonly status: number;
  /** The `reason` of the `metav1.Status` in the body, such as `AlreadyExists`, or `''`. */
  readonly reason: string;
  /** How long the server asks us to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** Why it is forbidden, with the status 403. */
  readonly refusal: Refusal | undefined;

  constructor(
    status: number,
    reason: string,
    message: string,
    { retryAfterMs, refusal }: Partial<Pick<ApiError, 'retryAfterMs' | 'refusal'>> = {},
  ) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
    this.refusal = refusal;
  }
}

/**
 * The classes of errors:
 * - `unreachable`: no answer; try again with backoff
 * - `retry`: an answer that will change by itself (408, 429, 5xx)
 * - `conflict`: our knowledge is stale (409); read again and retry
 * - `gone`: the object, or its namespace, does not exist or is being deleted (404, a terminating namespace)
 * - `expired`: the resource version is too old (410); list again
 * - `unauthorized`: our credentials are not accepted, or missing (401); a person or a rotation fixes that
 * - `denied`: missing permission (403 of the authorizer); a person has to act, then a retry succeeds
 * - `invalid`: the server does not accept the request (400, 413, 422 and similar; a quota or an admission webhook, 403)
 */
export type ErrorClass =
  | 'unreachable'
  | 'retry'
  | 'conflict'
  | 'gone'
  | 'expired'
  | 'unauthorized'
  | 'denied'
  | 'invalid';

/** Classifies an error of a request; anything that is not an ApiError is a programmer's mistake and is rethrown. */
export function classify(error: unknown): ErrorClass {
  if (!(error instanceof ApiError)) throw error;
  if (error.status === 0) return 'unreachable';
  switch (error.status) {
    case 401:
      return 'unauthorized';
    case 403:
      return forbiddenClasses[error.refusal?.cause ?? 'Other'];
    case 404:
      return 'gone';
    case 409:
      return 'conflict';
    case 410:
      return 'expired';
    case 408:
    case 429:
      return 'retry';
    default:
      return error.status >= 400 && error.status < 500 ? 'invalid' : 'retry';
  }
}

/** Admission answers with the same status as the authorizer. */
const forbiddenClasses: Readonly<Record<Refusal['cause'], ErrorClass>> = {
  PermissionMissing: 'denied',
  NamespaceTerminating: 'gone',
  QuotaExceeded: 'invalid',
  Other: 'invalid',
};

/** Whether the request failed because the server does not know a feature in it. */
export function isUnsupported(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 400 || error.status === 422);
}

/** The used headers of an answer. */
interface AnswerHeaders {
  readonly date?: string | undefined;
  readonly 'retry-after'?: string | undefined;
}

/**
 * Creates an error from an answer. The body is a `metav1.Status` if the API server itself answers, and anything
 * if a proxy, a webhook or a panic handler does.
 */
export function errorFromAnswer(status: number, body: string, headers: AnswerHeaders = {}): ApiError {
  const parsed = parseStatus(body);
  const message = parsed.message || body.trim().slice(0, 200) || `HTTP status ${status}`;
  return new ApiError(status, parsed.reason ?? '', message, {
    retryAfterMs: parseRetryAfter(headers),
    refusal: status === 403 ? refusalOf(message, parsed.details) : undefined,
  });
}

/** Creates an error from the `ERROR` event of a watch, whose object is a `metav1.Status`. */
export function errorFromStatus(object: unknown): ApiError {
  const { code = 500, reason = '', message, details } = (object ?? {}) as Partial<WatchStatus>;
  const text = message ?? 'the watch ended with an unnamed error';
  return new ApiError(code, reason, text, code === 403 ? { refusal: refusalOf(text, details) } : {});
}

interface WatchStatus {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details: unknown;
}

function parseStatus(body: string): { reason?: string; message?: string; details?: unknown } {
  try {
    const value: unknown = JSON.parse(body);
    if (value === null || typeof value !== 'object') return {};
    const { reason, message, details } = value as { reason?: unknown; message?: unknown; details?: unknown };
    return {
      details,
      ...(typeof reason === 'string' ? { reason } : {}),
      ...(typeof message === 'string' ? { message } : {}),
    };
  } catch {
    return {};
  }
}

/**
 * The longest accepted Retry-After. A longer one is a mistake somewhere: the liveness probe would take it for a
 * hang, and a timer of more than 24 days fires at once.
 */
const longestWaitMs = 120_000;

/**
 * RFC 9110 section 10.2.3; the API server sends seconds, proxies may send a date. The date belongs to the clock of the
 * sender, which sends its time in the same answer.
 */
function parseRetryAfter({ 'retry-after': value, date }: AnswerHeaders): number | undefined {
  if (value === undefined) return undefined;
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : timeBetween(date, value);
  return wait === undefined ? undefined : Math.min(longestWaitMs, Math.max(0, wait));
}

/** In milliseconds; `undefined` if one of them is not a date. */
function timeBetween(from: string | undefined, to: string): number | undefined {
  const [start, end] = [parseWallTime(from), parseWallTime(to)];
  return start === undefined || end === undefined ? undefined : end - start;
}
