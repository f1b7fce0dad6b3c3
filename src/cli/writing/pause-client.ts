// Reads and writes NetworkPauses for the verbs that do: with the rights of the person who calls them, and no others.
// Must not know what is printed.
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeNetworkPause } from '../../api/decode.ts';
import {
  type NetworkPause,
  type NetworkPauseStatus,
  networkPauseStatus,
  pausedBy,
  pausedByAnnotation,
} from '../../api/network-pause.ts';
import { ApiClient } from '../../kube/api-client.ts';
import { connect, loadKubeConfig } from '../../kube/connection.ts';
import { ApiError, classify } from '../../kube/errors.ts';
import { listObjects } from '../../kube/list.ts';
import { readStatus } from '../../kube/object-status.ts';
import type { KubernetesObject } from '../../kube/resource.ts';
import { wallMs } from '../../kube/wall-time.ts';
import { nearest } from '../../model/did-you-mean.ts';
import { apiVersion, managedByLabel } from '../../model/policies.ts';
import { pauseNames } from '../../model/policy-names.ts';
import { namespaces, networkPauses } from '../../objects/policy-resources.ts';
import { cannotReach, ToolError } from '../failures.ts';
import type { ClusterFlags, WriteFlags } from '../options.ts';

/** What a person asks for. */
export type AskedPause = NetworkPause['spec'];

/** A NetworkPause as the cluster has it. */
export interface FoundPause {
  readonly object: KubernetesObject;
  readonly spec: Partial<AskedPause>;
  /** What the operator reports about this generation; empty if it has not yet. */
  readonly status: NetworkPauseStatus;
}

/** How long the verbs wait for the operator, in milliseconds. */
export const patienceMs = 30_000;

/** How often to look whether the operator has reported, in milliseconds. */
const lookEveryMs = 200;

/**
 * Calls `use` with a client for the cluster of the flags.
 *
 * @throws ConfigurationError if the kubeconfig is not usable; ToolError if the cluster does not answer, or refuses
 */
export async function withPauses<T>(
  flags: ClusterFlags & WriteFlags,
  use: (pauses: PauseClient) => Promise<T>,
): Promise<T> {
  const connection = await connect(loadKubeConfig(flags));
  const client = new ApiClient(connection);
  try {
    return await use(new PauseClient(client, flags));
  } catch (error) {
    throw error instanceof ApiError ? refused(error, connection.server) : error;
  } finally {
    await client.close();
  }
}

/** The NetworkPauses of one cluster. */
export class PauseClient {
  readonly #client: ApiClient;
  readonly #query: { readonly dryRun?: 'All'; readonly fieldValidation: 'Strict' };

  constructor(client: ApiClient, { dryRun = false }: WriteFlags) {
    this.#client = client;
    this.#query = { ...(dryRun && { dryRun: 'All' }), fieldValidation: 'Strict' };
  }

  /** The clock of the API server, or ours if it does not tell the time; in milliseconds since the epoch. */
  get nowMs(): number {
    return this.#client.serverClock.timeMs(performance.now()) ?? wallMs();
  }

  /** Every pause, ordered by name. @throws ApiError */
  async all(): Promise<readonly FoundPause[]> {
    const { kind, path } = networkPauses;
    return (await listObjects(this.#client, { kind, path })).map(foundIn);
  }

  /**
   * Refuses a namespace that does not exist: a pause of it would open it as soon as somebody creates it. Nothing is refused if the
   * person may not read namespaces.
   *
   * @throws ToolError if there is no such namespace; ApiError
   */
  async requireNamespace(name: string): Promise<void> {
    const known = await this.#namespaces();
    if (known === undefined || known.includes(name)) return;
    const meant = nearest(name, known);
    throw new ToolError(
      `there is no namespace \`${name}\`${meant === undefined ? '' : `: did you mean \`${meant}\`?`}`,
    );
  }

  async #namespaces(): Promise<readonly string[] | undefined> {
    try {
      const found = await listObjects(this.#client, namespaces);
      return found.map(({ metadata }) => metadata.name);
    } catch (error) {
      if (error instanceof ApiError && classify(error) === 'denied') return undefined;
      throw error;
    }
  }

  /** @throws ApiError */
  async find(name: string): Promise<FoundPause | undefined> {
    try {
      return foundIn(await this.#request('GET', name));
    } catch (error) {
      // Without its kind, the server does not know the path: then the body is no object.
      if (error instanceof ApiError && error.reason === 'NotFound') return undefined;
      throw error;
    }
  }

  /** Creates a pause, or replaces the spec of `existing`. @throws ApiError */
  async write(name: string, spec: AskedPause, existing: FoundPause | undefined): Promise<FoundPause> {
    const person = await this.#caller();
    const { [pausedByAnnotation]: _, ...others } = existing?.object.metadata.annotations ?? {};
    const annotations = { ...others, ...(person === undefined ? {} : { [pausedByAnnotation]: person }) };
    if (existing !== undefined) {
      const metadata = { ...existing.object.metadata, annotations };
      return foundIn(await this.#request('PUT', name, { ...existing.object, metadata, spec }));
    }
    const body = { apiVersion, kind: networkPauses.kind, metadata: { name, annotations }, spec };
    return foundIn(await this.#request('POST', undefined, body));
  }

  /** Who the API server takes the person for. `undefined` if it does not tell: before Kubernetes 1.28, or without the right to ask. */
  async #caller(): Promise<string | undefined> {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    try {
      const answer = await this.#client.request('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
        body,
      });
      const { status } = answer as {
        readonly status?: { readonly userInfo?: { readonly username?: string } };
      };
      return pausedBy({ [pausedByAnnotation]: status?.userInfo?.username });
    } catch (error) {
      if (error instanceof ApiError) return undefined;
      throw error;
    }
  }

  /**
   * Whether Ringfence has any policy in a namespace. `undefined` if the person may not read them, or the server does not tell: this is
   * only a hint, and must never keep anybody from a pause.
   */
  async isFenced(namespace: string): Promise<boolean | undefined> {
    const path = `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`;
    const query = { labelSelector: `${managedByLabel.key}=${managedByLabel.value}` };
    try {
      return (await listObjects(this.#client, { kind: 'NetworkPolicy', path, query })).length > 0;
    } catch (error) {
      if (error instanceof ApiError) return undefined;
      throw error;
    }
  }

  /** Deletes just this pause, and no later one of its name. @throws ApiError */
  async delete({ object: { metadata } }: FoundPause): Promise<void> {
    const { name, uid } = metadata;
    // With a body, the API server does not read the query.
    const { dryRun } = this.#query;
    const body = {
      ...{ apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } },
      ...(dryRun && { dryRun: [dryRun] }),
    };
    await this.#client.request('DELETE', `${networkPauses.path}/${name}`, { body });
  }

  /** The pause as soon as the operator has reported about it, or after this many milliseconds without a status. */
  async reported(pause: FoundPause, timeoutMs: number): Promise<FoundPause> {
    const { name } = pause.object.metadata;
    const end = performance.now() + timeoutMs;
    let last = pause;
    while (last.status.state === undefined && performance.now() < end) {
      await sleep(lookEveryMs);
      last = (await this.#look(name)) ?? last;
    }
    return last;
  }

  /**
   * Whether the policy that allows everything is gone, now or within this many milliseconds; `undefined` if the person may not read
   * it. Only the operator deletes it, and none may be running.
   *
   * @throws ApiError
   */
  async closed(namespace: string, timeoutMs: number): Promise<boolean | undefined> {
    const end = performance.now() + timeoutMs;
    try {
      while (await this.#isOpen(namespace)) {
        if (performance.now() >= end) return false;
        await sleep(lookEveryMs);
      }
      return true;
    } catch (error) {
      if (error instanceof ApiError && classify(error) === 'denied') return undefined;
      throw error;
    }
  }

  async #isOpen(namespace: string): Promise<boolean> {
    for (const name of pauseNames) {
      const policy = await this.#policy(
        `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies/${name}`,
      );
      if (policy?.metadata.labels?.[managedByLabel.key] === managedByLabel.value) return true;
    }
    return false;
  }

  async #policy(path: string): Promise<KubernetesObject | undefined> {
    try {
      return (await this.#client.request('GET', path)) as KubernetesObject;
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'NotFound') return undefined;
      throw error;
    }
  }

  /** It is written already: a server that does not answer now is no failure. */
  async #look(name: string): Promise<FoundPause | undefined> {
    try {
      return await this.find(name);
    } catch (error) {
      if (error instanceof ApiError) return undefined;
      throw error;
    }
  }

  async #request(
    method: 'GET' | 'POST' | 'PUT',
    name: string | undefined,
    body?: object,
  ): Promise<KubernetesObject> {
    const path = name === undefined ? networkPauses.path : `${networkPauses.path}/${name}`;
    const write = method === 'GET' ? {} : { body, query: this.#query };
    return (await this.#client.request(method, path, write)) as KubernetesObject;
  }
}

function foundIn(object: KubernetesObject): FoundPause {
  const status = readStatus(networkPauseStatus, object.status);
  const isCurrent = status.observedGeneration === object.metadata.generation;
  return { object, spec: (object.spec ?? {}) as Partial<AskedPause>, status: isCurrent ? status : {} };
}

/** @throws ToolError if the API server would refuse it, in the same words */
export function checkAsked(name: string, spec: AskedPause): void {
  const decoded = decodeNetworkPause({ apiVersion, kind: networkPauses.kind, metadata: { name }, spec });
  if (decoded.ok) return;
  const problem = decoded.error.find(({ path }) => path.startsWith('spec.')) ?? decoded.error[0];
  const field = problem?.path.replace(/^(spec|metadata)\./, '') ?? '';
  throw new ToolError(`${flagOf(field)} ${problem?.message}`);
}

function flagOf(field: string): string {
  return field === 'namespace' || field === 'name' ? '`NAMESPACE`' : `\`--${field}\``;
}

function refused(error: ApiError, server: string): ToolError {
  const { status, message } = error;
  const what = networkPauses.name;
  switch (classify(error)) {
    case 'unreachable':
      return cannotReach(server, error);
    case 'denied':
      return new ToolError(
        `no permission: ${message}; ask for the ClusterRole \`ringfence-pauser\`, and check it with \`kubectl auth can-i create ${what}\``,
      );
    case 'conflict':
      return new ToolError(`somebody else has just changed it: ${message}; try again`);
    case 'gone':
      if (error.reason === 'NotFound' && !/could not find the requested resource/.test(message))
        return new ToolError(`it is gone: ${message}; try again`);
      return new ToolError(
        `the cluster does not know NetworkPauses: install the CRDs of this version with \`kubectl apply -k config/crd\``,
      );
    default:
      return new ToolError(`the API server at \`${server}\` refuses it (${status}): ${message}`);
  }
}
