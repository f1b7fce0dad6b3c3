// What a client asks the API server for: listeners, the Service, the marker; and how it reports. Must not know what follows from it.

import { listenerGroups, translatedService } from '../canary/canary-table.ts';
import { type Marker, markerName, readMarker } from '../canary/marker.ts';
import type { CanaryReport, UnnumberedReport } from '../canary/report.ts';
import { partLabel, reportAnnotation } from '../canary/report-annotation.ts';
import type { Listener } from '../canary/rounds.ts';
import { canaryNamespace } from '../model/canary-namespace.ts';
import { compareText } from '../model/object-key.ts';
import { type ApiServer, RequestError } from './in-cluster-api.ts';

/** The pod that reports. */
export interface ReportingPod {
  readonly name: string;
  readonly uid: string;
  readonly node: string;
}

interface Slice {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
  readonly addressType: string;
  readonly endpoints?:
    | readonly {
        readonly addresses: readonly string[];
        readonly nodeName?: string;
        readonly conditions?: { readonly ready?: boolean };
        readonly targetRef?: { readonly name?: string };
      }[]
    | null;
}

interface StoredLease {
  readonly metadata: {
    readonly resourceVersion?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** What the stored Lease says of its next version. */
interface LastReport {
  readonly resourceVersion?: string | undefined;
  readonly number: number;
}

/** Who does not take part has nothing to say. */
const resting: UnnumberedReport = { version: 1, checks: [], capabilities: {} };

const serviceLabel = 'kubernetes.io/service-name';
const namespaced = (group: string, rest: string) => `/apis/${group}/namespaces/${canaryNamespace}/${rest}`;
const leases = namespaced('coordination.k8s.io/v1', 'leases');

/** Every listener that is ready, in an order that does not change. */
export async function findListeners(api: ApiServer): Promise<readonly Listener[]> {
  const selector = encodeURIComponent(`${serviceLabel} in (${Object.values(listenerGroups).join(',')})`);
  const path = namespaced('discovery.k8s.io/v1', `endpointslices?labelSelector=${selector}`);
  const { items } = await api.json<{ items: readonly Slice[] }>('GET', path);
  const found = items.flatMap(({ metadata, addressType, endpoints }) =>
    (endpoints ?? []).flatMap(({ addresses: [address], nodeName, targetRef, conditions }) => {
      const [group, pod] = [metadata.labels?.[serviceLabel], targetRef?.name];
      const isKnown = addressType === 'IPv4' || addressType === 'IPv6';
      if (!isKnown || conditions?.ready === false) return [];
      if (address === undefined || nodeName === undefined || group === undefined || pod === undefined)
        return [];
      return [{ group, family: addressType, pod, node: nodeName, address } satisfies Listener];
    }),
  );
  return found.sort((a, b) => compareText(a.node + a.pod, b.node + b.pod));
}

/** The first address of the Service whose translation is tried. */
export async function serviceAddress(api: ApiServer): Promise<string | undefined> {
  const path = `/api/v1/namespaces/${canaryNamespace}/services/${translatedService}`;
  const { spec } = await api.json<{ spec: { clusterIP?: string } }>('GET', path);
  return spec.clusterIP;
}

/** Watches the marker, until the server ends that. */
export async function watchMarker(api: ApiServer, onMarker: (marker: Marker) => void): Promise<void> {
  const selector = `fieldSelector=${encodeURIComponent(`metadata.name=${markerName}`)}`;
  const path = namespaced('networking.k8s.io/v1', `networkpolicies?watch=1&timeoutSeconds=300&${selector}`);
  await api.watch<{ type: string; object: { metadata: { annotations?: Record<string, string> } } }>(
    path,
    ({ type, object }) => {
      const marker =
        type === 'ADDED' || type === 'MODIFIED' ? readMarker(object.metadata.annotations) : undefined;
      if (marker !== undefined) onMarker(marker);
    },
  );
}

/** The Lease in which a client reports: it is called like its pod, and goes with it. */
export class ReportLease {
  readonly #api: ApiServer;
  readonly #pod: ReportingPod;
  #last: LastReport | undefined;

  constructor(api: ApiServer, pod: ReportingPod) {
    this.#api = api;
    this.#pod = pod;
  }

  /**
   * Writes a report.
   *
   * @param report absent: this client does not take part now
   * @param time RFC 3339 with microseconds
   * @throws as ApiServer; the next attempt looks again
   */
  async write(report: UnnumberedReport | undefined, time: string): Promise<void> {
    const { name, uid, node } = this.#pod;
    const path = `${leases}/${name}`;
    const { resourceVersion, number } = this.#last ?? (await this.#find(path));
    this.#last = undefined;
    const numbered: CanaryReport = { ...(report ?? resting), number: number + 1 };
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name,
        namespace: canaryNamespace,
        ...(report === undefined ? {} : { labels: { [partLabel]: 'true' } }),
        annotations: { [reportAnnotation]: JSON.stringify(numbered) },
        ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name, uid }],
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
      },
      spec: { holderIdentity: node, leaseDurationSeconds: 660, renewTime: time },
    };
    const { metadata } =
      resourceVersion === undefined
        ? await this.#api.json<StoredLease>('POST', leases, lease)
        : await this.#api.json<StoredLease>('PUT', path, lease);
    this.#last = { resourceVersion: metadata.resourceVersion, number: numbered.number };
  }

  /** Its number goes on from whatever is there: a container that starts again must be heard. */
  async #find(path: string): Promise<LastReport> {
    try {
      const { resourceVersion, annotations } = (await this.#api.json<StoredLease>('GET', path)).metadata;
      return { resourceVersion, number: numberIn(annotations?.[reportAnnotation]) };
    } catch (error) {
      if (error instanceof RequestError && error.status === 404) return { number: 0 };
      throw error;
    }
  }
}

/** Anybody who may write here may have written anything. */
function numberIn(text = ''): number {
  try {
    const { number } = JSON.parse(text) as { readonly number?: unknown };
    return Number.isSafeInteger(number) ? Number(number) : 0;
  } catch {
    return 0;
  }
}
