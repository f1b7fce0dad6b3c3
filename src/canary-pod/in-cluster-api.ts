// Requests of a pod to the API server, with the token and the certificate that Kubernetes mounts. The operator's own client would need
// more memory than all the rest of this program. Must not know what is requested, nor retry.
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';

const account = '/var/run/secrets/kubernetes.io/serviceaccount';
/** How long an answer may take. A watch has its own end. */
const patienceMs = 15_000;
/** A watch may be silent for so long: the server ends it before. */
const watchMs = 330_000;

/** An answer that is no success. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The API server, as the environment of a pod names it. */
export class ApiServer {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 2, ca: readFileSync(`${account}/ca.crt`) });
  readonly #host = process.env.KUBERNETES_SERVICE_HOST ?? '';
  readonly #port = process.env.KUBERNETES_SERVICE_PORT ?? '443';

  /** Sends a request. @throws RequestError for any answer but success; other errors where there is none */
  async json<T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<T> {
    const answer = await this.#send(method, path, body, patienceMs);
    let text = '';
    for await (const chunk of answer.setEncoding('utf8')) text += chunk;
    const { statusCode: status = 0 } = answer;
    if (status >= 300) throw new RequestError(status, `${method} ${path}: ${status} ${text.slice(0, 300)}`);
    return JSON.parse(text) as T;
  }

  /** Watches, and returns when the server ends that. @throws as `json` */
  async watch<T>(path: string, onEvent: (event: T) => void): Promise<void> {
    const answer = await this.#send('GET', path, undefined, watchMs);
    const { statusCode: status = 0 } = answer;
    if (status >= 300) {
      answer.resume();
      throw new RequestError(status, `GET ${path}: ${status}`);
    }
    let rest = '';
    for await (const chunk of answer.setEncoding('utf8')) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onEvent(JSON.parse(line) as T);
    }
  }

  #send(method: string, path: string, body: object | undefined, timeout: number): Promise<IncomingMessage> {
    // It is renewed while the pod runs.
    const token = readFileSync(`${account}/token`, 'utf8').trim();
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      ...{ accept: 'application/json', authorization: `Bearer ${token}`, 'user-agent': 'ringfence-canary' },
      ...(sent === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) }),
    };
    return new Promise((resolve, reject) => {
      const options = {
        host: this.#host,
        port: this.#port,
        method,
        path,
        headers,
        timeout,
        agent: this.#agent,
      };
      const sending = request(options, resolve);
      sending.on('timeout', () => sending.destroy(new Error(`${method} ${path}: no answer`)));
      sending.on('error', reject);
      sending.end(sent);
    });
  }
}
