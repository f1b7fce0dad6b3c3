// Asks the API server whether a profile is really there: the watch of profiles may be behind that of policies, and what
// is written for a profile that is gone is taken by garbage collection at once. Must not know what is written.
import type { ApiClient } from '../cluster/api-client.ts';
import { listObjects } from '../cluster/list.ts';
import { appNetworkProfiles, platformNetworkProfiles } from '../cluster/resources.ts';
import type { Owner } from '../model/policies.ts';

/** An answer holds for so long, in milliseconds: a restored etcd may bring a profile back under its uid. */
const rememberedMs = 10_000;

/** Tells which owners of policies are gone. */
export class Owners {
  readonly #client: ApiClient;
  /** By uid, until when a profile counts as gone. The platform's owns policies in every namespace: one question will do. */
  readonly #goneUntil = new Map<string, number>();

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /** Whether this one was found gone a short while ago, at `now` in milliseconds of a monotonic clock. */
  isKnownGone({ uid }: Owner, now: number): boolean {
    return now < (this.#goneUntil.get(uid) ?? 0);
  }

  /**
   * Asks whether this one is gone, or another of its name has come.
   *
   * @throws ApiError where the server does not answer that
   */
  async isGone(namespace: string, owner: Owner, now: number): Promise<boolean> {
    if (this.isKnownGone(owner, now)) return true;
    const { kind, name, uid } = owner;
    // To list one by its name takes no permission beyond those of the watch.
    const query = { fieldSelector: `metadata.name=${name}` };
    const found = await listObjects(this.#client, {
      kind,
      path: pathOf(namespace, owner),
      query,
    });
    const isGone = !found.some(({ metadata }) => metadata.uid === uid);
    this.#forgetOld(now);
    if (isGone) this.#goneUntil.set(uid, now + rememberedMs);
    return isGone;
  }

  #forgetOld(now: number): void {
    for (const [uid, until] of this.#goneUntil) if (until <= now) this.#goneUntil.delete(uid);
  }
}

function pathOf(namespace: string, { kind }: Owner): string {
  if (kind === 'PlatformNetworkProfile') return platformNetworkProfiles.path;
  return appNetworkProfiles.path.replace(/[^/]+$/, (plural) => `namespaces/${namespace}/${plural}`);
}
