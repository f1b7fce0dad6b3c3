// Edits of a cluster as teams, platform engineers and other tools make them, again and again and under names that are never used twice;
// and the way back to the state of the beginning. Random, from a seed. Must not know what follows from an edit.
import { type Cluster, denyIngress, monitoringPolicy, platformPath, profilePath } from '../cluster.ts';
import { ApiError } from '../control-plane/api-client.ts';
import { Random } from '../faults/random.ts';
import { appNamespace } from '../support/expected-policies.ts';

/** The platform before the first edit and after the last one. */
export const soakPlatform = {
  enforcement: 'Enforce',
  egress: 'Restricted',
  dns: { namespace: 'kube-system', podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } }, ports: [53] },
  namespaces: { selector: { matchLabels: appNamespace } },
  monitoring: [{ name: 'prometheus', namespace: 'monitoring', ports: ['metrics'] }],
} as const;

/** The namespaces that stay. */
export const residents = Array.from({ length: 10 }, (_, index) => `resident-${index}`);

/** How many objects of a kind that are made here exist at once, at most. */
const most = 15;

const policies = (namespace: string) => `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`;
const services = (namespace: string) => `/api/v1/namespaces/${namespace}/services`;
const pauses = '/apis/ringfence.dev/v1alpha1/networkpauses';

/** Edits one cluster. */
export class Churn {
  readonly #cluster: Cluster;
  readonly #random: Random;
  /** Where the objects are that were made and not deleted yet, by what they are: the oldest ones first. */
  readonly #made = new Map<string, string[]>();
  #number = 0;
  #edits = 0;

  constructor(cluster: Cluster, seed: number) {
    this.#cluster = cluster;
    this.#random = new Random(seed);
  }

  /** How many edits the API server has accepted. */
  get edits(): number {
    return this.#edits;
  }

  /** One edit, or a few that belong together. */
  async edit(): Promise<void> {
    await this.#random.pick([
      () => this.#createNamespace(),
      () => this.#relabelNamespace(),
      () => this.#createProfile(),
      () => this.#createProfile(),
      () => this.#editProfile(),
      () => this.#editProfile(),
      () => this.#createPolicy(),
      () => this.#disturbPolicy(),
      () => this.#disturbPolicy(),
      () => this.#createService(),
      () => this.#createPause(),
      () => this.#editPlatform(),
    ])();
  }

  /** Deletes everything that was made, and makes the platform as it was. */
  async restore(): Promise<void> {
    for (const paths of [...this.#made.values()].reverse())
      for (const path of paths.splice(0)) await this.#send('DELETE', path);
    await this.#send('PATCH', platformPath, { spec: soakPlatform });
  }

  async #createNamespace(): Promise<void> {
    const name = this.#newName('preview');
    await this.#create('namespace', '/api/v1/namespaces', { metadata: { name, labels: appNamespace } });
    await this.#create('profile', profilePath(name, '').replace(/\/$/, ''), this.#profile('web'));
  }

  async #relabelNamespace(): Promise<void> {
    const path = this.#someMade('namespace');
    const labels = this.#random.pick([{ app: null }, appNamespace, { note: this.#newName('note') }]);
    if (path !== undefined) await this.#send('PATCH', path, { metadata: { labels } });
  }

  async #createProfile(): Promise<void> {
    const path = profilePath(this.#someResident(), '').replace(/\/$/, '');
    await this.#create('profile', path, this.#profile(this.#newName('team')));
  }

  async #editProfile(): Promise<void> {
    const path = this.#someMade('profile');
    if (path !== undefined) await this.#send('PATCH', path, { spec: { routes: this.#routes() } });
  }

  /** Somebody else's policy. */
  async #createPolicy(): Promise<void> {
    const podSelector = { matchLabels: { app: this.#newName('app') } };
    const metadata = { name: this.#newName('foreign') };
    await this.#create('policy', policies(this.#someResident()), { metadata, spec: { podSelector } });
  }

  /**
   * Somebody deletes or edits a policy of Ringfence, in a namespace that does not live for long: where a policy is undone again and
   * again, it is contested and left alone for minutes.
   */
  async #disturbPolicy(): Promise<void> {
    const namespace = this.#someMade('namespace')?.split('/').at(-1);
    if (namespace === undefined) return;
    const path = `${policies(namespace)}/${this.#random.pick([denyIngress, monitoringPolicy])}`;
    const podSelector = { matchLabels: { app: this.#newName('app') } };
    if (this.#random.below(2) === 0) await this.#send('DELETE', path);
    else await this.#send('PATCH', path, { spec: { podSelector } });
  }

  async #createService(): Promise<void> {
    const name = this.#newName('service');
    const spec = { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] };
    await this.#create('service', services(this.#someResident()), { metadata: { name }, spec });
  }

  async #createPause(): Promise<void> {
    const spec = { namespace: this.#someResident(), until: '2999-01-02T15:04:05Z', reason: 'a drill' };
    const manifest = { apiVersion: 'ringfence.dev/v1alpha1', kind: 'NetworkPause' };
    await this.#create('pause', pauses, { ...manifest, metadata: { name: this.#newName('pause') }, spec }, 2);
  }

  async #editPlatform(): Promise<void> {
    // It concerns every namespace.
    if (this.#random.below(4) > 0) return;
    const ports = ['metrics', 9000 + this.#random.below(1000)];
    await this.#send('PATCH', platformPath, {
      spec: { monitoring: [{ name: 'prometheus', namespace: 'monitoring', ports }] },
    });
  }

  #profile(name: string): object {
    const manifest = { apiVersion: 'ringfence.dev/v1alpha1', kind: 'AppNetworkProfile' };
    return { ...manifest, metadata: { name }, spec: { routes: this.#routes() } };
  }

  #routes(): readonly object[] {
    return Array.from({ length: 1 + this.#random.below(3) }, () => ({
      ...{ name: this.#newName('route'), ...this.#ends() },
      ports: [1024 + this.#random.below(60_000)],
    }));
  }

  #ends(): object {
    const app = { app: this.#newName('app') };
    const other = { namespace: { name: this.#someResident() } };
    const range = { cidr: { cidr: `203.0.113.${this.#random.below(256)}/32` } };
    return this.#random.pick([
      { from: app, to: { app: 'web' } },
      { from: other, to: app },
      { from: range, to: app },
      { from: app, to: other },
      { from: app, to: { service: this.#newName('service') } },
    ]);
  }

  /** Creates an object; where there are many of its kind by then, the oldest one is deleted. */
  async #create(what: string, collection: string, manifest: object, atMost = most): Promise<void> {
    const { name } = (manifest as { readonly metadata: { readonly name: string } }).metadata;
    const made = this.#made.get(what) ?? [];
    this.#made.set(what, made);
    made.push(`${collection}/${name}`);
    await this.#send('POST', collection, manifest);
    const oldest = made.length > atMost ? made.shift() : undefined;
    if (oldest !== undefined) await this.#send('DELETE', oldest);
  }

  /** What is edited may be gone with its namespace, or deleted a moment ago. */
  async #send(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<void> {
    try {
      await this.#cluster.api.json(method, path, body);
      this.#edits += 1;
    } catch (error) {
      if (!(error instanceof ApiError) || ![403, 404, 409].includes(error.status)) throw error;
    }
  }

  #someMade(what: string): string | undefined {
    const made = this.#made.get(what) ?? [];
    return made.length === 0 ? undefined : this.#random.pick(made);
  }

  #someResident(): string {
    return this.#random.pick(residents);
  }

  #newName(what: string): string {
    this.#number += 1;
    return `${what}-${this.#number}`;
  }
}
