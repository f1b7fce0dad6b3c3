// Requests to the API server as its administrator, for the control plane itself and for tests that arrange or look.
// Deliberately not the operator's own client: a test must not trust what it tests.
import { setTimeout } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { KeyPair } from './certificates.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The API server answered with an error status. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** The HTTP status, as 404. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** As often as client-go asks again where a server says 429. */
const maxTries = 10;

export class ApiClient {
  readonly #url: string;
  readonly #agent: Agent;

  /** @param url `https://127.0.0.1:PORT` */
  constructor(url: string, ca: string, client: KeyPair) {
    this.#url = url;
    this.#agent = new Agent({ connect: { ca, cert: client.certificate, key: client.key, timeout: 5000 } });
  }

  /**
   * One request with a JSON body and a JSON answer.
   * @param path as in `/api/v1/namespaces?limit=5`
   * @throws ApiError for a status of 400 or more; undici's errors where there is no answer
   */
  async json<Answer>(method: Method, path: string, body?: unknown): Promise<Answer> {
    const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    return JSON.parse(await this.text(method, path, body, contentType)) as Answer;
  }

  /**
   * One request whose answer is taken as it is; errors as for `json`. A server that asks to wait, such as one that has just
   * started, is asked again, as client-go does.
   */
  async text(
    method: Method,
    path: string,
    body?: unknown,
    contentType = 'application/json',
  ): Promise<string> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#textOnce(method, path, body, contentType);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 429 || tries === maxTries) throw error;
        await setTimeout(1000);
      }
    }
  }

  async #textOnce(method: Method, path: string, body: unknown, contentType: string): Promise<string> {
    const response = await request(this.#url + path, {
      dispatcher: this.#agent,
      method,
      headersTimeout: 30_000,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': contentType } }),
    });
    const text = await response.body.text();
    if (response.statusCode >= 400) {
      throw new ApiError(response.statusCode, `${method} ${path}: ${response.statusCode} ${messageOf(text)}`);
    }
    return text;
  }

  /**
   * The lines of an answer that goes on, such as that of a watch, as they come, until the server ends it.
   * @throws ApiError and undici's errors, as `json`; one of `signal`
   */
  async *lines(path: string, signal: AbortSignal): AsyncGenerator<string> {
    const { statusCode, body } = await request(this.#url + path, {
      dispatcher: this.#agent,
      signal,
      headersTimeout: 30_000,
      bodyTimeout: 0,
    });
    if (statusCode >= 400)
      throw new ApiError(statusCode, `GET ${path}: ${statusCode} ${messageOf(await body.text())}`);
    let rest = '';
    body.setEncoding('utf8');
    for await (const text of body) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  }

  /** Drops every connection. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/** The message of a Status object; an API server's errors are not always JSON. */
function messageOf(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text;
  }
}
