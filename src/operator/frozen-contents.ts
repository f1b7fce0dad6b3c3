// The content of the few policies for which the cache's fingerprint is not enough: read when a plan needs it, and cached until the
// policies change. Must not know how a plan uses it.
import type { ApiClient } from '../kube/api-client.ts';
import { listObjects } from '../kube/list.ts';
import { managedByLabel, type OwnedPolicy, type StoredContent } from '../model/policies.ts';
import { readContent } from '../objects/policy-content.ts';

/** The maximum number of cached namespaces with frozen policies; beyond it, the oldest entries are read again when needed. */
const mostRemembered = 200;

interface Remembered {
  /** By name of policy: the version that was read. */
  readonly versions: ReadonlyMap<string, string>;
  readonly contents: ReadonlyMap<string, StoredContent>;
}

/** Reads contents of policies. */
export class FrozenContents {
  readonly #client: ApiClient;
  readonly #remembered = new Map<string, Remembered>();

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /**
   * The content of these policies of a namespace, by name; a policy that is deleted, or that we did not write in this form, is left out.
   *
   * @throws ApiError if it can't be read
   */
  async of(namespace: string, policies: readonly OwnedPolicy[]): Promise<ReadonlyMap<string, StoredContent>> {
    const known = this.#remembered.get(namespace);
    const isKnown = policies.every(
      ({ name, uid, resourceVersion }) => known?.versions.get(name) === `${uid}/${resourceVersion}`,
    );
    if (known !== undefined && isKnown) return known.contents;
    const read = await this.#read(namespace);
    this.#remembered.delete(namespace);
    this.#remembered.set(namespace, read);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > mostRemembered && oldest !== undefined) this.#remembered.delete(oldest);
    return read.contents;
  }

  /** By label, because a permission to get would be one more. */
  async #read(namespace: string): Promise<Remembered> {
    const objects = await listObjects(this.#client, {
      kind: 'NetworkPolicy',
      path: `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`,
      query: { labelSelector: `${managedByLabel.key}=${managedByLabel.value}` },
    });
    return {
      versions: new Map(
        objects.map(({ metadata }) => [metadata.name, `${metadata.uid}/${metadata.resourceVersion}`]),
      ),
      contents: new Map(
        objects.flatMap((object) => {
          const content = readContent(object);
          return content === undefined ? [] : [[object.metadata.name, content] as const];
        }),
      ),
    };
  }
}
