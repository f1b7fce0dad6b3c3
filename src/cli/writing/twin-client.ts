// Starts the Job of `verify` with the rights of the person who calls it, reads what its pod prints, and deletes it.
// Must not know what is in the Job, nor what its lines mean.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../../kube/api-client.ts';
import { ApiError, classify } from '../../kube/errors.ts';
import { listObjects } from '../../kube/list.ts';
import type { KubernetesObject } from '../../kube/resource.ts';
import { ToolError } from '../failures.ts';

/** A Job to create; the API server completes its name. */
export interface JobManifest {
  readonly metadata: { readonly namespace: string };
}

/** How long a pod may take to start, in milliseconds. */
const startPatienceMs = 45_000;
const lookEveryMs = 250;
/** A line is expected within the deadline of the Job. */
const silentMs = 70_000;

/** The Jobs of one cluster. */
export class TwinClient {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /** The PodDisruptionBudgets of a namespace; `undefined` if the person may not read them. @throws ApiError */
  async budgets(namespace: string): Promise<readonly KubernetesObject[] | undefined> {
    const path = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`;
    try {
      return await listObjects(this.#client, { kind: 'PodDisruptionBudget', path });
    } catch (error) {
      if (classify(error) === 'denied') return undefined;
      throw error;
    }
  }

  /** Lets the API server check a Job; nothing is stored. @throws ApiError */
  async checked(job: JobManifest): Promise<object> {
    const query = { fieldValidation: 'Strict', dryRun: 'All' };
    await this.#client.request('POST', jobsIn(job.metadata.namespace), { body: job, query });
    return job;
  }

  /**
   * Creates the Job, reads lines of its pod's log until `isDone`, and deletes it, whatever happened.
   *
   * @throws ToolError if the pod does not start, or ends early; ApiError
   */
  async run(job: JobManifest, isDone: (lines: readonly string[]) => boolean): Promise<readonly string[]> {
    const { namespace } = job.metadata;
    const created = await this.#client.request('POST', jobsIn(namespace), {
      body: job,
      query: { fieldValidation: 'Strict' },
    });
    const { name } = (created as KubernetesObject).metadata;
    try {
      const pod = await this.#startedPod(namespace, name);
      return await this.#read(namespace, pod, isDone);
    } finally {
      await this.#delete(namespace, name);
    }
  }

  async #startedPod(namespace: string, job: string): Promise<string> {
    const end = performance.now() + startPatienceMs;
    for (;;) {
      const [pod] = await this.#podsOf(namespace, job);
      const state = pod === undefined ? await this.#refusalOf(namespace, job) : stateOf(pod);
      if (state.started !== undefined) return state.started;
      if (state.isFinal || performance.now() > end) {
        const events = pod === undefined ? [] : await this.#events(namespace, 'Pod', pod.metadata.name);
        const last = events.at(-1);
        const more = last === undefined ? '' : `; the last Event of it: ${field(last, 'message')}`;
        throw new ToolError(`the new pod does not start: ${state.why}${more}`);
      }
      await sleep(lookEveryMs);
    }
  }

  async #podsOf(namespace: string, job: string): Promise<readonly KubernetesObject[]> {
    return await listObjects(this.#client, {
      kind: 'Pod',
      path: `/api/v1/namespaces/${namespace}/pods`,
      query: { labelSelector: `batch.kubernetes.io/job-name=${job}` },
    });
  }

  /** Pod Security, a quota and webhooks refuse the pod, not the Job: its controller tells it in an Event. */
  async #refusalOf(namespace: string, job: string): Promise<PodState> {
    const events = await this.#events(namespace, 'Job', job);
    const refused = events.find((event) => field(event, 'reason') === 'FailedCreate');
    if (refused !== undefined) return { why: field(refused, 'message'), isFinal: true };
    return { why: 'its Job has made no pod: look at the Events of the namespace' };
  }

  /** The Events of an object, in the order of the server; none if the person may not read them. */
  async #events(namespace: string, kind: string, name: string): Promise<readonly KubernetesObject[]> {
    try {
      return await listObjects(this.#client, {
        kind: 'Event',
        path: `/api/v1/namespaces/${namespace}/events`,
        query: { fieldSelector: `involvedObject.kind=${kind},involvedObject.name=${name}` },
      });
    } catch (error) {
      if (classify(error) !== 'denied') throw error;
      return [];
    }
  }

  async #read(
    namespace: string,
    pod: string,
    isDone: (lines: readonly string[]) => boolean,
  ): Promise<readonly string[]> {
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log`;
    const lines: string[] = [];
    const stream = this.#client.lines(path, {
      query: { follow: true, container: 'dial' },
      accept: '*/*',
      idleMs: silentMs,
      onOpen: () => {},
    });
    for await (const line of stream) {
      lines.push(line);
      if (isDone(lines)) return lines;
    }
    throw new ToolError(
      `the new pod ended without an answer${lines.length === 0 ? '' : `: ${lines.join(' ')}`}`,
    );
  }

  /** It also ends by itself: a failure to delete it is not worth more than that. */
  async #delete(namespace: string, name: string): Promise<void> {
    try {
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' };
      await this.#client.request('DELETE', `${jobsIn(namespace)}/${name}`, { body });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }
}

function jobsIn(namespace: string): string {
  return `/apis/batch/v1/namespaces/${namespace}/jobs`;
}

type PodState = StartedPod | WaitingPod;

interface StartedPod {
  /** The name of the pod, once its container runs or has run. */
  readonly started: string;
}

interface WaitingPod {
  readonly started?: never;
  readonly why: string;
  /** Waiting longer would not help. */
  readonly isFinal?: boolean;
}

interface ContainerStatus {
  readonly started?: boolean;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: object;
    readonly terminated?: object;
  };
}

/** Reasons for which a container waits, and will until somebody acts. */
const hopeless: readonly string[] = [
  ...['ErrImageNeverPull', 'ErrImagePull', 'ImagePullBackOff', 'InvalidImageName'],
  'CreateContainerConfigError',
];

function stateOf({ metadata, spec = {}, status }: KubernetesObject): PodState {
  const {
    phase,
    message,
    containerStatuses = [],
  } = (status ?? {}) as {
    readonly phase?: string;
    readonly message?: string;
    readonly containerStatuses?: readonly (ContainerStatus & { readonly name: string })[];
  };
  const { state = {} } = containerStatuses.find(({ name }) => name === 'dial') ?? {};
  if (state.running !== undefined || state.terminated !== undefined) return { started: metadata.name };
  const { reason = '', message: waiting = '' } = state.waiting ?? {};
  if (phase === 'Failed') return { why: message ?? 'the node refused it', isFinal: true };
  if (hopeless.includes(reason)) {
    return {
      why: `${reason}: ${waiting}; name an image that its node has or may pull, with \`--image\``,
      isFinal: true,
    };
  }
  const image = (spec as { readonly containers?: readonly { readonly image?: string }[] }).containers?.[0]
    ?.image;
  return {
    why: `it is ${phase ?? 'Pending'}${reason === '' ? '' : ` (${reason})`} after 45 s, with the image \`${image}\``,
  };
}

function field(object: object, name: 'reason' | 'message'): string {
  const value = (object as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : '';
}
