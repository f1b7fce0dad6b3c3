// What the operator asks the API server about the canary, and the one object that it writes there. Nothing here is watched: it is few,
// and read only while the canary is installed. Must not know what follows from it.
import { type Marker, markerName, markerPolicy } from '../canary/marker.ts';
import type { StoredReport } from '../canary/receipts.ts';
import { isOfClient } from '../canary/report.ts';
import type { StoredWarning, StoredWorkload } from '../canary/start-trouble.ts';
import type { ApiClient } from '../kube/api-client.ts';
import { listObjects } from '../kube/list.ts';
import type { KubernetesObject, RawObject } from '../kube/resource.ts';
import { canaryNamespace } from '../model/canary-namespace.ts';
import { listCanaryReports } from '../objects/canary-leases.ts';

const namespaced = (group: string, plural: string) =>
  `/apis/${group}/namespaces/${canaryNamespace}/${plural}`;
const policiesPath = namespaced('networking.k8s.io/v1', 'networkpolicies');

/** The canary in the API server. Every method throws ApiError if that refuses or fails. */
export class CanaryCluster {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /** The reports of the clients that take part. */
  async reports(): Promise<readonly StoredReport[]> {
    return await listCanaryReports(this.#client);
  }

  /** The nodes of all clients, whether they take part or not. */
  async clientNodes(): Promise<readonly string[]> {
    const all = await listCanaryReports(this.#client, { all: true });
    return all.filter(({ report }) => isOfClient(report)).map(({ node }) => node);
  }

  /** Every policy in the namespace. */
  async policies(): Promise<readonly RawObject[]> {
    return await listObjects(this.#client, { kind: 'NetworkPolicy', path: policiesPath });
  }

  /** Writes the marker. @param stored the one that is there */
  async writeMarker(marker: Marker, stored: RawObject | undefined): Promise<void> {
    const body = markerPolicy(marker);
    if (stored === undefined) {
      await this.#client.request('POST', policiesPath, { body });
      return;
    }
    const { resourceVersion } = stored.metadata;
    const replaced = { ...body, metadata: { ...body.metadata, resourceVersion } };
    await this.#client.request('PUT', `${policiesPath}/${markerName}`, { body: replaced });
  }

  /** The Deployments and the DaemonSet. */
  async workloads(): Promise<readonly StoredWorkload[]> {
    const [deployments, daemonSets] = await Promise.all([
      listObjects(this.#client, { kind: 'Deployment', path: namespaced('apps/v1', 'deployments') }),
      listObjects(this.#client, { kind: 'DaemonSet', path: namespaced('apps/v1', 'daemonsets') }),
    ]);
    return [...deployments, ...daemonSets].map(workloadOf);
  }

  /** What Kubernetes warns of: a quota, Pod Security, taints, an image. */
  async warnings(): Promise<readonly StoredWarning[]> {
    const path = namespaced('events.k8s.io/v1', 'events');
    const query = { fieldSelector: 'type=Warning' };
    return (await listObjects(this.#client, { kind: 'Event', path, query })).map(warningOf);
  }
}

interface RawWorkloadStatus {
  readonly observedGeneration?: number;
  readonly readyReplicas?: number;
  readonly numberReady?: number;
  readonly desiredNumberScheduled?: number;
}

function workloadOf({ kind, metadata, spec, status = {} }: KubernetesObject): StoredWorkload {
  const { observedGeneration, readyReplicas, numberReady, desiredNumberScheduled } =
    status as RawWorkloadStatus;
  const { replicas = 1 } = spec as { readonly replicas?: number };
  const onNodes = observedGeneration === undefined ? undefined : desiredNumberScheduled;
  const wanted = kind === 'DaemonSet' ? onNodes : replicas;
  const ready = readyReplicas ?? numberReady ?? 0;
  return { kind, name: metadata.name, ready, ...(wanted === undefined ? {} : { wanted }) };
}

/** An Event of events.k8s.io/v1, as far as it is read. */
interface RawWarning {
  readonly reason?: string;
  readonly note?: string;
  readonly regarding?: { readonly name?: string };
  readonly eventTime?: string;
  readonly deprecatedLastTimestamp?: string;
  readonly series?: { readonly lastObservedTime?: string };
}

function warningOf(event: object): StoredWarning {
  const {
    regarding,
    reason = '',
    note = '',
    eventTime,
    deprecatedLastTimestamp,
    series,
  } = event as RawWarning;
  const { name: about = '' } = regarding ?? {};
  // Whoever may write Events may have written anything, also what a terminal would take for a command.
  const line = note.replaceAll(/[\s\p{Cc}]+/gu, ' ');
  return {
    about,
    reason,
    note: line,
    lastSeen: series?.lastObservedTime ?? eventTime ?? deprecatedLastTimestamp ?? '',
  };
}
