// Requests to the API server over one pooled transport: JSON in, JSON out, errors classified, watches as lines. Writes pass a
// gate.
// Must not know any kind of object, nor retry: the caller decides when to ask again.
import type { IncomingMessage } from 'node:http';
import type { ClusterConnection, Transport } from './connection.ts';
import { ApiError, errorFromAnswer } from './errors.ts';
import { exchange, readBody } from './http.ts';
import { ServerClock } from './server-clock.ts';
import { type WriteGate, WritesClosedError } from './write-gate.ts';

/** The content of a request besides its path. */
export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  /** The media type of the body; merge patches have their own. */
  readonly contentType?: 'application/json' | 'application/merge-patch+json';
  /** The requested form of the answer; if unset: JSON. */
  readonly accept?: string;
  readonly signal?: AbortSignal | undefined;
  /** For a write, the epoch of the facts from which it was decided; if unset: the current one. See `WriteGate`. */
  readonly epoch?: number | undefined;
}

/** A watch sets how long it may be silent, and has its own connection. A write has to pass a gate. */
type SendOptions = RequestOptions & { readonly idleMs?: number; readonly beforeSending?: () => void };

/** The HTTP methods that we use. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The dependencies of a client. */
export interface ClientOptions {
  readonly onAnswer?: AnswerListener;
  /** What every request except a GET has to pass; if absent, all may be sent. */
  readonly gate?: WriteGate;
  /** Whether its requests share no connection with those of other clients, for which they would have to wait. */
  readonly apart?: boolean;
}

/** Receives each exchange with the API server; `status` is absent if there was no answer. It must not throw. */
export type AnswerListener = (method: Method, host: string, status: number | undefined) => void;

/** Sends requests to one API server. */
export class ApiClient {
  /** The server's clock, from its answers. */
  readonly serverClock = new ServerClock();
  readonly #connection: ClusterConnection;
  readonly #host: string;
  readonly #options: ClientOptions;

  constructor(connection: ClusterConnection, options: ClientOptions = {}) {
    this.#connection = connection;
    this.#host = new URL(connection.server).host;
    this.#options = options;
  }

  /**
   * Sends one request and returns the parsed body: an object, a list or a `metav1.Status`.
   *
   * @throws ApiError for any answer but success, and for none
   * @throws WritesClosedError if it was not sent, or was cancelled, because writing is not allowed now
   */
  async request(method: Method, path: string, options: RequestOptions = {}): Promise<object> {
    const { gate } = this.#options;
    if (gate === undefined || method === 'GET') return this.#request(method, path, options);
    const { epoch = gate.epoch } = options;
    const beforeSending = () => gate.check(epoch);
    beforeSending();
    const { aborted } = gate;
    // A combined signal for each write would cost more than the write's JSON.
    const signal = options.signal === undefined ? aborted : AbortSignal.any([aborted, options.signal]);
    try {
      return await this.#request(method, path, { ...options, signal, beforeSending });
    } catch (error) {
      throw aborted.aborted ? new WritesClosedError() : error;
    }
  }

  async #request(method: Method, path: string, options: SendOptions): Promise<object> {
    const answer = await this.#send(method, path, options);
    const text = await bodyOf(answer);
    const object = parseObject(text);
    if (object !== undefined) return object;
    const what = `the answer to ${method} ${path} is not an object of the Kubernetes API`;
    throw new ApiError(statusOf(answer), '', `${what}: ${text.slice(0, 200)}`);
  }

  /**
   * Opens a stream of lines (a watch) on a connection of its own. It ends when the server ends it.
   *
   * @param options.idleMs a stream that is silent for so long counts as broken
   * @param options.onOpen called once, when the server has accepted the request
   * @throws ApiError for any answer but success, for none, and when the stream breaks
   */
  async *lines(
    path: string,
    options: RequestOptions & { readonly idleMs: number; readonly onOpen: () => void },
  ): AsyncGenerator<string> {
    const answer = await this.#send('GET', path, options);
    options.onOpen();
    let rest = '';
    const decoder = new TextDecoder();
    try {
      for await (const chunk of answer) {
        const pieces = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
        rest = pieces.pop() ?? '';
        yield* pieces;
      }
    } catch (error) {
      throw error instanceof ApiError ? error : unreachable(error);
    } finally {
      answer.destroy();
    }
    if (rest !== '') throw new ApiError(0, '', 'the stream ended in the middle of a line');
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #send(method: Method, path: string, options: SendOptions): Promise<IncomingMessage> {
    let answer = await this.#sendOnce(method, path, options, await this.#transport());
    if (statusOf(answer) === 401) {
      answer.resume();
      answer = await this.#sendOnce(method, path, options, await this.#transport(true));
    }
    if (statusOf(answer) < 300) return answer;
    throw errorFromAnswer(statusOf(answer), await bodyOf(answer), answer.headers);
  }

  /** Without credentials the server would treat us as anonymous, so nothing is sent. */
  async #transport(refresh = false): Promise<Transport> {
    try {
      return await this.#connection.transport(refresh);
    } catch (error) {
      throw new ApiError(401, 'NoCredentials', (error as Error).message);
    }
  }

  async #sendOnce(
    method: Method,
    path: string,
    options: SendOptions,
    { agent, watchAgent, headers }: Transport,
  ): Promise<IncomingMessage> {
    const { body, contentType = 'application/json', accept = 'application/json' } = options;
    const { signal, idleMs, beforeSending } = options;
    const { apart, onAnswer } = this.#options;
    const sent = performance.now();
    try {
      const answer = await exchange(`${this.#connection.server}${path}${formatQuery(options.query)}`, {
        method,
        headers: {
          accept,
          'user-agent': 'ringfence',
          ...(body === undefined ? {} : { 'content-type': contentType }),
          ...headers,
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal,
        beforeSending,
        idleMs,
        deadlineMs: idleMs === undefined ? deadlineOf(options) : undefined,
        agent: apart || idleMs !== undefined ? watchAgent : agent,
      });
      onAnswer?.(method, this.#host, statusOf(answer));
      this.serverClock.heard(answer.headers.date, sent, performance.now());
      return answer;
    } catch (error) {
      if (error instanceof WritesClosedError) throw error;
      onAnswer?.(method, this.#host, undefined);
      throw unreachable(error);
    }
  }
}

/** A list takes as long as it is long; the API server itself aborts anything else after a minute. */
function deadlineOf({ query }: SendOptions): number {
  return query?.limit === undefined ? 65_000 : 300_000;
}

/** The form of every answer of the API server; a portal or a gateway may also answer with status 200. */
function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && 'kind' in value && 'apiVersion' in value;
    return isObject ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A client's answer always has one. */
function statusOf(answer: IncomingMessage): number {
  return answer.statusCode ?? 0;
}

async function bodyOf(answer: IncomingMessage): Promise<string> {
  try {
    return await readBody(answer);
  } catch (error) {
    throw unreachable(error);
  }
}

/** For a caller, a connection failure and a timeout are the same: there is no answer. */
function unreachable(error: unknown): ApiError {
  const { message, code } = error as { message?: string; code?: string };
  return new ApiError(0, code ?? '', message || code || 'no answer');
}

function formatQuery(query: RequestOptions['query'] = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return parameters.size === 0 ? '' : `?${parameters}`;
}
