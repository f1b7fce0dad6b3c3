// The credentials of requests, read from a kubeconfig again and again, because tokens and certificates rotate.
// client-node knows files, exec plugins and in-cluster tokens; must not send anything.

import { KubeConfig } from '@kubernetes/client-node';
import { ExpectedError } from '../model/expected-error.ts';

/** Credentials are not available now; the message says why, for people. */
export class CredentialsError extends ExpectedError {
  override readonly name = 'CredentialsError';
  /** Whether a retry is useless: a file or a command is missing, or the configuration contradicts itself. */
  readonly isFinal: boolean;

  constructor(message: string, isFinal: boolean) {
    super(message);
    this.isFinal = isFinal;
  }
}

/** The options of a TLS connection, with the names of `node:tls`. */
export interface TlsOptions {
  readonly ca?: Buffer;
  readonly cert?: Buffer | string;
  readonly key?: Buffer | string;
  readonly rejectUnauthorized?: boolean;
  readonly servername?: string;
}

/** Credentials as they are now. */
export interface ReadCredentials {
  readonly tls: TlsOptions;
  readonly headers: Readonly<Record<string, string>>;
}

// As in client-go: a rotated token is read within this time.
const maxAgeMs = 30_000;
// If many requests are refused at the same time, the first one asks for new credentials for all.
const minAgeMs = 1_000;

/** The credentials of a kubeconfig. */
export class Credentials {
  readonly #config: KubeConfig;
  readonly #deadlineMs: number;
  #last: { readonly value: Promise<ReadCredentials>; readonly at: number } | undefined;

  /** @param deadlineMs how long an exec plugin may take */
  constructor(config: KubeConfig, deadlineMs = 60_000) {
    this.#config = config;
    this.#deadlineMs = deadlineMs;
  }

  /**
   * The credentials, which may be some seconds old.
   *
   * @param refresh the server has refused the last ones
   * @throws CredentialsError if there are none
   */
  read(refresh = false): Promise<ReadCredentials> {
    const last = this.#last;
    const maxAge = refresh ? minAgeMs : maxAgeMs;
    if (last !== undefined && performance.now() - last.at < maxAge) return last.value;
    const value = this.#inTime(this.#load(refresh));
    this.#last = { value, at: performance.now() };
    value.catch(() => {
      this.#last = undefined;
    });
    return value;
  }

  /** Otherwise a plugin that hangs would delay every request forever. */
  async #inTime(loading: Promise<ReadCredentials>): Promise<ReadCredentials> {
    const late = Promise.withResolvers<never>();
    const message = `it did not answer within ${this.#deadlineMs / 1000} s`;
    const timer = setTimeout(() => late.reject(this.#explain(new Error(message))), this.#deadlineMs);
    try {
      return await Promise.race([loading, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #load(refresh: boolean): Promise<ReadCredentials> {
    const options: HttpsOptions = {};
    const config = refresh ? withoutMemory(this.#config) : this.#config;
    try {
      await config.applyToHTTPSOptions(options);
    } catch (error) {
      throw this.#explain(error as NodeJS.ErrnoException);
    }
    const { headers = {}, auth, ca, cert, key, rejectUnauthorized, servername } = options;
    const basic =
      auth === undefined ? {} : { Authorization: `Basic ${Buffer.from(auth).toString('base64')}` };
    return {
      headers: { ...basic, ...headers },
      tls: withoutUndefined({ ca, cert, key, rejectUnauthorized, servername }),
    };
  }

  /** An exec plugin may fail for a while, like the service that it asks; a missing file or command stays missing. */
  #explain({ message, code }: NodeJS.ErrnoException): CredentialsError {
    const plugin = this.#config.getCurrentUser()?.exec?.command as string | undefined;
    const isFinal = plugin === undefined || code !== undefined;
    const what = plugin === undefined ? '' : `exec plugin \`${plugin}\`: `;
    return new CredentialsError(
      `can't get credentials from the kubeconfig: ${what}${oneLine(message) || 'it failed without a message'}`,
      isFinal,
    );
  }
}

interface HttpsOptions extends TlsOptions {
  headers?: Record<string, string>;
  auth?: string;
}

/** client-node caches a plugin's answer until it expires, and a token file's content for a minute. */
function withoutMemory(config: KubeConfig): KubeConfig {
  const { clusters, contexts, users, currentContext } = config;
  const fresh = new KubeConfig();
  fresh.loadFromOptions({ clusters, contexts, users, currentContext });
  return fresh;
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, '; ');
}

function withoutUndefined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}
