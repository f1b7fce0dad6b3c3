// A cluster in which one scene after the other is made: the objects of the last one go, labels are set, and it is waited for until the
// operator has written just what the tool would. Must not know packets.
import { Command } from 'commander';
import type { PolicyFacts } from '../../../src/analyze/facts.ts';
import { Progress } from '../../../src/cli/output/progress.ts';
import { type ClusterSnapshot, snapshotOf } from '../../../src/cli/snapshot/cluster-snapshot.ts';
import { inForce } from '../../../src/cli/snapshot/in-force.ts';
import { listCluster } from '../../../src/cli/snapshot/list-cluster.ts';
import { canonicalJson } from '../../../src/model/network-policy.ts';
import { formatKey } from '../../../src/model/object-key.ts';
import type { Cluster, Manifest } from '../../cluster.ts';
import { ApiError } from '../../control-plane/api-client.ts';
import { poll } from '../../control-plane/poll.ts';

/** What is in a cluster for some time. */
export interface Scene {
  /** By namespace: those that a scene of this stage may change. */
  readonly namespaceLabels?: Readonly<Record<string, Labels>>;
  /** By `namespace/name` of a pod. */
  readonly podLabels?: Readonly<Record<string, Labels>>;
  readonly objects: readonly Manifest[];
}

type Labels = Readonly<Record<string, string>>;

const plurals: Readonly<Record<string, string>> = {
  Namespace: 'namespaces',
  Pod: 'pods',
  Deployment: 'deployments',
  Service: 'services',
  Ingress: 'ingresses',
  NetworkPolicy: 'networkpolicies',
  AppNetworkProfile: 'appnetworkprofiles',
  PlatformNetworkProfile: 'platformnetworkprofiles',
};

/** Where objects of this kind are created. */
function folderOf({ apiVersion, kind, metadata: { namespace } }: Manifest): string {
  const plural = plurals[kind];
  if (plural === undefined) throw new Error(`no scene has a ${kind}`);
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${group}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${plural}`;
}

const pathOf = (manifest: Manifest) => `${folderOf(manifest)}/${manifest.metadata.name}`;

/** The stage. */
export class Stage {
  readonly #cluster: Cluster;
  #scene: Scene = { objects: [] };

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Creates an object that stays. */
  async create(manifest: Manifest): Promise<void> {
    await this.#cluster.api.json('POST', folderOf(manifest), manifest);
  }

  /** Makes a scene in place of the last one. The platform profile changes at once, so that the rings stay. */
  async replace(scene: Scene): Promise<void> {
    const isPlatform = ({ kind }: Manifest) => kind === 'PlatformNetworkProfile';
    const platform = scene.objects.find(isPlatform);
    const gone = this.#scene.objects.filter((each) => platform === undefined || !isPlatform(each));
    await Promise.all(gone.map((each) => this.#cluster.api.text('DELETE', pathOf(each))));
    await Promise.all([
      ...changedLabels(this.#scene.namespaceLabels, scene.namespaceLabels).map(([name, labels]) =>
        this.#patchLabels(`/api/v1/namespaces/${name}`, labels),
      ),
      ...changedLabels(this.#scene.podLabels, scene.podLabels).map(([key, labels]) =>
        this.#patchLabels(`/api/v1/namespaces/${key.replace('/', '/pods/')}`, labels),
      ),
    ]);
    if (platform !== undefined) await this.#put(platform);
    const others = scene.objects.filter((each) => !isPlatform(each));
    await Promise.all(others.map((each) => this.create(each)));
    this.#scene = scene;
  }

  /**
   * Waits until the policies in the cluster are those that the tool computes from its profiles.
   *
   * @returns the cluster as the tool lists it then
   */
  async settled(): Promise<ClusterSnapshot> {
    let last: readonly string[] = [];
    return await poll(
      async () => {
        const snapshot = await this.#snapshot();
        last = notYet(snapshot.facts.policies, inForce(snapshot, 'AsWritten').facts.policies);
        return last.length === 0 ? snapshot : undefined;
      },
      { everyMs: 100, expired: () => new Error(`the operator has not written this: ${last.join('; ')}`) },
    );
  }

  async #snapshot(): Promise<ClusterSnapshot> {
    const { kubeconfigPath } = this.#cluster.controlPlane;
    const progress = new Progress(
      () => ({ write: () => true }),
      () => 0,
    );
    const context = { progress, note: () => undefined, program: new Command() };
    return snapshotOf(await listCluster({ kubeconfig: kubeconfigPath }, context), 'ringfence-system');
  }

  /** Creates an object, or replaces it; the operator may write its status in between. */
  async #put(manifest: Manifest): Promise<void> {
    const path = pathOf(manifest);
    const replace = async () => {
      const stored = await this.#cluster.find<{ metadata: { resourceVersion: string } }>(path);
      if (stored === undefined) {
        await this.create(manifest);
        return true;
      }
      const { resourceVersion } = stored.metadata;
      const metadata = { ...manifest.metadata, resourceVersion };
      return await this.#cluster.api.json('PUT', path, { ...manifest, metadata }).then(
        () => true,
        (error: unknown) => {
          if (!(error instanceof ApiError) || error.status !== 409) throw error;
          return false;
        },
      );
    };
    await this.#cluster.eventually(`${path} is written`, replace);
  }

  async #patchLabels(path: string, labels: Readonly<Record<string, string | null>>): Promise<void> {
    await this.#cluster.api.json('PATCH', path, { metadata: { labels } });
  }
}

/** For each object, the labels to set; null for those that go. */
function changedLabels(
  before: Readonly<Record<string, Labels>> = {},
  after: Readonly<Record<string, Labels>> = {},
): readonly (readonly [string, Readonly<Record<string, string | null>>])[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].map((name) => [
    name,
    { ...Object.fromEntries(Object.keys(before[name] ?? {}).map((key) => [key, null])), ...after[name] },
  ]);
}

/** The policies of which one list has something else than the other. */
function notYet(live: readonly PolicyFacts[], wanted: readonly PolicyFacts[]): readonly string[] {
  const texts = (policies: readonly PolicyFacts[]) =>
    new Map(policies.map((policy) => [formatKey(policy), canonicalJson(policy.spec)]));
  const [there, asked] = [texts(live), texts(wanted)];
  return [...new Set([...there.keys(), ...asked.keys()])].filter((key) => there.get(key) !== asked.get(key));
}
