// A real Kubernetes control plane on loopback, for tests, the demo and benchmarks: etcd, kube-apiserver and, where asked
// for, kube-controller-manager, with throw-away certificates and data. There is no node, so no pod ever runs.
// It is stopped however its user ends, see supervisor.ts.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BinarySources } from '../binaries/find-binaries.ts';
import { ApiClient } from './api-client.ts';
import { ensureBinaries } from './binaries.ts';
import type { Identity } from './certificates.ts';
import {
  type Component,
  etcd,
  filesIn,
  kubeApiServer,
  kubeControllerManager,
  type Ports,
} from './components.ts';
import { type ControlPlaneCredentials, writeCredentials } from './credentials.ts';
import { checkHealth, compact } from './etcd-client.ts';
import { type Credentials, requestToken, writeKubeconfig } from './kubeconfig.ts';
import { patienceMs } from './poll.ts';
import { freePorts } from './ports.ts';
import { awaitReady } from './readiness.ts';
import { type RequestCount, type RequestFilter, requestCounts } from './request-counts.ts';
import { Supervision } from './supervision.ts';

export interface ControlPlaneOptions extends BinarySources {
  /**
   * true: kube-controller-manager runs from the start. `later`: only once `startControllerManager()` is called, which is
   * for tests that first install custom resources: its garbage collector looks for new kinds only every 30 s.
   * Absent or false: there is none. Then nothing is garbage-collected, a deleted namespace stays Terminating, the
   * aggregated ClusterRoles (`view`, `edit`, `admin`) allow nothing, and a pod needs no service account.
   */
  readonly controllerManager?: boolean | 'later';
  /** Further flags of kube-apiserver, as `--goaway-chance=0.01`. */
  readonly apiServerFlags?: readonly string[];
  /** How long each process may take to be ready; `patienceMs` when absent. */
  readonly readyTimeoutMs?: number;
}

/** What a control plane runs on. */
export interface Parts {
  readonly directory: string;
  readonly url: string;
  readonly ports: Ports;
  readonly components: readonly Component[];
  readonly credentials: ControlPlaneCredentials;
  readonly supervision: Supervision;
  readonly readyTimeoutMs: number;
}

const withoutManager = ['etcd', 'kube-apiserver'] as const;
const withManager = [...withoutManager, 'kube-controller-manager'] as const;

/**
 * Starts a control plane and returns when it is ready, in about 4 s (and minutes once, where its binaries must be built).
 * @throws BinariesMissing; an Error with the end of the log of a process that did not start
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const { controllerManager = false, apiServerFlags = [], readyTimeoutMs = patienceMs } = options;
  const paths = await ensureBinaries(controllerManager ? withManager : withoutManager, options);
  const directory = await mkdtemp(join(tmpdir(), 'ringfence-control-plane-'));
  const supervision = Supervision.over(directory);
  try {
    const ports: Ports = await freePorts('etcd', 'apiServer', 'controllerManager');
    const url = `https://127.0.0.1:${ports.apiServer}`;
    // Without a controller manager no namespace ever gets the service account that this plugin demands of each pod.
    const flags = controllerManager ? [] : ['--disable-admission-plugins=ServiceAccount'];
    const components = [
      etcd(paths.etcd, directory, ports),
      kubeApiServer(paths['kube-apiserver'], directory, ports, [...flags, ...apiServerFlags]),
      ...(controllerManager
        ? [kubeControllerManager(paths['kube-controller-manager'], directory, ports)]
        : []),
    ];
    const credentials = await writeCredentials(directory, { url });
    const parts = { directory, url, ports, components, credentials, supervision, readyTimeoutMs };
    const controlPlane = new ControlPlane(parts);
    await controlPlane.startApiServer();
    if (controllerManager === true) await controlPlane.startControllerManager();
    return controlPlane;
  } catch (error) {
    await supervision.stop();
    throw error;
  }
}

/** A running control plane. `await using` stops it at the end of its block. */
export class ControlPlane implements AsyncDisposable {
  /** Its own directory, gone after the stop: certificates, data, kubeconfigs and one log per process. */
  readonly directory: string;
  /** `https://127.0.0.1:PORT`, the same after a restart of the API server. */
  readonly url: string;
  /** A PEM file: the certificate authority of the API server. */
  readonly caPath: string;
  /** A kubeconfig of the administrator. */
  readonly kubeconfigPath: string;
  /** Requests as the administrator, to arrange and to look. */
  readonly api: ApiClient;

  readonly #parts: Parts;
  readonly #managerApi: ApiClient;
  #kubeconfigs = 0;
  #saved = 0;

  /** For who lays down its files and has a supervisor; nothing of it runs before `startApiServer()`. */
  constructor(parts: Parts) {
    const { directory, url, credentials, ports } = parts;
    const ca = credentials.authority.certificate;
    this.#parts = parts;
    this.directory = directory;
    this.url = url;
    this.caPath = filesIn(directory).ca;
    this.kubeconfigPath = filesIn(directory).adminKubeconfig;
    this.api = new ApiClient(url, ca, credentials.admin);
    this.#managerApi = new ApiClient(`https://127.0.0.1:${ports.controllerManager}`, ca, credentials.admin);
  }

  /** The pid of each process that was started last, in the order of their start. */
  get pids(): ReadonlyMap<string, number> {
    return this.#parts.supervision.pids;
  }

  /** The process that ends all others, and deletes the directory, on SIGTERM. */
  get supervisorPid(): number {
    return this.#parts.supervision.pid;
  }

  /** Ends the API server as a crash would, with SIGKILL; etcd keeps its data. */
  async killApiServer(): Promise<void> {
    await this.#parts.supervision.kill('kube-apiserver');
  }

  /** Starts the API server again, on the same port and data, and waits until it is ready. */
  async startApiServer(): Promise<void> {
    const { supervision } = this.#parts;
    if (!supervision.pids.has('etcd')) await supervision.start(this.#component('etcd'));
    await this.#start('kube-apiserver', async () => {
      await this.api.text('GET', '/readyz');
      // A moment after it calls itself ready, the API server makes the namespace `default`, and this in it.
      await this.api.text('GET', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes');
    });
  }

  /**
   * Starts kube-controller-manager and waits until it is healthy. For `controllerManager: 'later'`.
   * @throws Error when it runs already, or was not asked for at the start
   */
  async startControllerManager(): Promise<void> {
    await this.#start('kube-controller-manager', () => this.#managerApi.text('GET', '/healthz'));
  }

  /**
   * Compacts etcd at its current revision, so that its history is gone. A watch that resumes from an older resourceVersion
   * is still served from the API server's memory; between `killApiServer()` and `startApiServer()` it gets its 410, as
   * an ERROR event in a stream of status 200.
   * @returns the oldest resourceVersion that is left
   */
  async compactEtcd(): Promise<string> {
    return await compact(this.#etcdUrl);
  }

  /**
   * Copies etcd's data as it is now. etcd is away for a moment, and started again.
   * @returns the folder of the copy, for `restoreEtcd()`
   */
  async saveEtcd(): Promise<string> {
    this.#saved += 1;
    const copy = join(this.directory, `etcd-saved-${this.#saved}`);
    await this.#parts.supervision.kill('etcd');
    await cp(filesIn(this.directory).etcdData, copy, { recursive: true });
    await this.#startEtcd();
    return copy;
  }

  /**
   * Puts back what `saveEtcd()` copied, as a backup is restored after a disaster: with the API server stopped. Every
   * resourceVersion that was given since then is given again, to something else.
   */
  async restoreEtcd(saved: string): Promise<void> {
    await this.killApiServer();
    await this.#parts.supervision.kill('etcd');
    const { etcdData } = filesIn(this.directory);
    await rm(etcdData, { recursive: true });
    await cp(saved, etcdData, { recursive: true });
    await this.#startEtcd();
    await this.startApiServer();
  }

  /**
   * What the API server has answered since its last start, by its own count. It writes its own leases and the like too:
   * filter by resource, as `{ verb: writeVerbs, resource: 'networkpolicies' }`.
   */
  async requestCounts(filter: RequestFilter = {}): Promise<RequestCount[]> {
    return requestCounts(await this.api.text('GET', '/metrics'), filter);
  }

  /**
   * A kubeconfig of a user whom RBAC allows nothing yet, logged in with a client certificate.
   * @returns the path of the file
   */
  async userKubeconfig(identity: Identity): Promise<string> {
    return await this.#kubeconfig(await this.#parts.credentials.authority.forClient(identity));
  }

  /**
   * A kubeconfig of an existing service account, logged in with a token that is good for a day.
   * @returns the path of the file
   * @throws ApiError 404 where there is no such service account
   */
  async serviceAccountKubeconfig(namespace: string, name: string): Promise<string> {
    return await this.#kubeconfig(await requestToken(this.api, namespace, name));
  }

  /** Leaves the control plane running when this process ends; SIGTERM to its supervisor stops it. */
  async letGo(): Promise<void> {
    await this.#parts.supervision.letGo();
    await this.#closeConnections();
  }

  /** Stops everything, in order, and deletes the directory; returns when it is gone. A second call does nothing. */
  async stop(): Promise<void> {
    await this.#closeConnections();
    await this.#parts.supervision.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #closeConnections(): Promise<void> {
    await Promise.all([this.api.close(), this.#managerApi.close()]);
  }

  async #kubeconfig(credentials: Credentials): Promise<string> {
    this.#kubeconfigs += 1;
    const path = join(this.directory, `user-${this.#kubeconfigs}.kubeconfig`);
    const ca = this.#parts.credentials.authority.certificate;
    return await writeKubeconfig(path, this.url, ca, credentials);
  }

  #component(name: string): Component {
    const component = this.#parts.components.find((candidate) => candidate.name === name);
    if (component === undefined) {
      throw new Error(
        `\`${name}\` is not part of this control plane: set \`controllerManager\` at its start`,
      );
    }
    return component;
  }

  get #etcdUrl(): string {
    return `http://127.0.0.1:${this.#parts.ports.etcd}`;
  }

  async #startEtcd(): Promise<void> {
    await this.#start('etcd', () => checkHealth(this.#etcdUrl));
  }

  async #start(name: string, check: () => Promise<unknown>): Promise<void> {
    const { supervision, components, readyTimeoutMs } = this.#parts;
    const component = this.#component(name);
    await supervision.start(component);
    await awaitReady(component, components, supervision, check, readyTimeoutMs);
  }
}
