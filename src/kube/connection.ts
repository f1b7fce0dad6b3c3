// From a kubeconfig to the address, TLS, credentials and pooled transport of requests.
// client-node's KubeConfig reads files and environment; it must not send anything.

import { X509Certificate } from 'node:crypto';
import type { Agent } from 'node:http';
import { createSecureContext } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import { KubeConfig } from '@kubernetes/client-node';
import { ExpectedError } from '../model/expected-error.ts';
import { Credentials, CredentialsError, type TlsOptions } from './credentials.ts';
import { makeAgent } from './http.ts';
import { addTokenFiles, kubeconfigFiles } from './token-files.ts';

/** A configuration that can never work, with a message for people. */
export class ConfigurationError extends ExpectedError {
  override readonly name = 'ConfigurationError';
}

/** What requests are sent with. */
export interface Transport {
  /** Short requests share at most `poolSize` connections. */
  readonly agent: Agent;
  /** Watches live long: each has a connection of its own, apart from the pool. */
  readonly watchAgent: Agent;
  /** The credentials' headers. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Where and how requests are sent. */
export interface ClusterConnection {
  /** The API server's address with an optional path, without a slash at its end. */
  readonly server: string;
  /**
   * To be called before each request: credentials rotate.
   *
   * @param refresh the server has refused the credentials (401)
   * @throws CredentialsError if there are none now
   */
  transport(refresh?: boolean): Promise<Transport>;
  close(): Promise<void>;
}

/** How many short requests are in flight at once. */
export const poolSize = 32;

/**
 * Reads the kubeconfig as kubectl does (`KUBECONFIG`, `~/.kube/config`, then the in-cluster files).
 *
 * @param options.kubeconfig a file to read instead
 * @param options.context a context to use instead of the current one
 * @throws ConfigurationError if there is none, or if it lacks a server or a user
 */
export function loadKubeConfig(
  options: { kubeconfig?: string | undefined; context?: string | undefined } = {},
): KubeConfig {
  const config = new KubeConfig();
  try {
    if (options.kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(options.kubeconfig);
    addTokenFiles(config, kubeconfigFiles(options.kubeconfig));
  } catch (error) {
    const { code, path, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new ConfigurationError(
        `there is no kubeconfig \`${path}\`: name one with \`--kubeconfig\` or in KUBECONFIG`,
      );
    const [reason = ''] = message.split('\n');
    const file = options.kubeconfig === undefined ? '' : ` \`${options.kubeconfig}\``;
    throw new ConfigurationError(`can't read the kubeconfig${file}: ${reason}`);
  }
  if (config.getCurrentContext() === nothingFound) {
    throw new ConfigurationError(
      'there is no kubeconfig: set `--kubeconfig` or `KUBECONFIG`, or run in a cluster',
    );
  }
  if (options.context !== undefined) config.setCurrentContext(options.context);
  checkContext(config);
  return config;
}

/** The context that client-node invents, with a server on localhost, if it finds no kubeconfig at all. */
const nothingFound = 'loaded-context';

/** @throws ConfigurationError if the current context does not lead to a server and a user */
function checkContext(config: KubeConfig): void {
  const name: string | undefined = config.getCurrentContext();
  if (name === undefined || name === '') {
    throw new ConfigurationError('the kubeconfig has no current context: choose one with `--context`');
  }
  const context = config.getContextObject(name);
  if (context === null) {
    throw new ConfigurationError(
      `the kubeconfig has no context \`${name}\`: list them with \`kubectl config get-contexts\``,
    );
  }
  if (!/^https?:$/.test(URL.parse(config.getCurrentCluster()?.server ?? '')?.protocol ?? '')) {
    throw new ConfigurationError(
      `context \`${name}\` of the kubeconfig names no cluster with a server address that starts with \`https://\``,
    );
  }
  if (context.user !== undefined && config.getUser(context.user) === null) {
    throw new ConfigurationError(
      `context \`${name}\` of the kubeconfig names the user \`${context.user}\`, which it does not contain`,
    );
  }
}

/**
 * Prepares the transport for `config`. Nothing is sent yet. An exec plugin that fails now may succeed later.
 *
 * @throws ConfigurationError if a file or a plugin is missing, a certificate is invalid, or the kind of proxy is not supported
 */
export async function connect(config: KubeConfig): Promise<ClusterConnection> {
  const pools = new Pools(config);
  const credentials = new Credentials(config);
  const transport = async (refresh = false): Promise<Transport> => {
    const { tls, headers } = await credentials.read(refresh);
    return { ...pools.with(tls), headers };
  };
  try {
    await transport();
  } catch (error) {
    if (!(error instanceof CredentialsError)) throw error;
    if (error.isFinal) throw new ConfigurationError(error.message);
  }
  return {
    server: config.getCurrentCluster()?.server.replace(/\/+$/, '') ?? '',
    transport,
    close: async () => pools.close(),
  };
}

type Pool = Omit<Transport, 'headers'>;

/** The pools of connections; a rotated client certificate creates new ones. */
class Pools {
  readonly #config: KubeConfig;
  readonly #all: Pool[] = [];
  #last: { readonly tls: TlsOptions; readonly pool: Pool } | undefined;

  constructor(config: KubeConfig) {
    this.#config = config;
  }

  /** @throws ConfigurationError if there can't be any */
  with(tls: TlsOptions): Pool {
    if (this.#last !== undefined && isDeepStrictEqual(this.#last.tls, tls)) {
      // Compared with themselves, they are equal at once.
      this.#last = { ...this.#last, tls };
      return this.#last.pool;
    }
    try {
      createSecureContext(tls);
      // Node accepts any authority, and then trusts none.
      if (tls.ca !== undefined) new X509Certificate(tls.ca);
    } catch (error) {
      throw new ConfigurationError(
        `can't use the certificates of the kubeconfig: ${(error as Error).message}`,
      );
    }
    const server = this.#config.getCurrentCluster()?.server ?? '';
    const proxy = proxyOf(this.#config);
    const pool = {
      agent: makeAgent(server, proxy, tls, poolSize),
      watchAgent: makeAgent(server, proxy, tls),
    };
    this.#all.push(pool);
    this.#last = { tls, pool };
    return pool;
  }

  close(): void {
    for (const { agent, watchAgent } of this.#all) {
      agent.destroy();
      watchAgent.destroy();
    }
  }
}

/** @throws ConfigurationError if its kind is not supported */
function proxyOf(config: KubeConfig): string | undefined {
  const proxy = config.getCurrentCluster()?.proxyUrl;
  if (proxy === undefined || proxy === '') return undefined;
  if (/^https?:/.test(proxy)) return proxy;
  throw new ConfigurationError(
    `proxy \`${proxy}\` of the kubeconfig is not supported: use an http or https proxy`,
  );
}
